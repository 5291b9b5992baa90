// A shelf of idle connections for each server.
#include "client/servers.h"

namespace calm {

struct HttpServers::Shelf {
    explicit Shelf(HttpClientSettings server) : settings(std::move(server)) {}

    std::unique_ptr<HttpClient> take() {
        {
            const std::scoped_lock lock(mutex);
            if (!idle.empty()) {
                auto client = std::move(idle.back());
                idle.pop_back();
                return client;
            }
        }
        return std::make_unique<HttpClient>(settings);
    }

    void give_back(std::unique_ptr<HttpClient> client) {
        const std::scoped_lock lock(mutex);
        if (idle.size() < kIdleMax) idle.push_back(std::move(client));
    }

    const HttpClientSettings settings;
    std::mutex mutex;
    std::vector<std::unique_ptr<HttpClient>> idle;
};

HttpServers::HttpServers(const std::vector<HttpClientSettings>& servers) {
    use(servers);
}

HttpServers::~HttpServers() = default;

void HttpServers::use(const std::vector<HttpClientSettings>& servers) {
    std::vector<std::shared_ptr<Shelf>> shelves;
    for (const HttpClientSettings& server : servers)
        shelves.push_back(std::make_shared<Shelf>(server));
    const std::scoped_lock lock(mutex_);
    shelves_ = std::move(shelves);
}

size_t HttpServers::size() const {
    const std::scoped_lock lock(mutex_);
    return shelves_.size();
}

std::shared_ptr<HttpServers::Shelf> HttpServers::shelf(size_t server) const {
    const std::scoped_lock lock(mutex_);
    return server < shelves_.size() ? shelves_[server] : nullptr;
}

std::string HttpServers::name(size_t server) const {
    const auto shelf = this->shelf(server);
    return shelf ? to_string(shelf->settings.server) : "";
}

Result<HttpAnswer> HttpServers::send(size_t server, const HttpRequest& request,
                                     const std::string& bearer_token) {
    const auto shelf = this->shelf(server);
    if (!shelf) return fail("server_unreachable", "it is no license server of this host any more");
    auto client = shelf->take();
    client->set_bearer_token(bearer_token);
    auto answer = client->send(request);
    // A connection that failed is not worth keeping; the next question opens another.
    if (answer) shelf->give_back(std::move(client));
    return answer;
}

}  // namespace calm
