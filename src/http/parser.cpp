// One pass over the complete head; scan_head has made sure that every LF ends a CRLF.
#include "http/parser.h"

#include <cstring>

namespace calm::http {
namespace {

// Character classes of RFC 9110 5.6.2 (token), 5.5 (field value) and RFC 3986 3.3/3.4 (path,
// query).
enum : uint8_t { kToken = 1, kFieldValue = 2, kPath = 4, kQuery = 8 };

constexpr std::array<uint8_t, 256> make_classes() {
    std::array<uint8_t, 256> classes{};
    const auto add = [&](std::string_view characters, uint8_t bits) {
        for (const char c : characters)
            classes[static_cast<uint8_t>(c)] |= bits;
    };
    constexpr std::string_view kAlphanumeric =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    add(kAlphanumeric, kToken | kPath | kQuery);
    add("!#$%&'*+-.^_`|~", kToken);
    add("-._~!$&'()*+,;=:@/", kPath | kQuery);  // '%' is checked with its two digits
    add("?", kQuery);
    for (int c = 0x21; c < 0x7f; ++c)
        classes[static_cast<size_t>(c)] |= kFieldValue;
    for (int c = 0x80; c < 0x100; ++c)
        classes[static_cast<size_t>(c)] |= kFieldValue;
    add(" \t", kFieldValue);
    return classes;
}
constexpr std::array<uint8_t, 256> kClasses = make_classes();

bool is(uint8_t bits, char c) {
    return (kClasses[static_cast<uint8_t>(c)] & bits) != 0;
}

bool all(uint8_t bits, std::string_view text) {
    for (const char c : text) {
        if (!is(bits, c)) return false;
    }
    return true;
}

bool is_token(std::string_view text) {
    return !text.empty() && all(kToken, text);
}

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Path or query: legal characters, and each '%' followed by two hex digits.
bool is_encoded_text(uint8_t bits, std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
        if (is(bits, text[i])) continue;
        if (text[i] != '%' || text.size() - i < 3) return false;
        if (!is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) return false;
        i += 2;
    }
    return true;
}

Method method_of(std::string_view text) {
    for (const Method method : {Method::get, Method::post, Method::put, Method::delete_,
                                Method::head, Method::patch, Method::options}) {
        if (method_name(method) == text) return method;
    }
    return Method::other;
}

Refusal parse_target(std::string_view target, RequestHead& out) {
    if (target.empty() || target.front() != '/') return Refusal::bad_target;
    const size_t mark = target.find('?');
    out.target = target;
    out.path = target.substr(0, mark);
    out.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    if (!is_encoded_text(kPath, out.path) || !is_encoded_text(kQuery, out.query)) {
        return Refusal::bad_target;
    }
    return Refusal::none;
}

Refusal parse_request_line(std::string_view line, RequestHead& out) {
    const size_t first = line.find(' ');
    if (first == std::string_view::npos) return Refusal::bad_request_line;
    const size_t second = line.find(' ', first + 1);
    if (second == std::string_view::npos) return Refusal::bad_request_line;
    out.method_text = line.substr(0, first);
    if (!is_token(out.method_text)) return Refusal::bad_method;
    out.method = method_of(out.method_text);
    if (const Refusal refusal = parse_target(line.substr(first + 1, second - first - 1), out);
        refusal != Refusal::none) {
        return refusal;
    }
    const std::string_view version = line.substr(second + 1);
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        return version.starts_with("HTTP/") ? Refusal::bad_version : Refusal::bad_request_line;
    }
    out.http_1_1 = version.back() == '1';
    out.keep_alive = out.http_1_1;
    return Refusal::none;
}

Refusal parse_content_length(std::string_view value, RequestHead& out) {
    if (out.has_content_length) return Refusal::content_length_repeated;
    // 18 digits hold every size and cannot overflow.
    if (value.empty() || value.size() > 18) return Refusal::bad_content_length;
    uint64_t length = 0;
    for (const char c : value) {
        if (c < '0' || c > '9') return Refusal::bad_content_length;
        length = length * 10 + static_cast<uint64_t>(c - '0');
    }
    out.has_content_length = true;
    out.content_length = length;
    return Refusal::none;
}

// A comma-separated list of tokens; `close` wins over `keep-alive`.
Refusal parse_connection(std::string_view value, bool& close, bool& keep) {
    while (true) {
        const size_t comma = value.find(',');
        const std::string_view option = trim(value.substr(0, comma));
        if (!is_token(option)) return Refusal::bad_connection;
        if (equal_ignoring_case(option, "close")) close = true;
        if (equal_ignoring_case(option, "keep-alive")) keep = true;
        if (comma == std::string_view::npos) return Refusal::none;
        value.remove_prefix(comma + 1);
    }
}

struct Seen {
    bool host = false;
    bool close = false;
    bool keep = false;
};

// What the framing of the request depends on. Compared by length first: most headers are none of
// these.
Refusal interpret(const Header& header, RequestHead& out, Seen& seen) {
    switch (header.name.size()) {
        case 4:
            if (!equal_ignoring_case(header.name, "host")) break;
            if (seen.host) return Refusal::host_repeated;
            seen.host = true;
            break;
        case 6:
            if (!equal_ignoring_case(header.name, "expect")) break;
            if (!equal_ignoring_case(header.value, "100-continue")) return Refusal::bad_expectation;
            out.expect_continue = out.http_1_1;  // RFC 9110 10.1.1: ignored in HTTP/1.0
            break;
        case 10:
            if (!equal_ignoring_case(header.name, "connection")) break;
            return parse_connection(header.value, seen.close, seen.keep);
        case 14:
            if (!equal_ignoring_case(header.name, "content-length")) break;
            return parse_content_length(header.value, out);
        case 16: {
            // Not for us, but a list that others read as one must be one.
            if (!equal_ignoring_case(header.name, "proxy-connection")) break;
            bool ignored = false;
            return parse_connection(header.value, ignored, ignored);
        }
        case 17:
            if (equal_ignoring_case(header.name, "transfer-encoding")) {
                return Refusal::transfer_encoding;
            }
            break;
        default: break;
    }
    return Refusal::none;
}

