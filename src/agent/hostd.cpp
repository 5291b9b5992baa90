// The agent's life: what is made in which order, and taken down in the reverse.
#include "agent/hostd.h"

#include <climits>

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/follow.h"
#include "agent/host_files.h"
#include "agent/sealed_file.h"
#include "agent/server_link.h"
#include "agent/socket_server.h"
#include "agent/web_desk.h"
#include "agent/web_door.h"
#include "client/server_list.h"

namespace calm {
namespace {

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

// The host's license servers in their order. One that the host is not enrolled with is left out and
// said, so that the others go on serving; without any there is nothing to run.
struct Links {
    std::vector<std::unique_ptr<ServerLink>> links;
    size_t unknown = 0;

    std::vector<Client*> clients() const {
        std::vector<Client*> clients;
        for (const auto& link : links)
            clients.push_back(&link->client());
        return clients;
    }
};

Result<Links> links_of(const HostConfig& config, const LedgerId& first, const Clocks& clocks) {
    Links all;
    for (const LedgerServers& reached : by_ledger(config, first)) {
        auto link = ServerLink::make(config, reached, clocks);
        if (link) {
            all.links.push_back(std::move(*link));
            continue;
        }
        spdlog::error("{} is left out: {}: {}", to_string(reached.servers.front().address),
                      link.error().code, link.error().detail);
        ++all.unknown;
    }
    if (all.links.empty()) {
        return fail("host_not_enrolled", "with none of the license servers in host.toml");
    }
    return all;
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

Result<> run_hostd(const HostConfig& wanted, const std::function<void()>& wait_for_stop) {
    if (wanted.servers.empty()) {
        return fail("setting_invalid", "host.toml names no [[server]]");
    }
    HostFiles files(wanted.state_dir);
    CALM_TRY_ASSIGN(const HostIdentity identity, files.identity());
    HostConfig config = wanted;
    config.servers =
        after_following(wanted.servers, files.load_followed(identity.key), identity.ledger());
    const DirectoryLock lock(config.state_dir);
    if (!lock.held()) {
        return fail("agent_already_runs", fmt::format("another one uses `{}`", config.state_dir));
    }
    CALM_TRY_ASSIGN(auto may_ask, accounts_of(config.ask_as));

    const Clocks clocks = system_clocks();
    CALM_TRY_ASSIGN(const Links links, links_of(config, identity.ledger(), clocks));
    ServerList servers(links.clients(), links.unknown);
    const std::string name = config.name.empty() ? machine_name() : config.name;
    Agent agent(config, servers, name, language_from_environment());
    for (const auto& link : links.links)
        link->start([] { kill(getpid(), SIGHUP); });
    WebDesk desk(config, agent, links.links.front()->key());
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
