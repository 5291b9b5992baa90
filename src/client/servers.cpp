// A shelf of idle connections for each server.
#include "client/servers.h"

namespace calm {

HttpServers::HttpServers(std::vector<HttpClientSettings> servers)
    : servers_(std::move(servers)), idle_(servers_.size()) {}

HttpServers::~HttpServers() = default;

std::string HttpServers::name(size_t server) const {
    return to_string(servers_[server].server);
}

std::unique_ptr<HttpClient> HttpServers::take(size_t server) {
    {
        const std::scoped_lock lock(mutex_);
        auto& idle = idle_[server];
        if (!idle.empty()) {
            auto client = std::move(idle.back());
            idle.pop_back();
            return client;
        }
    }
    return std::make_unique<HttpClient>(servers_[server]);
}

void HttpServers::give_back(size_t server, std::unique_ptr<HttpClient> client) {
    const std::scoped_lock lock(mutex_);
    if (idle_[server].size() < kIdleMax) idle_[server].push_back(std::move(client));
}

Result<HttpAnswer> HttpServers::send(size_t server, const HttpRequest& request,
                                     const std::string& bearer_token) {
    auto client = take(server);
    client->set_bearer_token(bearer_token);
    auto answer = client->send(request);
    // A connection that failed is not worth keeping; the next question opens another.
    if (answer) {
        give_back(server, std::move(client));
    } else if (answer.error().code == "server_unreachable" && client->last_left()) {
        return fail("answer_lost", answer.error().detail);
    }
    return answer;
}

}  // namespace calm
