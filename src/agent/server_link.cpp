// A link is made of what the state directory holds.
#include "agent/server_link.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "agent/enrolment.h"
#include "agent/follow.h"
#include "agent/leader.h"

namespace calm {
namespace {

// How often a host without a contact looks for a successor.
constexpr Seconds kFollowEvery = seconds(15);

std::vector<DiscoveredServers::Place> places_of(const std::vector<ServerConfig>& servers) {
    std::vector<DiscoveredServers::Place> places;
    for (const ServerConfig& server : servers)
        places.push_back({.settings = http_settings(server), .domain = server.discover});
    return places;
}

void log_notice(NoticeLevel level, std::string_view text) {
    switch (level) {
        case NoticeLevel::info: spdlog::info("{}", text); break;
        case NoticeLevel::warning: spdlog::warn("{}", text); break;
        case NoticeLevel::alarm: spdlog::critical("ALARM: {}", text); break;
    }
}

std::optional<HostState> kept_state(HostFiles& files, const SecretKey& key,
                                    const std::string& ledger) {
    auto state = files.load_state(key);
    if (state) return std::move(*state);
    spdlog::warn("nothing is known of an earlier contact with {}: {}", ledger,
                 state.error().detail);
    return {};
}

// But for the mode and the time, which the client knows.
wire::HostTold told_by(const HostConfig& config, SettingSource servers_from) {
    wire::HostTold told{.version = CALM_VERSION, .servers = {}, .servers_from = servers_from};
    for (const ServerConfig& server : config.servers)
        told.servers.push_back(server.discover.empty() ? to_string(server.address)
                                                       : "discover:" + server.discover);
    return told;
}

}  // namespace

std::vector<LedgerServers> by_ledger(const HostConfig& config, const LedgerId& first) {
    std::vector<LedgerServers> all;
    for (const ServerConfig& server : config.servers) {
        const auto ledger = server.license_server == first ? std::nullopt : server.license_server;
        auto found = std::ranges::find(all, ledger, &LedgerServers::ledger);
        if (found == all.end()) found = all.insert(all.end(), {.ledger = ledger, .servers = {}});
        found->servers.push_back(server);
    }
    return all;
}

Result<std::unique_ptr<ServerLink>> ServerLink::make(const HostConfig& config,
                                                     const ModeWishes& mode,
                                                     SettingSource servers_from,
                                                     const LedgerServers& reached,
                                                     const Clocks& clocks) {
    HostFiles files(config.state_dir, reached.ledger);
    CALM_TRY_ASSIGN(HostIdentity identity, files.identity());
    SecretKey key = SecretKey::from_seed(identity.key.seed());
    const std::string ledger = to_string(identity.ledger());
    std::unique_ptr<ServerLink> link(
        new ServerLink(config, std::move(files), std::move(key), clocks));
    link->host_ = identity.host;
    link->first_ = !reached.ledger;
    link->identity_ = identity.ledger_identity;
    link->servers_ = std::make_unique<DiscoveredServers>(places_of(reached.servers));
    link->client_ = std::make_unique<Client>(
        std::move(identity),
        Client::Settings{.offline = config.offline,
                         .mode = mode,
                         .tells = told_by(config, servers_from),
                         .lives = lives},
        *link->servers_, clocks, kept_state(link->files_, link->key_, ledger),
        link->files_.load_tokens(link->key_), log_notice);
    return link;
}

void ServerLink::start(std::function<void()> on_followed, std::function<void()> each_round) {
    follow_due_ = Seconds{clocks_.boot().count + kFollowEvery.count};
    keeper_ = std::make_unique<Keeper>(
        *client_, files_, key_, clocks_,
        [this, on_followed = std::move(on_followed), each_round = std::move(each_round)] {
            each_round();
            const Seconds boot = clocks_.boot();
            if (followed_ || boot < *follow_due_ || !client_->seeks_successor()) return;
            follow_due_ = Seconds{boot.count + kFollowEvery.count};
            followed_ = follow();
            if (followed_) on_followed();
        });
}

// Looks for the server that took this one's place, wherever it may be.
bool ServerLink::follow() {
    const OldServer old{
        .host = host_, .identity = identity_, .state = client_->state_to_keep(), .first = first_};
    std::vector<ServerConfig> places;
    if (const auto named = parse_server_address(old.state.successor); named)
        places.push_back({.address = *named});
    for (const ServerConfig& server : config_.servers) {
        if (server.discover.empty()) places.push_back(server);
    }
    // Those that a domain names now.
    for (size_t i = 0; i < servers_->size(); ++i) {
        if (!servers_->is_taken(i)) continue;
        if (const auto found = parse_server_address(servers_->name(i)); found)
            places.push_back({.address = *found});
    }
    for (const ServerConfig& place : places) {
        const auto followed = follow_at(place, old, config_.state_dir, client_->time());
        if (!followed) {
            // Said when it changes: a server that is away for a night fills no log.
            const std::string why =
                fmt::format("no successor at {}: {}: {}", to_string(place.address),
                            followed.error().code, followed.error().detail);
            if (std::exchange(said_[to_string(place.address)], why) != why) spdlog::info("{}", why);
            continue;
        }
        HostFiles files(config_.state_dir);
        std::vector<Followed> all = files.load_followed(key_);
        // One certificate of a server takes the other's place.
        std::erase_if(all, [&](const Followed& before) {
            return before.from == followed->from && before.server.license_server == before.from &&
                   followed->server.license_server == before.from &&
                   before.server.address == followed->server.address;
        });
        all.push_back(*followed);
        if (const auto kept = files.keep_followed(key_, all); !kept) {
            spdlog::error("{}: {}", kept.error().code, kept.error().detail);
            return false;
        }
        if (followed->server.license_server == followed->from) {
            spdlog::warn("license server {} at {} has another certificate; it is pinned now",
                         to_string(followed->from), to_string(place.address));
        } else {
            spdlog::warn("license server {} was replaced; this host follows to {} at {}",
                         to_string(followed->from), to_string(*followed->server.license_server),
                         to_string(place.address));
        }
        return true;
    }
    return false;
}

}  // namespace calm
