// Threads that accept, read a line, answer it and hang up.
#include "agent/socket_server.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/protocol.h"

namespace calm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kBacklog = 512;

Error failed(std::string_view what, const std::string& path) {
    return {"agent_socket_failed", fmt::format("{} `{}`: {}", what, path, std::strerror(errno))};
}

bool set_address(const std::string& path, sockaddr_un& address) {
    address = {};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) return false;
    path.copy(address.sun_path, path.size());
    return true;
}

// True when ready before the deadline.
bool wait_for(int fd, short events, steady_clock::time_point deadline) {
    while (true) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
        if (left <= 0) return false;
        pollfd waiting{.fd = fd, .events = events, .revents = 0};
        const int ready = poll(&waiting, 1, static_cast<int>(left));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

bool may_retry() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

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

bool write_line(int fd, std::string_view line, steady_clock::time_point deadline) {
    while (!line.empty()) {
        const ssize_t sent = send(fd, line.data(), line.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            line.remove_prefix(static_cast<size_t>(sent));
        } else if (!may_retry() || !wait_for(fd, POLLOUT, deadline)) {
            return false;
        }
    }
    return true;
}

int connect_to(const std::string& path) {
    sockaddr_un address{};
    if (!set_address(path, address)) return -1;
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    const int error = errno;
    close(fd);
    errno = error;
    return -1;
}

Result<int> listen_at(const std::string& path) {
    sockaddr_un address{};
    if (!set_address(path, address)) {
        errno = ENAMETOOLONG;
        return std::unexpected(failed("cannot listen at", path));
    }
    const int other = connect_to(path);
    if (other >= 0 || errno == EAGAIN) {  // EAGAIN: its queue is full
        if (other >= 0) close(other);
        return fail("agent_already_runs", fmt::format("an agent answers at `{}`", path));
    }
    const std::string directory = path.substr(0, path.rfind('/'));
    mkdir(directory.c_str(), 0755);
    unlink(path.c_str());
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return std::unexpected(failed("cannot listen at", path));
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        chmod(path.c_str(), 0666) != 0 || listen(fd, kBacklog) != 0) {
        const Error error = failed("cannot listen at", path);
        close(fd);
        return std::unexpected(error);
    }
    return fd;
}

}  // namespace

Result<std::unique_ptr<SocketServer>> SocketServer::start(Settings settings, Handler handler) {
    CALM_TRY_ASSIGN(const int listener, listen_at(settings.path));
    int stop[2];
    if (pipe2(stop, O_CLOEXEC) != 0) {
        close(listener);
        return std::unexpected(failed("cannot listen at", settings.path));
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

bool SocketServer::may_ask(uid_t uid) const {
    return uid == 0 || uid == geteuid() ||
           std::ranges::find(settings_.may_ask, uid) != settings_.may_ask.end();
}

void SocketServer::serve(int connection) {
    const auto patience = milliseconds(settings_.patience_ms);
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || !may_ask(peer.uid)) {
        write_line(connection, error_line("agent_not_allowed", ""), steady_clock::now() + patience);
        return;
    }
    const std::string line =
        read_line(connection, kQuestionBytesMax, steady_clock::now() + patience);
    if (line.empty()) return;
    write_line(connection, handler_(line, peer.pid), steady_clock::now() + patience);
}

Result<std::string> ask_agent(const std::string& path, std::string_view question, int timeout_ms) {
    constexpr size_t kAnswerMax = size_t{4} << 20;
    const auto deadline = steady_clock::now() + milliseconds(timeout_ms);
    const int fd = connect_to(path);
    if (fd < 0) {
        return fail("agent_unreachable", fmt::format("`{}`: {}", path, std::strerror(errno)));
    }
    // Also when the question could not leave: who may not ask is told so before they have asked.
    write_line(fd, question, deadline);
    const std::string answer = read_line(fd, kAnswerMax, deadline);
    close(fd);
    if (answer.empty()) return fail("agent_unreachable", fmt::format("`{}` said nothing", path));
    return answer;
}

}  // namespace calm
