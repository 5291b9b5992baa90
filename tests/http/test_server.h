// TestServer: a license server in this process on a Unix socket, and the client that asks it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "server/service.h"
#include "store/memory_journal.h"

namespace boost::asio {
class io_context;
}

namespace calm::testing {

inline constexpr Instant kNow{1'767'225'600};  // 2026-01-01

struct Answer {
    int status = 0;
    std::string head;
    std::string body;

    boost::json::value json() const;
    std::string code() const;  // of a problem; empty otherwise
    std::string header(std::string_view name) const;
};

// Who asks: nothing (over the Unix socket: this process's own user, an owner) or a bearer token.
struct Ask {
    std::string_view method = "GET";
    std::string path;
    std::string body;
    std::string token;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string content_type = "application/json";
};

class TestServer {
  public:
    // Starts on `disk`, whose content outlives the server. `wall` is its wall clock, in seconds of
    // UTC. `configure` may change its settings. `restored`: the disk's content is a backup's.
    TestServer(store::MemoryDisk& disk, Instant wall,
               const std::function<void(Settings&)>& configure = {}, bool restored = false);
    // The same on another journal, such as one that has a file.
    TestServer(std::unique_ptr<store::Journal> journal, Instant wall,
               const std::function<void(Settings&)>& configure = {}, bool restored = false);
    ~TestServer();
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    Answer ask(const Ask& ask);
    // The bytes of one raw exchange on a connection of its own.
    std::string raw(std::string_view bytes);

    // Both clocks go on.
    void advance(Seconds by);
    // Only the wall clock moves.
    void set_wall(Instant wall) { wall_ = wall.seconds; }
    // Runs a function on the loop thread and waits for it.
    void on_loop(const std::function<void(Service&)>& function);

    const std::string& socket() const { return socket_; }

  private:
    int connect() const;

    std::string directory_;
    std::string socket_;
    std::atomic<int64_t> wall_;
    std::atomic<int64_t> boot_ = 1'000'000;
    std::unique_ptr<boost::asio::io_context> loop_;
    std::unique_ptr<Service> service_;
    std::thread thread_;
    int connection_ = -1;  // kept between asks
};

}  // namespace calm::testing
