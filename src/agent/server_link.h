// ServerLink: one license server of the host, with everything that it takes: its files, its
// addresses, its client and the thread that keeps it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/host_config.h"
#include "agent/host_files.h"
#include "agent/keeper.h"
#include "base/result.h"
#include "client/client.h"
#include "client/discovered_servers.h"

namespace calm {

// The addresses in host.toml that lead to one ledger. Absent: the first that the host enrolled
// with.
struct LedgerServers {
    std::optional<LedgerId> ledger;
    std::vector<ServerConfig> servers;
};

// By ledger, in the order of each one's first address. `first`: the ledger of the enrolment that
// needs no name.
std::vector<LedgerServers> by_ledger(const HostConfig& config, const LedgerId& first);

class ServerLink {
  public:
    // Nothing is asked before start(). `clocks` and `config` outlive it. Errors: those of
    // HostFiles::identity().
    static Result<std::unique_ptr<ServerLink>> make(const HostConfig& config,
                                                    const ModeWishes& mode,
                                                    SettingSource servers_from,
                                                    const LedgerServers& reached,
                                                    const Clocks& clocks);

    Client& client() { return *client_; }
    const SecretKey& key() const { return key_; }

    // From now on it is kept, and followed should another one take its place: `on_followed` is
    // called then, by the link's thread, and the link serves on as it is. `each_round` is called by
    // it, too, about once a second.
    void start(std::function<void()> on_followed, std::function<void()> each_round);

  private:
    ServerLink(const HostConfig& config, HostFiles files, SecretKey key, const Clocks& clocks)
        : config_(config), files_(std::move(files)), key_(std::move(key)), clocks_(clocks) {}

    bool follow();

    const HostConfig& config_;
    HostFiles files_;
    const SecretKey key_;
    const Clocks& clocks_;
    std::unique_ptr<DiscoveredServers> servers_;
    HostId host_;
    bool first_ = true;  // see OldServer
    PublicKey identity_;
    std::unique_ptr<Client> client_;
    std::optional<Seconds> follow_due_;        // the keeper's thread's
    std::map<std::string, std::string> said_;  // why no successor was found, by address
    bool followed_ = false;
    std::unique_ptr<Keeper> keeper_;
};

}  // namespace calm
