// SocketServer: calm-hostd's Unix socket. One question and one answer a connection; who may ask is
// told by the kernel (SO_PEERCRED), so the socket itself stands open. A peer that is slow, silent
// or too talkative loses its connection; it cannot hold up others.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

namespace calm {

class SocketServer {
  public:
    struct Settings {
        std::string path;
        std::vector<uid_t> may_ask;  // beside root and the agent's own account
        size_t threads = 32;         // questions answered at once
        int patience_ms = 1000;      // for the question to arrive, and for the answer to leave
    };

    // Called on the server's threads, many at a time; must not throw.
    // `asker`: the process that asks.
    using Handler = std::function<std::string(std::string_view question, pid_t asker)>;

    // Listens from now on. A socket that nobody listens on any more is replaced. Errors:
    // `agent_already_runs`, `agent_socket_failed`.
    static Result<std::unique_ptr<SocketServer>> start(Settings settings, Handler handler);

    // Answers what was asked, then closes and removes the socket.
    ~SocketServer();
    SocketServer(const SocketServer&) = delete;
    SocketServer& operator=(const SocketServer&) = delete;

  private:
    SocketServer(Settings settings, Handler handler, int listener, int stop_read, int stop_write);

    void run();
    void serve(int connection);

    const Settings settings_;
    const Handler handler_;
    const int listener_;
    const int stop_read_;
    const int stop_write_;
    std::vector<std::thread> threads_;
};

// Asks the agent at `path`: the answer line without its line feed. Errors: `agent_unreachable`.
Result<std::string> ask_agent(const std::string& path, std::string_view question, int timeout_ms);

}  // namespace calm
