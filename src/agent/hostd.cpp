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
#include "agent/effective.h"
#include "agent/follow.h"
#include "agent/host_files.h"
#include "agent/policy_file.h"
#include "agent/sealed_file.h"
#include "agent/server_link.h"
#include "agent/socket_server.h"
#include "agent/station_watch.h"
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

// `config`: the one in force, after following.
Result<Links> links_of(const HostConfig& config, const EffectiveHost& in_force,
                       const LedgerId& first, const Clocks& clocks) {
    const bool by_policy = !in_force.policy.license_servers.empty();
    const SettingSource from = by_policy ? SettingSource::policy : SettingSource::file;
    Links all;
    for (const LedgerServers& reached : by_ledger(config, first)) {
        auto link = ServerLink::make(config, in_force.mode, from, reached, clocks);
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

void log_policy(const PolicyFiles& files, const HostPolicy& policy) {
    for (const auto& [file, error] : files.unusable)
        spdlog::error("policy file {} is not used: {}: {}", file, error.code, error.detail);
    for (const PolicyProblem& problem : policy.problems) {
        spdlog::log(is_only_a_note(problem.fault) ? spdlog::level::info : spdlog::level::warn,
                    "policy value `{}`: {}: `{}`; `calm host policy show` says more", problem.value,
                    name_of(problem.fault), problem.found);
    }
}

// What host.toml and the policy files say by now. Empty: a file that is there cannot be used, and
// what was in force stays so; a slip while a file is written must not undo a policy.
std::optional<EffectiveHost> read_in_force(const HostConfig& file_config, bool first) {
    const PolicyFiles files = read_policy_files(file_config.policy_files);
    EffectiveHost host = put_in_force(file_config, read_host_policy(files.entries), machine_name());
    log_policy(files, host.policy);
    if (!files.unusable.empty() && !first) return {};
    return host;
}

void run_again() {
    kill(getpid(), SIGHUP);
}

// Takes up what the policy files say from now on.
void take_up(const EffectiveHost& host, const std::vector<ServerConfig>& in_use, const Links& links,
             Agent& agent) {
    spdlog::info("the policy has changed and is in force");
    if (!host.config.servers.empty() && host.config.servers != in_use) return run_again();
    for (const auto& link : links.links)
        link->client().go_by(host.config.offline, host.mode);
    agent.go_by(host.config);
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

Result<> run_hostd(const HostConfig& file_config, const std::function<void()>& wait_for_stop) {
    const auto policy_marks = PolicyWatch::marks_of(file_config.policy_files);
    const EffectiveHost in_force = *read_in_force(file_config, true);
    if (in_force.config.servers.empty()) {
        return fail("setting_invalid", "neither host.toml nor a policy names a license server");
    }
    HostConfig config = in_force.config;
    HostFiles files(config.state_dir);
    CALM_TRY_ASSIGN(const HostIdentity identity, files.identity());
    config.servers =
        after_following(config.servers, files.load_followed(identity.key), identity.ledger());
    const DirectoryLock lock(config.state_dir);
    if (!lock.held()) {
        return fail("agent_already_runs", fmt::format("another one uses `{}`", config.state_dir));
    }
    CALM_TRY_ASSIGN(auto may_ask, accounts_of(config.ask_as));

    const Clocks clocks = system_clocks();
    // Whoever keeps a link goes before it: it looks at the stations.
    std::unique_ptr<StationWatch> watch;
    CALM_TRY_ASSIGN(const Links links, links_of(config, in_force, identity.ledger(), clocks));
    ServerList servers(links.clients(), links.unknown);
    const std::string name = config.name.empty() ? machine_name() : config.name;
    // Stations are registered at the first license server.
    if (config.stations) {
        watch = std::make_unique<StationWatch>(*config.stations, links.links.front()->client(),
                                               own_eyes());
    }
    Agent agent(config, servers, name, language_from_environment(), watch.get(),
                config.state_dir + "/notices");
    for (const auto& link : links.links) {
        const bool first = link == links.links.front();
        link->start(run_again, [&watch, &clocks, first] {
            if (first && watch) watch->round(clocks.boot());
        });
    }
    WebDesk desk(agent, links.links.front()->key());
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
    const PolicyWatch policy_watch(file_config.policy_files, policy_marks, [&] {
        if (const auto host = read_in_force(file_config, false))
            take_up(*host, in_force.config.servers, links, agent);
    });
    spdlog::info("calm-hostd answers at {} for host {}", config.socket, name);
    wait_for_stop();
    spdlog::info("calm-hostd stops");
    return {};
}

}  // namespace calm
