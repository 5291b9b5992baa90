// For this layer's tests: a raw blocking socket as the client, and a server on its own loop thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "http/server.h"

namespace calm::http::testing {

inline constexpr std::string_view kGetHello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

// One answer as it stood on the wire.
struct Answer {
    int status = 0;
    std::string head;  // status line and headers, with the empty line
    std::string body;  // chunks put together

    std::string header(std::string_view name) const;
};

// Reads give up after 10 s: then the test fails instead of hanging.
class RawClient {
  public:
    explicit RawClient(uint16_t port);
    explicit RawClient(const std::string& unix_path);
    RawClient(RawClient&& other) noexcept : fd_(other.fd_), input_(std::move(other.input_)) {
        other.fd_ = -1;
    }
    ~RawClient();

    int fd() const { return fd_; }
    void send(std::string_view bytes);
    // False when the server has closed the connection for reading.
    bool try_send(std::string_view bytes);
    void shut_down_sending();
    void close();

    // The next answer, read by its own framing; status 0 when the connection ended or its framing
    // is wrong.
    Answer read_answer(bool head_only = false);
    // Everything up to the end of the connection.
    std::string read_to_end();
    // Bytes received beyond the answers that were read.
    std::string_view rest() const { return input_; }

  private:
    bool receive();
    bool read_until(size_t bytes);
    bool read_chunks(std::string& body);

    int fd_;
    std::string input_;
};

// A server on loopback and a Unix socket, its loop on a thread of its own.
class RunningServer {
  public:
    struct Options {
        ServerSettings settings;
        Gate gate;  // default: lets everybody do everything
        const TlsContext* tls = nullptr;
        Metrics* metrics = nullptr;
    };
    explicit RunningServer(std::vector<Route> routes)
        : RunningServer(std::move(routes), Options()) {}
    RunningServer(std::vector<Route> routes, Options options);
    ~RunningServer();

    uint16_t port() const { return port_; }
    uint16_t tls_port() const { return tls_port_; }
    const std::string& unix_path() const { return unix_path_; }
    Server& server() { return *server_; }
    boost::asio::io_context& loop() { return loop_; }

    // Runs on the loop thread and waits for it.
    void on_loop(const std::function<void()>& job);
    // Stops gracefully and waits until the server says that it has.
    void stop(std::chrono::milliseconds deadline = std::chrono::seconds(10));
    uint32_t connections();

  private:
    boost::asio::io_context loop_;
    std::unique_ptr<Server> server_;
    uint16_t port_ = 0;
    uint16_t tls_port_ = 0;
    std::string unix_path_;
    std::thread thread_;
};

// Does anybody accept connections on this port of loopback?
bool is_listened_on(uint16_t port);

// A route that everybody may use.
Route open_route(Method method, std::string pattern, Handler handler);

}  // namespace calm::http::testing
