// Places, and who stands in them.
#include "client/discovered_servers.h"

namespace calm {

DiscoveredServers::DiscoveredServers(const std::vector<Place>& places) {
    std::vector<size_t> begins;
    for (const Place& place : places) {
        begins.push_back(slots_.size());
        if (place.domain.empty()) {
            slots_.push_back({std::make_shared<HttpServers>(std::vector{place.settings})});
        } else {
            slots_.resize(slots_.size() + kDiscoveredMax);
        }
    }
    for (size_t i = 0; i < places.size(); ++i) {
        const Place& place = places[i];
        if (place.domain.empty()) continue;
        discoveries_.push_back(std::make_unique<Discovery>(
            Discovery::Settings{.domain = place.domain, .port_on_loopback = place.name_server_port},
            [this, begin = begins[i], settings = place.settings](const auto& found) {
                take_places(begin, settings, found);
            }));
    }
}

void DiscoveredServers::take_places(size_t first, const HttpClientSettings& settings,
                                    const std::vector<ServerAddress>& found) {
    const std::scoped_lock lock(mutex_);
    for (size_t i = 0; i < kDiscoveredMax; ++i) {
        auto& server = slots_[first + i].server;
        server.reset();
        if (i >= found.size()) continue;
        HttpClientSettings its_settings = settings;
        its_settings.server = found[i];
        server = std::make_shared<HttpServers>(std::vector{std::move(its_settings)});
    }
}

std::shared_ptr<HttpServers> DiscoveredServers::at(size_t server) const {
    const std::scoped_lock lock(mutex_);
    return slots_[server].server;
}

std::string DiscoveredServers::name(size_t server) const {
    const auto there = at(server);
    return there ? there->name(0) : std::string("nobody");
}

bool DiscoveredServers::is_taken(size_t server) const {
    return at(server) != nullptr;
}

Result<HttpAnswer> DiscoveredServers::send(size_t server, const HttpRequest& request,
                                           const std::string& bearer_token) {
    const auto there = at(server);
    if (!there) return fail("server_unreachable", "the domain names no such server any more");
    return there->send(0, request, bearer_token);
}

void DiscoveredServers::ask_again() {
    for (const auto& discovery : discoveries_)
        discovery->ask_again();
}

}  // namespace calm
