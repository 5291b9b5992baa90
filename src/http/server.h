// The HTTP front: listeners and connections, all on one loop thread. It knows verbs, paths, limits
// and time-outs; what a route means and who may use it comes from above as data.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/problem.h"
#include "http/request.h"
#include "http/routes.h"

namespace boost::asio {
class io_context;
}

namespace calm::http {

class Hub;
class Metrics;
class TlsContext;

// Defaults are those of design.md 7 and rule R6 of the reliability facts. Tests set shorter times.
struct ServerSettings {
    using Milliseconds = std::chrono::milliseconds;

    Milliseconds handshake_timeout{10'000};
    Milliseconds header_timeout{10'000};  // from the first byte of a request to the end of its head
    Milliseconds body_timeout{30'000};    // from there to the end of its body
    Milliseconds idle_timeout{75'000};    // between requests, and before the first
    Milliseconds write_timeout{30'000};   // without any byte taken by a reader that owes us room
    Milliseconds linger_timeout{
        2'000};  // how long a refused sender may go on sending before it is cut

    uint32_t connections_max = 10'000;          // one more is answered 503 and closed
    uint32_t connections_per_peer_max = 1'000;  // by address; not loopback, not the Unix socket
    uint32_t pipelined_max = 64;     // requests of one connection in work; the rest wait unread
    uint32_t slow_requests_max = 4;  // requests in work on kSlow routes; one more gets 503
    size_t output_bytes_max = 256 * 1024;  // unread answers of one connection before it is not read

    // Token bucket per address (IPv6: per /64), not for loopback and the Unix socket; 0 switches it
    // off.
    double requests_per_second = 500;
    double requests_burst = 2'000;
    // Loopback counts as a peer too in the limits of one peer: for a server that others reach
    // through a tunnel on this machine.
    bool limit_loopback = false;

    // Told of every Error that becomes a 500, whose detail the outside does not see: for the log.
    std::function<void(const Error&)> report;
};

// Says who asks and whether they may use the route: called when the head has arrived and before the
// body is read, for every route that is not kUnauthenticated. `Request::body` is empty then. An
// Error becomes the answer (`not_signed_in`, `forbidden`).
using Gate = std::function<Result<Caller>(const Request&, const Route&)>;

class Server {
  public:
    // REQUIRES: `loop` and `metrics` (may be nullptr) outlive the server; everything here is called
    // on the thread that runs `loop`. SIGPIPE is ignored from here on in the whole process.
    Server(boost::asio::io_context& loop, RouteTable routes, Gate gate, ProblemTable problems = {},
           ServerSettings settings = {}, Metrics* metrics = nullptr);
    // Cuts what is still open; no handler and no callback is called any more. Not from inside a
    // handler.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Listens on an IPv4 or IPv6 address; port 0 takes a free one. Gives the port. Without `tls`
    // only on loopback. REQUIRES: `tls` outlives the server. Errors: `plain_http_not_loopback`,
    // `bad_address`, `address_in_use`, `listening_forbidden`, `cannot_listen`.
    Result<uint16_t> listen_tcp(std::string_view address, uint16_t port, const TlsContext* tls);

    // Listens on a Unix socket with these permissions. A socket file that nobody listens on any
    // more is replaced; it is removed at the end. Errors: as listen_tcp().
    Result<> listen_unix(const std::string& path, uint32_t mode = 0666);

    const RouteTable& routes() const;

    // Stops accepting, closes idle connections, lets requests in work be answered (with Connection:
    // close), cuts what is left after `deadline`, then calls `stopped` from the loop. Call once.
    void stop(std::chrono::milliseconds deadline, std::function<void()> stopped);

    uint32_t connections() const;

  private:
    class Loop;  // Asio's part: readiness, ticks, posting
    std::unique_ptr<Loop> loop_;
};

}  // namespace calm::http
