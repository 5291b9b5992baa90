// Unix sockets, blocking until a deadline.
#include "agent/unix_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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

}  // namespace

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

bool send_all(int fd, std::string_view bytes, steady_clock::time_point deadline) {
    while (!bytes.empty()) {
        const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<size_t>(sent));
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

std::optional<ucred> peer_that_may_ask(int fd, const std::vector<uid_t>& may_ask) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {};
    const bool may = peer.uid == 0 || peer.uid == geteuid() ||
                     std::ranges::find(may_ask, peer.uid) != may_ask.end();
    return may ? std::optional(peer) : std::nullopt;
}

}  // namespace calm