Refusal parse_header_line(std::string_view line, Header& out) {
    if (line.front() == ' ' || line.front() == '\t') return Refusal::folded_line;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Refusal::bad_header_name;
    out.name = line.substr(0, colon);
    if (!is_token(out.name)) return Refusal::bad_header_name;
    out.value = trim(line.substr(colon + 1));
    return all(kFieldValue, out.value) ? Refusal::none : Refusal::bad_header_value;
}

// Takes the next line off `rest`, without its CRLF. REQUIRES: every LF of `rest` follows a CR.
std::string_view take_line(std::string_view& rest) {
    const size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end - 1);
    rest.remove_prefix(end + 1);
    return line;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

std::string_view method_name(Method method) {
    switch (method) {
        case Method::get: return "GET";
        case Method::head: return "HEAD";
        case Method::post: return "POST";
        case Method::put: return "PUT";
        case Method::patch: return "PATCH";
        case Method::delete_: return "DELETE";
        case Method::options: return "OPTIONS";
        case Method::other: break;
    }
    return "";
}

const std::string_view* RequestHead::find(std::string_view name) const {
    for (const Header& header : headers()) {
        if (equal_ignoring_case(header.name, name)) return &header.value;
    }
    return nullptr;
}

HeadScan scan_head(std::string_view input, size_t& scanned) {
    // Something that is not HTTP at all (a TLS hello on the plain port) is told so at its first
    // byte.
    if (!input.empty() && !is(kToken, input.front())) return {0, Refusal::bad_method};
    const size_t limit = input.size() < kHeadBytesMax ? input.size() : kHeadBytesMax;
    while (scanned < limit) {
        const void* found = std::memchr(input.data() + scanned, '\n', limit - scanned);
        if (found == nullptr) {
            scanned = limit;
            break;
        }
        const size_t at = static_cast<size_t>(static_cast<const char*>(found) - input.data());
        scanned = at + 1;
        if (at < 1 || input[at - 1] != '\r') return {0, Refusal::bare_line_feed};
        if (at >= 3 && input[at - 2] == '\n') return {at + 1, Refusal::none};
    }
    return {0, input.size() >= kHeadBytesMax ? Refusal::head_too_large : Refusal::none};
}

Refusal parse_head(std::string_view head_text, RequestHead& out) {
    out.header_count = 0;
    out.expect_continue = false;
    out.has_content_length = false;
    out.content_length = 0;

    std::string_view rest = head_text;
    if (const Refusal refusal = parse_request_line(take_line(rest), out);
        refusal != Refusal::none) {
        return refusal;
    }
    Seen seen;
    for (std::string_view line = take_line(rest); !line.empty(); line = take_line(rest)) {
        if (out.header_count == kHeadersMax) return Refusal::too_many_headers;
        Header& header = out.header_slots[out.header_count];
        if (const Refusal refusal = parse_header_line(line, header); refusal != Refusal::none) {
            return refusal;
        }
        if (const Refusal refusal = interpret(header, out, seen); refusal != Refusal::none) {
            return refusal;
        }
        ++out.header_count;
    }
    if (out.http_1_1 && !seen.host) return Refusal::host_missing;
    if (seen.keep) out.keep_alive = true;
    if (seen.close) out.keep_alive = false;
    return Refusal::none;
}

RefusalText refusal_text(Refusal refusal) {
    switch (refusal) {
        case Refusal::none: break;
        case Refusal::head_too_large:
            return {431, "header_too_large", "the request line and headers exceed 8 KiB"};
        case Refusal::too_many_headers:
            return {431, "header_too_large", "the request has more than 64 headers"};
        case Refusal::bare_line_feed:
            return {400, "bad_request", "a line of the head ends without a carriage return"};
        case Refusal::bad_request_line:
            return {400, "bad_request", "the first line is not `METHOD target HTTP/1.1`"};
        case Refusal::bad_method: return {400, "bad_request", "the method is not a token"};
        case Refusal::bad_target:
            return {400, "bad_request", "the target is not a path with legal characters"};
        case Refusal::bad_version:
            return {505, "http_version_not_supported",
                    "only HTTP/1.1 and HTTP/1.0 are spoken here"};
        case Refusal::folded_line:
            return {400, "bad_request", "a header continues on a second line"};
        case Refusal::bad_header_name:
            return {400, "bad_request", "a header line has no valid name"};
        case Refusal::bad_header_value:
            return {400, "bad_request", "a header has a control character in its value"};
        case Refusal::host_missing: return {400, "bad_request", "the header `Host` is missing"};
        case Refusal::host_repeated: return {400, "bad_request", "the header `Host` is repeated"};
        case Refusal::bad_content_length:
            return {400, "bad_request", "the header `Content-Length` is not a number"};
        case Refusal::content_length_repeated:
            return {400, "bad_request", "the header `Content-Length` is repeated"};
        case Refusal::transfer_encoding:
            return {411, "length_required",
                    "transfer codings are not accepted; send `Content-Length`"};
        case Refusal::bad_expectation:
            return {417, "expectation_failed", "the only expectation met here is `100-continue`"};
        case Refusal::bad_connection:
            return {400, "bad_request", "the header `Connection` is not a list of tokens"};
    }
    return {500, "internal", ""};
}

}  // namespace calm::http
