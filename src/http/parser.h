// The head of an HTTP/1.1 request, read strictly: what this accepts, every other correct parser
// reads the same way, so no request can mean two things to two programs (request smuggling). It is
// not a general HTTP parser: no folded lines, no transfer codings, no absolute targets, no
// tolerance for bare LF.
//
// Zero-copy and without allocation: a RequestHead holds views into the caller's buffer. RFC 9110
// and 9112 are the source of every rule; tests/fuzz/http_request_fuzz.cpp compares with
// Boost.Beast.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace calm::http {

// Limits of design.md 7. A head ends with its empty line, which counts.
inline constexpr size_t kHeadBytesMax = 8 * 1024;
inline constexpr size_t kHeadersMax = 64;

enum class Method : uint8_t { get, head, post, put, patch, delete_, options, other };

// "GET", "DELETE"; "" for `other`.
std::string_view method_name(Method method);

struct Header {
    std::string_view name;   // as sent; names are compared without regard to case
    std::string_view value;  // without the white space around it
};

struct RequestHead {
    Method method = Method::other;
    std::string_view method_text;
    std::string_view target;  // path and query as sent
    std::string_view path;    // begins with '/'; percent-encoding still in place
    std::string_view query;   // what follows the first '?'
    bool http_1_1 = true;     // false: HTTP/1.0
    bool keep_alive = true;   // what the version and `Connection` ask for
    bool expect_continue = false;
    bool has_content_length = false;
    uint64_t content_length = 0;  // 0 without the header
    std::array<Header, kHeadersMax> header_slots;
    size_t header_count = 0;

    std::span<const Header> headers() const { return {header_slots.data(), header_count}; }

    // The value of the first header of this name, or nullptr.
    const std::string_view* find(std::string_view name) const;
};

// Why a request is refused. Each has an HTTP status, a problem code and a sentence.
enum class Refusal : uint8_t {
    none,
    head_too_large,
    too_many_headers,
    bare_line_feed,
    bad_request_line,
    bad_method,
    bad_target,
    bad_version,
    folded_line,
    bad_header_name,
    bad_header_value,
    host_missing,
    host_repeated,
    bad_content_length,
    content_length_repeated,
    transfer_encoding,
    bad_expectation,
    bad_connection,
};

struct RefusalText {
    int status;
    std::string_view code;    // key `problem.<code>` of the messages
    std::string_view detail;  // one English sentence
};
RefusalText refusal_text(Refusal refusal);

// Looks for the end of the head in `input`, which may have grown since the last call; `scanned` (0
// at the beginning of a request) keeps the place, so that a byte is looked at once however slowly
// it arrives. Gives the length of the head with its empty line, or 0 when it is not complete.
struct HeadScan {
    size_t head_bytes = 0;
    Refusal refusal = Refusal::none;
};
HeadScan scan_head(std::string_view input, size_t& scanned);

// Reads a complete head as found by scan_head. On refusal `out` is not to be used.
Refusal parse_head(std::string_view head_text, RequestHead& out);

// ASCII only, as HTTP compares names.
bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace calm::http
