// What a handler is given: one complete request, who sent it and which path parameters the route
// found.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/parser.h"
#include "messages/messages.h"

namespace calm::http {

// The other end of a connection.
struct Peer {
    enum class Transport : uint8_t { plain, tls, unix_socket };

    Transport transport = Transport::plain;
    bool loopback = false;     // TCP from this machine
    std::string_view address;  // "192.0.2.7", "2001:db8::7"; "unix" for the Unix socket
    uint16_t port = 0;
    uint32_t uid = 0;  // only for unix_socket: the credentials the kernel vouches for
    uint32_t gid = 0;
    int32_t pid = 0;
};

// Who asks, as the gate of the layer above found; this layer only carries it to the handler.
struct Caller {
    uint32_t role = 0;
    uint32_t id = 0;
};

// Path parameters in the order of the pattern, as sent (percent-encoded).
inline constexpr size_t kPathParametersMax = 4;
struct PathParameters {
    struct Parameter {
        std::string_view name;
        std::string_view value;
    };
    std::array<Parameter, kPathParametersMax> slots;
    size_t count = 0;
};

// Every view in it is valid until the handler returns; a handler that answers later copies what it
// needs.
class Request {
  public:
    Request(const RequestHead& head, const Peer& peer) : head_(head), peer_(peer) {}

    Method method() const { return head_.method; }
    std::string_view path() const { return head_.path; }
    std::string_view query_text() const { return head_.query; }
    const RequestHead& head() const { return head_; }
    const Peer& peer() const { return peer_; }

    // The value of a header; "" when it is absent.
    std::string_view header(std::string_view name) const;
    bool has_header(std::string_view name) const { return head_.find(name) != nullptr; }

    // A path parameter, decoded. REQUIRES: the route's pattern has it. A value that does not decode
    // to UTF-8 without control characters gives "", which names nothing.
    std::string parameter(std::string_view name) const;

    // A parameter of the query, decoded ('+' is a space); nullopt when absent or undecodable.
    std::optional<std::string> query(std::string_view name) const;

    // The language of Accept-Language.
    Language language() const { return language_from_accept_language(header("accept-language")); }

    std::string_view body;
    Caller caller;
    PathParameters parameters;

  private:
    const RequestHead& head_;
    const Peer& peer_;
};

// Decodes %XX (and '+' as a space when asked). nullopt when the result is not UTF-8 or has a
// control character: no name and no number that CALM knows has one.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace calm::http
