// A listening socket. Internal to this layer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include "base/result.h"

namespace calm::http {

class TlsContext;

class Listener {
  public:
    // See Server::listen_tcp and listen_unix for the contract.
    static Result<std::unique_ptr<Listener>> tcp(std::string_view address, uint16_t port,
                                                 const TlsContext* tls);
    static Result<std::unique_ptr<Listener>> unix_socket(const std::string& path, uint32_t mode);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    int fd() const { return fd_; }
    uint16_t port() const { return port_; }
    const TlsContext* tls() const { return tls_; }
    bool is_unix() const { return !path_.empty(); }

    // Takes the next connection, or -1 when none waits (or none can be taken now).
    int accept(sockaddr_storage& from) const;

  private:
    Listener(int fd, const TlsContext* tls) : fd_(fd), tls_(tls) {}

    int fd_;
    const TlsContext* tls_;
    uint16_t port_ = 0;
    std::string path_;
    uint64_t inode_ = 0;  // of the socket file: only our own is removed
};

}  // namespace calm::http
