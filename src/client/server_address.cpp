// Addresses and fingerprints as text.
#include "client/server_address.h"

#include <algorithm>
#include <charconv>

namespace calm {
namespace {

constexpr size_t kSocketPathMax = 107;  // sun_path without its zero

std::unexpected<Error> bad(std::string_view text, std::string_view why) {
    return fail("bad_server_address", "`" + std::string(text) + "` " + std::string(why));
}

bool is_loopback(std::string_view host) {
    if (host == "localhost" || host == "::1") return true;
    // Four numbers, the first 127: a name such as 127.example.org is none.
    if (!host.starts_with("127.") || std::ranges::count(host, '.') != 3) return false;
    return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_host(std::string_view host) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_';
    };
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, allowed);
}

bool is_ipv6(std::string_view host) {
    return host.size() >= 2 && host.size() <= 45 && host.find(':') != std::string_view::npos &&
           host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

Result<uint16_t> parse_port(std::string_view whole, std::string_view digits) {
    uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port == 0) {
        return bad(whole, "has no port between 1 and 65535");
    }
    return port;
}

Result<ServerAddress> parse_socket(std::string_view text, std::string_view path) {
    if (!path.starts_with('/')) return bad(text, "needs an absolute path behind `unix:`");
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::ranges::any_of(path, control)) return bad(text, "has a control character");
    if (path.size() > kSocketPathMax) return bad(text, "is longer than a socket's path can be");
    return ServerAddress{.kind = ServerAddress::Kind::unix_socket,
                         .socket_path = std::string(path)};
}

}  // namespace

Result<ServerAddress> parse_server_address(std::string_view text) {
    if (text.starts_with("unix:")) return parse_socket(text, text.substr(5));

    ServerAddress address;
    std::string_view rest = text;
    if (rest.starts_with("https://")) {
        address.kind = ServerAddress::Kind::https;
        rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
        address.kind = ServerAddress::Kind::http;
        rest.remove_prefix(7);
    } else {
        return bad(text, "begins with none of https://, http:// and unix:");
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);

    std::string_view host = rest;
    std::string_view port;
    if (rest.starts_with('[')) {
        const size_t close = rest.find(']');
        if (close == std::string_view::npos) return bad(text, "has a bracket that is not closed");
        host = rest.substr(1, close - 1);
        port = rest.substr(close + 1);
        if (!is_ipv6(host)) return bad(text, "has no IPv6 address between its brackets");
    } else {
        const size_t colon = rest.find(':');
        host = rest.substr(0, colon);
        port = colon == std::string_view::npos ? "" : rest.substr(colon);
        if (!is_host(host)) return bad(text, "names no host");
    }
    address.host = host;
    address.port = kDefaultPort;
    if (!port.empty()) {
        if (!port.starts_with(':')) return bad(text, "has something behind the host");
        CALM_TRY_ASSIGN(address.port, parse_port(text, port.substr(1)));
    }
    if (address.kind == ServerAddress::Kind::http && !is_loopback(address.host)) {
        return fail("plain_http_refused", "`" + std::string(text) + "` is not this machine");
    }
    return address;
}

std::string to_string(const ServerAddress& address) {
    if (address.kind == ServerAddress::Kind::unix_socket) return "unix:" + address.socket_path;
    const bool ipv6 = address.host.find(':') != std::string::npos;
    return std::string(address.kind == ServerAddress::Kind::https ? "https://" : "http://") +
           (ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<Hash> parse_fingerprint(std::string_view text) {
    std::string_view digits = text;
    if (digits.starts_with("SHA256:") || digits.starts_with("sha256:")) digits.remove_prefix(7);
    std::string hex;
    for (const char c : digits) {
        if (c == ':' || c == ' ') continue;
        hex += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    const auto hash = array_from_hex<32>(hex);
    if (!hash) {
        return fail("bad_fingerprint", "`" + std::string(text) + "` is not 32 bytes of hex");
    }
    return *hash;
}

std::string to_fingerprint(const Hash& hash) {
    return to_hex(hash);
}

}  // namespace calm
