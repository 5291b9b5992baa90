// What the connections of one server share, and their owner: table of connections, readiness,
// clock, limits, counters. It does not know Asio: server.cpp tells it when something is ready, and
// gets a call back when it has something to do soon. Internal to this layer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "http/connection.h"
#include "http/limiter.h"
#include "http/listener.h"
#include "http/poller.h"
#include "http/server.h"
#include "http/server_metrics.h"

namespace calm::http {

class Hub {
  public:
    // `schedule` asks for one call of run_scheduled() soon, from the loop.
    Hub(RouteTable routes, Gate gate, ProblemTable problems, ServerSettings settings,
        Metrics* metrics, std::function<void()> schedule);

    // Responders outlive the server when a layer above keeps them: they keep the hub. Loop thread,
    // not atomic; the server itself holds one.
    void retain() { ++references_; }
    void release();

    // --- for server.cpp ---
    int poll_fd() const { return poller_.fd(); }
    Result<uint16_t> listen_tcp(std::string_view address, uint16_t port, const TlsContext* tls);
    Result<> listen_unix(const std::string& path, uint32_t mode);
    void on_ready();
    void on_tick();
    void run_scheduled();
    void begin_stop(std::chrono::milliseconds deadline, std::function<void()> stopped);
    void shut_down();  // closes everything; nothing is called any more
    uint32_t connection_count() const { return open_; }

    // --- for connections and responders ---
    Connection* find(ExchangeKey key);
    void schedule_answers(Connection& connection);
    void schedule_read(Connection& connection);
    void close(Connection& connection);
    bool limit_request(const Peer& peer, uint32_t& retry_after_s);
    bool begin_slow();
    void end_slow() { --slow_; }
    bool draining() const { return draining_; }

    const RouteTable& routes() const { return routes_; }
    const Gate& gate() const { return gate_; }
    const ProblemTable& problems() const { return problems_; }
    const ServerSettings& settings() const { return settings_; }
    ServerMetrics& metrics() { return metrics_; }
    Poller& poller() { return poller_; }
    Clock::time_point now() const { return now_; }
    std::string_view date() const { return date_; }
    std::span<char> read_buffer() { return read_buffer_; }
    std::string& piece_buffer() { return piece_buffer_; }
    RequestHead& head_buffer() { return head_buffer_; }

  private:
    ~Hub();
    void begin_turn();
    void end_turn();
    void accept_from(const Listener& listener);
    void turn_away_without_descriptor(const Listener& listener);
    bool is_limited(const Peer& peer) const;
    void admit(const Listener& listener, int fd, const sockaddr_storage& from);
    Connection* add(int fd, const TlsContext* tls, const Peer& peer);
    void finish_stop_when_empty();

    RouteTable routes_;
    Gate gate_;
    ProblemTable problems_;
    ServerSettings settings_;
    ServerMetrics metrics_;
    std::function<void()> schedule_;
    Poller poller_;
    std::vector<std::unique_ptr<Listener>> listeners_;

    struct Slot {
        uint32_t generation = 1;
        std::unique_ptr<Connection> connection;
    };
    std::vector<Slot> slots_;
    std::vector<uint32_t> free_slots_;
    std::vector<uint32_t> closed_slots_;  // freed when the turn ends
    std::vector<ExchangeKey> scheduled_;
    std::vector<ExchangeKey> running_;
    bool schedule_asked_ = false;
    uint32_t open_ = 0;
    uint32_t slow_ = 0;
    uint32_t references_ = 1;
    std::unordered_map<std::string, uint32_t> per_peer_;
    int spare_fd_;  // given up for a moment when the process has no descriptor left
    TokenBuckets requests_;

    bool alive_ = true;
    bool draining_ = false;
    Clock::time_point stop_deadline_ = Clock::time_point::max();
    std::function<void()> stopped_;
    std::thread::id thread_;

    Clock::time_point now_ = Clock::now();
    DateCache dates_;
    std::string_view date_;
    std::vector<char> read_buffer_;
    std::string piece_buffer_;
    RequestHead head_buffer_;
};

}  // namespace calm::http
