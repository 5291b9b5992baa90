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

// The seam at which tests put servers of their own. Any thread.
class Servers {
  public:
    virtual ~Servers() = default;

    virtual size_t size() const = 0;
    virtual std::string name(size_t server) const = 0;

    // Blocks for at most request.timeout and a little. Errors: those of HttpClient::send().
    virtual Result<HttpAnswer> send(size_t server, const HttpRequest& request,
                                    const std::string& bearer_token) = 0;
};

// Over the network. Keeps up to kIdleMax open connections to each server, so that a storm of logons
// does not make a handshake each.
class HttpServers final : public Servers {
  public:
    static constexpr size_t kIdleMax = 8;

    explicit HttpServers(const std::vector<HttpClientSettings>& servers);
    ~HttpServers() override;

    // These take the place of the others; a question that is under way keeps its connection. Until
    // the client knows, it may ask one that is gone, and is told `server_unreachable`.
    void use(const std::vector<HttpClientSettings>& servers);

    size_t size() const override;
    std::string name(size_t server) const override;
    Result<HttpAnswer> send(size_t server, const HttpRequest& request,
                            const std::string& bearer_token) override;

  private:
    struct Shelf;

    std::shared_ptr<Shelf> shelf(size_t server) const;

    mutable std::mutex mutex_;
    // Shared with the questions that are under way when the servers change.
    std::vector<std::shared_ptr<Shelf>> shelves_;
};

}  // namespace calm
