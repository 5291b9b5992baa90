// Threads that accept, read a line, answer it and hang up.
#include "agent/socket_server.h"

#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/protocol.h"
#include "agent/unix_socket.h"

namespace calm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// One line without its line feed; empty when none came in time.
std::string read_line(int fd, size_t size_max, steady_clock::time_point deadline) {
    std::string line;
    char piece[4096];
    while (line.size() <= size_max) {
        const ssize_t got = recv(fd, piece, sizeof piece, 0);
        if (got > 0) {
            const std::string_view part(piece, static_cast<size_t>(got));
            const size_t end = part.find('\n');
            line += part.substr(0, end);
            if (end != std::string_view::npos) return line;
        } else if (got == 0 || !may_retry() || !wait_for(fd, POLLIN, deadline)) {
            return {};
        }
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<SocketServer>> SocketServer::start(Settings settings, Handler handler) {
    CALM_TRY_ASSIGN(const int listener, listen_at(settings.path));
    int stop[2];
    if (pipe2(stop, O_CLOEXEC) != 0) {
        close(listener);
        return fail("agent_socket_failed",
                    fmt::format("cannot listen at `{}`: {}", settings.path, std::strerror(errno)));
    }
    std::unique_ptr<SocketServer> server(
        new SocketServer(std::move(settings), std::move(handler), listener, stop[0], stop[1]));
    return server;
}

SocketServer::SocketServer(Settings settings, Handler handler, int listener, int stop_read,
                           int stop_write)
    : settings_(std::move(settings)),
      handler_(std::move(handler)),
      listener_(listener),
      stop_read_(stop_read),
      stop_write_(stop_write) {
    for (size_t i = 0; i < settings_.threads; ++i)
        threads_.emplace_back([this] { run(); });
}

SocketServer::~SocketServer() {
    close(stop_write_);
    for (auto& thread : threads_)
        thread.join();
    unlink(settings_.path.c_str());
    close(listener_);
    close(stop_read_);
}

void SocketServer::run() {
    while (true) {
        pollfd waiting[2] = {{.fd = listener_, .events = POLLIN, .revents = 0},
                             {.fd = stop_read_, .events = POLLIN, .revents = 0}};
        if (poll(waiting, 2, -1) < 0 && errno != EINTR) return;
        if (waiting[1].revents != 0) return;
        const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection < 0) {
            // Out of descriptors: the queue keeps the caller until one is free.
            if (errno == EMFILE || errno == ENFILE) poll(&waiting[1], 1, 50);
            continue;
        }
        serve(connection);
        close(connection);
    }
}

void SocketServer::serve(int connection) {
    const auto patience = milliseconds(settings_.patience_ms);
    const auto peer = peer_that_may_ask(connection, settings_.may_ask);
    if (!peer) {
        send_all(connection, error_line("agent_not_allowed", ""), steady_clock::now() + patience);
        return;
    }
    const std::string line =
        read_line(connection, kQuestionBytesMax, steady_clock::now() + patience);
    if (line.empty()) return;
    send_all(connection, handler_(line, peer->pid), steady_clock::now() + patience);
}

Result<std::string> ask_agent(const std::string& path, std::string_view question, int timeout_ms) {
    constexpr size_t kAnswerMax = size_t{4} << 20;
    const auto deadline = steady_clock::now() + milliseconds(timeout_ms);
    const int fd = connect_to(path);
    if (fd < 0) {
        return fail("agent_unreachable", fmt::format("`{}`: {}", path, std::strerror(errno)));
    }
    // Also when the question could not leave: who may not ask is told so before they have asked.
    send_all(fd, question, deadline);
    const std::string answer = read_line(fd, kAnswerMax, deadline);
    close(fd);
    if (answer.empty()) return fail("agent_unreachable", fmt::format("`{}` said nothing", path));
    return answer;
}

}  // namespace calm
