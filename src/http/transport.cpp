// System calls and OpenSSL calls of one connection.
#include "http/transport.h"

#include <cerrno>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "http/tls_context.h"

namespace calm::http {
namespace {

Transport::Io io_of_errno() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Transport::Io::would_block
                                                                     : Transport::Io::failed;
}

}  // namespace

Transport::Transport(int fd, const TlsContext* tls) : fd_(fd) {
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls->native());
    CALM_ASSERT(ssl_ != nullptr);
    CALM_ASSERT(SSL_set_fd(ssl_, fd) == 1);
    SSL_set_accept_state(ssl_);
}

Transport::~Transport() {
    SSL_free(ssl_);
    close(fd_);
}

Transport::Io Transport::io_after_error(int result) {
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ: return Io::would_block;
        case SSL_ERROR_WANT_WRITE: wants_write_ = true; return Io::would_block;
        case SSL_ERROR_ZERO_RETURN: return Io::ended;
        default: return Io::failed;
    }
}

Transport::Io Transport::handshake() {
    if (ssl_ == nullptr) return Io::done;
    wants_write_ = false;
    ERR_clear_error();
    const int result = SSL_accept(ssl_);
    return result == 1 ? Io::done : io_after_error(result);
}

Transport::Transfer Transport::read(std::span<char> into) {
    if (ssl_ == nullptr) {
        const ssize_t bytes = recv(fd_, into.data(), into.size(), 0);
        if (bytes < 0) return {io_of_errno(), 0};
        if (bytes == 0) return {Io::ended, 0};
        // A level-triggered event tells of what is left.
        return {Io::would_block, static_cast<size_t>(bytes)};
    }
    wants_write_ = false;
    size_t total = 0;
    while (total < into.size()) {
        ERR_clear_error();
        const int bytes =
            SSL_read(ssl_, into.data() + total, static_cast<int>(into.size() - total));
        if (bytes <= 0) return {io_after_error(bytes), total};
        total += static_cast<size_t>(bytes);
    }
    return {Io::done, total};
}

Transport::Transfer Transport::write(std::string_view bytes) {
    size_t total = 0;
    while (total < bytes.size()) {
        if (ssl_ == nullptr) {
            const ssize_t sent =
                send(fd_, bytes.data() + total, bytes.size() - total, MSG_NOSIGNAL);
            if (sent < 0) return {io_of_errno(), total};
            total += static_cast<size_t>(sent);
            continue;
        }
        constexpr size_t kPiece = 1 << 20;  // SSL_write takes an int
        const size_t piece = bytes.size() - total < kPiece ? bytes.size() - total : kPiece;
        ERR_clear_error();
        const int sent = SSL_write(ssl_, bytes.data() + total, static_cast<int>(piece));
        if (sent <= 0) return {io_after_error(sent), total};
        total += static_cast<size_t>(sent);
    }
    return {Io::done, total};
}

void Transport::shutdown_write() {
    if (ssl_ != nullptr && SSL_is_init_finished(ssl_) == 1) {
        ERR_clear_error();
        SSL_shutdown(ssl_);
    }
    shutdown(fd_, SHUT_WR);
}

}  // namespace calm::http
