// What the parser takes, and each thing that it refuses.
#include "http/parser.h"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm::http {
namespace {

struct Parsed {
    Refusal refusal = Refusal::none;
    size_t bytes = 0;
    RequestHead head;
};

Parsed parse(std::string_view input) {
    Parsed parsed;
    size_t scanned = 0;
    const HeadScan scan = scan_head(input, scanned);
    parsed.refusal = scan.refusal;
    parsed.bytes = scan.head_bytes;
    if (scan.head_bytes > 0)
        parsed.refusal = parse_head(input.substr(0, scan.head_bytes), parsed.head);
    return parsed;
}

std::string get(std::string_view lines) {
    return "GET / HTTP/1.1\r\nHost: x\r\n" + std::string(lines) + "\r\n";
}

TEST(Parser, reads_a_whole_request) {
    const std::string input =
        "POST /v1/admissions?x=1&y=%20 HTTP/1.1\r\nHost: calm.example\r\nContent-Length:  12 \r\n"
        "X-Empty:\r\nAccept-Language: fr, en;q=0.5\r\n\r\n{\"a\":\"body\"}";
    const Parsed parsed = parse(input);
    ASSERT_EQ(parsed.refusal, Refusal::none);
    EXPECT_EQ(input.substr(parsed.bytes), "{\"a\":\"body\"}");
    EXPECT_EQ(parsed.head.method, Method::post);
    EXPECT_EQ(parsed.head.target, "/v1/admissions?x=1&y=%20");
    EXPECT_EQ(parsed.head.path, "/v1/admissions");
    EXPECT_EQ(parsed.head.query, "x=1&y=%20");
    EXPECT_EQ(parsed.head.content_length, 12u);
    EXPECT_TRUE(parsed.head.keep_alive);
    ASSERT_EQ(parsed.head.header_count, 4u);
    EXPECT_EQ(*parsed.head.find("ACCEPT-language"), "fr, en;q=0.5");
    EXPECT_EQ(*parsed.head.find("x-empty"), "");
    EXPECT_EQ(parsed.head.find("x-absent"), nullptr);
}

struct Case {
    std::string_view name;
    std::string input;
    Refusal refusal;
};

std::vector<Case> cases() {
    const std::string lengths = "Content-Length: 1\r\n";
    return {
        {"bare LF", "GET / HTTP/1.1\nHost: x\r\n\r\n", Refusal::bare_line_feed},
        {"bare LF in a header", get("A: b\nC: d\r\n"), Refusal::bare_line_feed},
        {"bare CR in a header", get("A: b\rc\r\n"), Refusal::bad_header_value},
        {"bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_target},
        {"empty line first", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_method},
        {"no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_request_line},
        {"no version", "GET /\r\nHost: x\r\n\r\n", Refusal::bad_request_line},
        {"two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_target},
        {"space behind", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", Refusal::bad_version},
        {"TLS hello", std::string("\x16\x03\x01\x02\x00", 5), Refusal::bad_method},
        {"method with a slash", "G/T / HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_method},
        {"absolute target", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_target},
        {"star", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_target},
        {"authority", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_target},
        {"fragment", "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_target},
        {"quote", "GET /\" HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_target},
        {"half an escape", "GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_target},
        {"no escape", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_target},
        {"raw UTF-8", "GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", Refusal::bad_target},
        {"HTTP/2", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", Refusal::bad_version},
        {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", Refusal::bad_version},
        {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: x\r\n\r\n", Refusal::bad_version},
        {"lower case", "GET / http/1.1\r\nHost: x\r\n\r\n", Refusal::bad_request_line},
        {"folded", get("A: b\r\n c\r\n"), Refusal::folded_line},
        {"folded by a tab", get("A: b\r\n\tc\r\n"), Refusal::folded_line},
        {"no colon", get("AAA\r\n"), Refusal::bad_header_name},
        {"empty name", get(": b\r\n"), Refusal::bad_header_name},
        {"space before the colon", get("A : b\r\n"), Refusal::bad_header_name},
        {"parenthesis in a name", get("A(b): c\r\n"), Refusal::bad_header_name},
        {"NUL in a value", get(std::string("A: b\0c\r\n", 8)), Refusal::bad_header_value},
        {"escape in a value", get("A: \x1b[1m\r\n"), Refusal::bad_header_value},
        {"DEL in a value", get("A: \x7f\r\n"), Refusal::bad_header_value},
        {"no host", "GET / HTTP/1.1\r\n\r\n", Refusal::host_missing},
        {"two hosts", get("host: y\r\n"), Refusal::host_repeated},
        {"length twice", get(lengths + lengths), Refusal::content_length_repeated},
        {"length list", get("Content-Length: 1, 1\r\n"), Refusal::bad_content_length},
        {"length signed", get("Content-Length: +1\r\n"), Refusal::bad_content_length},
        {"length negative", get("Content-Length: -1\r\n"), Refusal::bad_content_length},
        {"length hex", get("Content-Length: 0x1\r\n"), Refusal::bad_content_length},
        {"length empty", get("Content-Length:\r\n"), Refusal::bad_content_length},
        {"length beyond 64 bits", get("Content-Length: 18446744073709551617\r\n"),
         Refusal::bad_content_length},
        {"chunked", get("Transfer-Encoding: chunked\r\n"), Refusal::transfer_encoding},
        {"identity", get("transfer-encoding: identity\r\n"), Refusal::transfer_encoding},
        {"chunked with length", get(lengths + "Transfer-Encoding: chunked\r\n"),
         Refusal::transfer_encoding},
        {"expectation", get("Expect: 200-ok\r\n"), Refusal::bad_expectation},
        {"connection", get("Connection: \"close\"\r\n"), Refusal::bad_connection},
        {"empty connection", get("Connection:\r\n"), Refusal::bad_connection},
    };
}

TEST(Parser, each_departure_from_the_rules_has_its_own_refusal) {
    for (const Case& each : cases()) {
        EXPECT_EQ(parse(each.input).refusal, each.refusal) << each.name;
    }
}

TEST(Parser, every_refusal_has_a_status_a_code_and_a_sentence) {
    for (int i = 1; i <= static_cast<int>(Refusal::bad_connection); ++i) {
        const RefusalText text = refusal_text(static_cast<Refusal>(i));
        EXPECT_GE(text.status, 400) << i;
        EXPECT_LT(text.status, 506) << i;
        EXPECT_FALSE(text.code.empty() || text.detail.empty()) << i;
    }
}

TEST(Parser, a_head_of_8_KiB_is_read_and_one_byte_more_is_not) {
    const std::string around = get("A: \r\n");
    const auto head_of = [&](size_t bytes) {
        return get("A: " + std::string(bytes - around.size(), 'x') + "\r\n");
    };
    EXPECT_EQ(parse(head_of(kHeadBytesMax)).refusal, Refusal::none);
    EXPECT_EQ(parse(head_of(kHeadBytesMax + 1)).refusal, Refusal::head_too_large);
    // Nor does it wait for more once no head of legal size can come of it.
    EXPECT_EQ(parse(head_of(kHeadBytesMax + 1).substr(0, kHeadBytesMax)).refusal,
              Refusal::head_too_large);
}

TEST(Parser, takes_64_headers_and_not_65) {
    std::string lines;
    for (size_t i = 1; i < kHeadersMax; ++i)
        lines += "A: b\r\n";
    EXPECT_EQ(parse(get(lines)).head.header_count, kHeadersMax);
    EXPECT_EQ(parse(get(lines + "A: b\r\n")).refusal, Refusal::too_many_headers);
}

TEST(Parser, keep_alive_follows_version_and_connection) {
    const auto keeps = [](std::string_view version, std::string_view lines) {
        const Parsed parsed = parse("GET / HTTP/" + std::string(version) + "\r\nHost: x\r\n" +
                                    std::string(lines) + "\r\n");
        EXPECT_EQ(parsed.refusal, Refusal::none);
        return parsed.head.keep_alive;
    };
    EXPECT_TRUE(keeps("1.1", ""));
    EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: Keep-Alive, CLOSE\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: close\r\nConnection: keep-alive\r\n"));
    EXPECT_FALSE(keeps("1.0", ""));
    EXPECT_TRUE(keeps("1.0", "Connection: keep-alive\r\n"));
}

TEST(Parser, http_1_0_needs_no_host_and_expects_nothing) {
    const Parsed parsed = parse("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(parsed.refusal, Refusal::none);
    EXPECT_FALSE(parsed.head.expect_continue);
    EXPECT_TRUE(parse(get("Expect: 100-Continue\r\n")).head.expect_continue);
}

TEST(Parser, unknown_methods_are_left_to_the_routes) {
    const Parsed parsed = parse("BREW / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(parsed.refusal, Refusal::none);
    EXPECT_EQ(parsed.head.method, Method::other);
    EXPECT_EQ(parsed.head.method_text, "BREW");
}

RC_GTEST_PROP(Parser, it_does_not_matter_in_which_pieces_a_head_arrives, ()) {
    const auto chosen = *rc::gen::inRange<size_t>(0, cases().size());
    const std::string input = cases()[chosen].input;
    Parsed whole = parse(input);
    size_t scanned = 0;
    HeadScan scan;
    size_t have = 0;
    while (have < input.size() && scan.head_bytes == 0 && scan.refusal == Refusal::none) {
        have += *rc::gen::inRange<size_t>(1, input.size() - have + 1);
        scan = scan_head(std::string_view(input).substr(0, have), scanned);
    }
    if (scan.head_bytes > 0) {
        RC_ASSERT(scan.head_bytes == whole.bytes);
    } else {
        RC_ASSERT(scan.refusal == whole.refusal);
    }
}

RC_GTEST_PROP(Parser, any_bytes_are_read_or_refused, (const std::string& noise)) {
    const Parsed parsed = parse(get(noise));
    RC_ASSERT(parsed.bytes <= kHeadBytesMax);
}

}  // namespace
}  // namespace calm::http
