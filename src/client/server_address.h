// ServerAddress: where a license server listens, as people write it. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace calm {

inline constexpr uint16_t kDefaultPort = 7443;

struct ServerAddress {
    enum class Kind { https, http, unix_socket };

    Kind kind = Kind::unix_socket;
    std::string host;  // name or address, an IPv6 one without its brackets; empty for a socket
    uint16_t port = 0;
    std::string socket_path;

    bool operator==(const ServerAddress&) const = default;
};

// Reads "https://host[:port]", "http://host:port" (loopback only: 127.0.0.0/8, ::1, localhost) or
// "unix:/path". Errors: `bad_server_address`, `plain_http_refused`.
Result<ServerAddress> parse_server_address(std::string_view text);

// The form that parse_server_address() reads.
std::string to_string(const ServerAddress& address);

// A certificate's fingerprint: 64 hex digits in either case, with colons or spaces between them or
// nothing, and "SHA256:" or "sha256:" before them or nothing. Errors: `bad_fingerprint`.
Result<Hash> parse_fingerprint(std::string_view text);

// 64 lower-case hex digits, the form that calmd prints.
std::string to_fingerprint(const Hash& hash);

}  // namespace calm
