// links: calm_http
// The request parser, with Boost.Beast's as its oracle: whatever ours accepts, Beast reads the same
// way. And it does not matter in which pieces the bytes arrive.
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/parser.h"

namespace {

namespace beast = boost::beast::http;
using calm::http::Header;
using calm::http::HeadScan;
using calm::http::Refusal;
using calm::http::RequestHead;

void require(bool condition) {
    if (!condition) std::abort();
}

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

// The end of the head does not depend on where the input was cut.
void check_pieces(std::string_view input, const HeadScan& whole) {
    size_t scanned = 0;
    HeadScan scan;
    const size_t step = input.size() % 7 + 1;
    for (size_t have = step; scan.head_bytes == 0 && scan.refusal == Refusal::none; have += step) {
        scan = calm::http::scan_head(input.substr(0, have), scanned);
        require(scanned <= input.size());
        if (have >= input.size()) break;
    }
    require(scan.head_bytes == whole.head_bytes && scan.refusal == whole.refusal);
}

// Beast keeps fields of one name together: so the n-th of a name is compared with the n-th of that
// name.
void compare_field(const beast::fields& fields, const RequestHead& head, const Header& header) {
    const auto range = fields.equal_range({header.name.data(), header.name.size()});
    auto field = range.first;
    for (const Header& before : head.headers()) {
        if (&before == &header) break;
        if (calm::http::equal_ignoring_case(before.name, header.name)) ++field;
    }
    require(field != range.second);
    require(view(field->name_string()) == header.name);
    require(view(field->value()) == header.value);
}

void compare(std::string_view message, const RequestHead& head, std::string_view body) {
    beast::request_parser<beast::string_body> oracle;
    oracle.header_limit(64 * 1024);
    oracle.body_limit(1 << 20);
    oracle.eager(true);
    boost::system::error_code error;
    const size_t used = oracle.put(boost::asio::buffer(message.data(), message.size()), error);
    require(!error && oracle.is_done() && used == message.size());

    const auto& request = oracle.get();
    require(view(request.method_string()) == head.method_text);
    require(view(request.target()) == head.target);
    require(request.version() == (head.http_1_1 ? 11u : 10u));
    // Beast counts Proxy-Connection too, and in HTTP/1.0 lets keep-alive win over close.
    if (head.find("proxy-connection") == nullptr) {
        require(oracle.keep_alive() || !head.keep_alive);
        require(!head.http_1_1 || oracle.keep_alive() == head.keep_alive);
    }
    require(request.body() == body);
    require(static_cast<size_t>(std::distance(request.begin(), request.end())) ==
            head.header_count);
    for (const Header& header : head.headers())
        compare_field(request, head, header);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    size_t scanned = 0;
    const HeadScan scan = calm::http::scan_head(input, scanned);
    check_pieces(input, scan);
    if (scan.head_bytes == 0) return 0;
    require(scan.head_bytes <= calm::http::kHeadBytesMax);

    static RequestHead head;
    if (calm::http::parse_head(input.substr(0, scan.head_bytes), head) != Refusal::none) return 0;
    const std::string_view rest = input.substr(scan.head_bytes);
    if (head.content_length > rest.size()) return 0;
    const auto length = static_cast<size_t>(head.content_length);
    compare(input.substr(0, scan.head_bytes + length), head, rest.substr(0, length));
    return 0;
}
