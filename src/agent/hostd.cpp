// The agent's life: what is made in which order, and taken down in the reverse.
#include "agent/hostd.h"

#include <climits>

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/enrolment.h"
#include "agent/host_files.h"
#include "agent/keeper.h"
#include "agent/leader.h"
#include "agent/sealed_file.h"
#include "agent/socket_server.h"
#include "agent/station_watch.h"
#include "agent/web_desk.h"
#include "agent/web_door.h"

namespace calm {
namespace {

void log_notice(NoticeLevel level, std::string_view text) {
    switch (level) {
        case NoticeLevel::info: spdlog::info("{}", text); break;
        case NoticeLevel::warning: spdlog::warn("{}", text); break;
        case NoticeLevel::alarm: spdlog::critical("ALARM: {}", text); break;
    }
}

// Two agents on one state directory would write over each other.
class DirectoryLock {
  public:
    explicit DirectoryLock(const std::string& directory)
        : fd_(open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        held_ = fd_ >= 0 && flock(fd_, LOCK_EX | LOCK_NB) == 0;
    }
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;
    ~DirectoryLock() {
        if (fd_ >= 0) close(fd_);
    }
    bool held() const { return held_; }

  private:
    int fd_;
    bool held_ = false;
};

Result<std::vector<uid_t>> accounts_of(const std::vector<std::string>& names) {
    std::vector<uid_t> uids;
    for (const std::string& name : names) {
        const passwd* entry = getpwnam(name.c_str());
        if (entry == nullptr) {
            return fail("setting_invalid", fmt::format("`ask_as` names `{}`, and there is no such "
                                                       "account",
                                                       name));
        }
        uids.push_back(entry->pw_uid);
    }
    return uids;
}

std::vector<HttpClientSettings> settings_of(const HostConfig& config) {
    std::vector<HttpClientSettings> settings;
    for (const ServerConfig& server : config.servers)
        settings.push_back(http_settings(server));
    return settings;
}

std::optional<HostState> kept_state(HostFiles& files, const SecretKey& key) {
    auto state = files.load_state(key);
    if (state) return std::move(*state);
    spdlog::warn("nothing is known of an earlier contact: {}", state.error().detail);
    return {};
}

}  // namespace

Clocks system_clocks() {
    const auto boot_id = read_file("/proc/sys/kernel/random/boot_id", 64);
    std::string id = boot_id.value_or("");
    while (id.ends_with('\n'))
        id.pop_back();
    return {.wall = [] { return Instant{time(nullptr)}; },
            .boot =
                [] {
                    timespec now{};
                    clock_gettime(CLOCK_BOOTTIME, &now);
                    return Seconds{now.tv_sec};
                },
            .boot_id = std::move(id)};
}

std::string machine_name() {
    char name[HOST_NAME_MAX + 1] = "";
    return gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

Result<> run_hostd(const HostConfig& config, const std::function<void()>& wait_for_stop) {
    if (config.servers.empty()) {
        return fail("setting_invalid", "host.toml names no [[server]]");
    }
    HostFiles files(config.state_dir);
    CALM_TRY_ASSIGN(HostIdentity identity, files.identity());
    const DirectoryLock lock(config.state_dir);
    if (!lock.held()) {
        return fail("agent_already_runs", fmt::format("another one uses `{}`", config.state_dir));
    }
    CALM_TRY_ASSIGN(auto may_ask, accounts_of(config.ask_as));
    const SecretKey key = SecretKey::from_seed(identity.key.seed());

    HttpServers servers(settings_of(config));
    const Clocks clocks = system_clocks();
    Client client(std::move(identity), {.offline = config.offline, .lives = lives}, servers, clocks,
                  kept_state(files, key), files.load_tokens(key), log_notice);
    const std::string name = config.name.empty() ? machine_name() : config.name;
    std::unique_ptr<StationWatch> watch;
    if (config.stations)
        watch = std::make_unique<StationWatch>(*config.stations, client, own_eyes());
    Agent agent(config, client, name, language_from_environment(), watch.get());
    const Keeper keeper(client, files, key, clocks, [&watch, &clocks] {
        if (watch) watch->round(clocks.boot());
    });
    WebDesk desk(config, agent, key);
    std::unique_ptr<WebDoor> door;
    if (!config.web_socket.empty()) {
        CALM_TRY_ASSIGN(door, WebDoor::start({.path = config.web_socket, .may_ask = may_ask},
                                             [&desk](const WebQuestion& question) {
                                                 return desk.answer(question);
                                             }));
        spdlog::info("web servers ask at {}", config.web_socket);
    }
    CALM_TRY_ASSIGN(const auto socket,
                    SocketServer::start({.path = config.socket, .may_ask = std::move(may_ask)},
                                        [&agent](std::string_view line, pid_t asker) {
                                            return agent.answer(line, asker);
                                        }));
    spdlog::info("calm-hostd answers at {} for host {}", config.socket, name);
    wait_for_stop();
    spdlog::info("calm-hostd stops");
    return {};
}

}  // namespace calm
