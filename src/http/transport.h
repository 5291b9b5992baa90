// The bytes of one connection: a non-blocking socket, plain or under TLS. OpenSSL works on the
// socket itself, so plain, TLS and Unix connections share one state machine. Internal to this
// layer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

struct ssl_st;

namespace calm::http {

class TlsContext;

class Transport {
  public:
    enum class Io : uint8_t { done, would_block, ended, failed };
    struct Transfer {
        Io io =
            Io::done;  // `ended`: the peer will send no more; `bytes` may be > 0 with any of them
        size_t bytes = 0;
    };

    // Takes over `fd`. `tls` may be nullptr.
    Transport(int fd, const TlsContext* tls);
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    int fd() const { return fd_; }
    bool is_tls() const { return ssl_ != nullptr; }

    // done: handshake complete (at once without TLS).
    Io handshake();

    // Reads what is there, up to the size of `into`. With `done` there may be more that no
    // readiness event will tell of (TLS keeps records): call again.
    Transfer read(std::span<char> into);

    // Writes as much as the socket takes.
    Transfer write(std::string_view bytes);

    // TLS may have to write before it can read on (a key update).
    bool wants_write() const { return wants_write_; }

    // Says that we send no more.
    void shutdown_write();

  private:
    Io io_after_error(int result);

    int fd_;
    ssl_st* ssl_ = nullptr;
    bool wants_write_ = false;
};

}  // namespace calm::http
