// Servers: a host's license servers in their order, and the connections to them that are kept. It
// sends and receives; whom to ask when and what to believe is client.h's.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "client/http_client.h"

namespace calm {

inline bool is_silence(const Error& error) {
    return error.code == "server_unreachable" || error.code == "answer_lost";
}

// The seam at which tests put servers of their own. Any thread.
class Servers {
  public:
    virtual ~Servers() = default;

    virtual size_t size() const = 0;
    virtual std::string name(size_t server) const = 0;

    // A place in the order may stand empty (discovered_servers.h): nobody is asked there.
    virtual bool is_taken(size_t) const { return true; }

    // Blocks for at most request.timeout and a little. Errors: those of HttpClient::send(), and
    // `answer_lost`: `server_unreachable`, but the question may have arrived.
    virtual Result<HttpAnswer> send(size_t server, const HttpRequest& request,
                                    const std::string& bearer_token) = 0;
};

// Over the network. Keeps up to kIdleMax open connections to each server, so that a storm of logons
// does not make a handshake each.
class HttpServers final : public Servers {
  public:
    static constexpr size_t kIdleMax = 8;

    explicit HttpServers(std::vector<HttpClientSettings> servers);
    ~HttpServers() override;

    size_t size() const override { return servers_.size(); }
    std::string name(size_t server) const override;
    Result<HttpAnswer> send(size_t server, const HttpRequest& request,
                            const std::string& bearer_token) override;

  private:
    std::unique_ptr<HttpClient> take(size_t server);
    void give_back(size_t server, std::unique_ptr<HttpClient> client);

    const std::vector<HttpClientSettings> servers_;
    std::mutex mutex_;
    std::vector<std::vector<std::unique_ptr<HttpClient>>> idle_;
};

}  // namespace calm
