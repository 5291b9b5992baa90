// Making listening sockets, with the reasons why not.
#include "http/listener.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace calm::http {
namespace {

constexpr int kBacklog = 1024;

std::unexpected<Error> failed(const std::string& what) {
    const int error = errno;
    const char* code = "cannot_listen";
    if (error == EADDRINUSE) code = "address_in_use";
    if (error == EACCES || error == EPERM || error == EROFS) code = "listening_forbidden";
    return fail(code, what + ": " + std::generic_category().message(error));
}

struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;
    bool loopback = false;
};

Result<Address> parse_address(std::string_view text, uint16_t port) {
    const std::string address(text);
    Address out;
    in_addr v4{};
    in6_addr v6{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
        auto& in = reinterpret_cast<sockaddr_in&>(out.storage);
        in.sin_family = AF_INET;
        in.sin_port = htons(port);
        in.sin_addr = v4;
        out.length = sizeof in;
        out.loopback = (ntohl(v4.s_addr) >> 24) == 127;
        return out;
    }
    if (inet_pton(AF_INET6, address.c_str(), &v6) == 1) {
        auto& in = reinterpret_cast<sockaddr_in6&>(out.storage);
        in.sin6_family = AF_INET6;
        in.sin6_port = htons(port);
        in.sin6_addr = v6;
        out.length = sizeof in;
        out.loopback = IN6_IS_ADDR_LOOPBACK(&v6) != 0;
        return out;
    }
    return fail("bad_address", "`" + address + "` is not an IPv4 or IPv6 address");
}

Result<sockaddr_un> unix_address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return fail("cannot_listen", "`" + path + "`: the path of a socket has 1 to 107 bytes");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

// Does a process listen on this socket file?
bool is_served(const sockaddr_un& address) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return true;
    const int result = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const bool refused = result != 0 && errno == ECONNREFUSED;
    close(fd);
    return !refused;
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::tcp(std::string_view address, uint16_t port,
                                                const TlsContext* tls) {
    CALM_TRY_ASSIGN(const Address parsed, parse_address(address, port));
    if (tls == nullptr && !parsed.loopback) {
        return fail("plain_http_not_loopback", "`" + std::string(address) + "` needs TLS");
    }
    const std::string name = "`" + std::string(address) + "` port " + std::to_string(port);
    const int fd = socket(parsed.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return failed(name);
    std::unique_ptr<Listener> listener(new Listener(fd, tls));
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
    if (parsed.storage.ss_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (bind(fd, reinterpret_cast<const sockaddr*>(&parsed.storage), parsed.length) != 0 ||
        listen(fd, kBacklog) != 0) {
        return failed(name);
    }
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length) != 0) return failed(name);
    // sin_port and sin6_port stand in the same place.
    listener->port_ = ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);
    return listener;
}

Result<std::unique_ptr<Listener>> Listener::unix_socket(const std::string& path, uint32_t mode) {
    CALM_TRY_ASSIGN(const sockaddr_un address, unix_address(path));
    const std::string name = "`" + path + "`";
    struct stat found {};
    if (lstat(path.c_str(), &found) == 0) {
        if (!S_ISSOCK(found.st_mode)) return fail("cannot_listen", name + " is not a socket");
        if (is_served(address))
            return fail("address_in_use", name + " is served by another process");
        unlink(path.c_str());
    }
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return failed(name);
    std::unique_ptr<Listener> listener(new Listener(fd, nullptr));
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return failed(name);
    }
    if (lstat(path.c_str(), &found) != 0) return failed(name);
    listener->path_ = path;
    listener->inode_ = found.st_ino;
    // Nobody can connect before listen(), so nobody meets other permissions than these.
    if (chmod(path.c_str(), static_cast<mode_t>(mode)) != 0) return failed(name);
    if (listen(fd, kBacklog) != 0) return failed(name);
    return listener;
}

Listener::~Listener() {
    close(fd_);
    struct stat found {};
    if (is_unix() && lstat(path_.c_str(), &found) == 0 && found.st_ino == inode_) {
        unlink(path_.c_str());
    }
}

int Listener::accept(sockaddr_storage& from) const {
    socklen_t length = sizeof from;
    return accept4(fd_, reinterpret_cast<sockaddr*>(&from), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

}  // namespace calm::http
