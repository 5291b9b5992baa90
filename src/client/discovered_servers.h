// DiscoveredServers: a host's license servers, those of fixed addresses and those that a domain
// names by itself (discovery.h), in one order. A domain has kDiscoveredMax places in it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "client/discovery.h"
#include "client/servers.h"

namespace calm {

class DiscoveredServers final : public Servers {
  public:
    struct Place {
        // With a domain, those of each server but for its address.
        HttpClientSettings settings;
        std::string domain;
        std::optional<uint16_t> name_server_port;  // as in Discovery::Settings
    };

    // Waits for the domains' first answers for 2 seconds each at most.
    explicit DiscoveredServers(const std::vector<Place>& places);

    size_t size() const override { return slots_.size(); }
    std::string name(size_t server) const override;
    bool is_taken(size_t server) const override;
    Result<HttpAnswer> send(size_t server, const HttpRequest& request,
                            const std::string& bearer_token) override;

    // Domains are asked again now.
    void ask_again();

  private:
    struct Slot {
        // Shared with the questions that are under way there when another server takes the place.
        std::shared_ptr<HttpServers> server;
    };

    std::shared_ptr<HttpServers> at(size_t server) const;
    void take_places(size_t first, const HttpClientSettings& settings,
                     const std::vector<ServerAddress>& found);

    mutable std::mutex mutex_;
    std::vector<Slot> slots_;
    // The last ones to be made and the first to go: they fill the places.
    std::vector<std::unique_ptr<Discovery>> discoveries_;
};

}  // namespace calm
