// Addresses and fingerprints, as people write them.
#include "client/server_address.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

std::string code_for(std::string_view text) {
    const auto address = parse_server_address(text);
    return address ? to_string(*address) : address.error().code;
}

TEST(ServerAddress, EachFormReadsAsItIsWritten) {
    EXPECT_EQ(code_for("https://licenses.example.com:9000"), "https://licenses.example.com:9000");
    EXPECT_EQ(code_for("https://licenses.example.com"), "https://licenses.example.com:7443");
    EXPECT_EQ(code_for("https://licenses.example.com/"), "https://licenses.example.com:7443");
    EXPECT_EQ(code_for("https://[2001:db8::7]:9000"), "https://[2001:db8::7]:9000");
    EXPECT_EQ(code_for("unix:/run/calm/calmd.sock"), "unix:/run/calm/calmd.sock");
}

TEST(ServerAddress, PlainHttpStaysOnThisMachine) {
    EXPECT_EQ(code_for("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
    EXPECT_EQ(code_for("http://127.9.9.9:8080"), "http://127.9.9.9:8080");
    EXPECT_EQ(code_for("http://localhost:8080"), "http://localhost:8080");
    EXPECT_EQ(code_for("http://[::1]:8080"), "http://[::1]:8080");
    EXPECT_EQ(code_for("http://192.0.2.1:8080"), "plain_http_refused");
    EXPECT_EQ(code_for("http://127.0.0.1.example.com:80"), "plain_http_refused");
    EXPECT_EQ(code_for("http://127.example.com:80"), "plain_http_refused");
    EXPECT_EQ(code_for("http://127.a.b.c:80"), "plain_http_refused");
}

TEST(ServerAddress, WhatIsNoAddressIsRefused) {
    for (const auto* text :
         {"", "licenses", "ftp://a:1", "https://", "https://a:0", "https://a:65536", "https://a:1x",
          "https://a:", "https://a/path", "https://user@a:1", "https://[::1", "https://[::1]x",
          "https://[zz]:1", "unix:relative", "unix:", "https://a b:1", "https://a\n:1"}) {
        EXPECT_EQ(code_for(text), "bad_server_address") << text;
    }
    EXPECT_EQ(code_for("unix:/" + std::string(107, 'x')), "bad_server_address");
}

RC_GTEST_PROP(ServerAddress, AnyTextIsReadOrRefusedAndReadingIsStable, (const std::string& tail)) {
    for (const std::string& text : {tail, "https://" + tail, "unix:/" + tail}) {
        const auto address = parse_server_address(text);
        if (!address) continue;
        const auto again = parse_server_address(to_string(*address));
        RC_ASSERT(again.has_value());
        RC_ASSERT(*again == *address);
    }
}

TEST(Fingerprint, FormsThatToolsPrintAreTheSame) {
    const std::string hex(64, 'a');
    Hash expected{};
    expected.fill(0xAA);
    EXPECT_EQ(parse_fingerprint(hex), expected);
    EXPECT_EQ(parse_fingerprint("SHA256:" + std::string(64, 'A')), expected);
    EXPECT_EQ(parse_fingerprint(to_fingerprint(expected)), expected);
    std::string colons = "AA";
    for (int i = 1; i < 32; ++i)
        colons += ":AA";  // openssl x509 -fingerprint -sha256
    EXPECT_EQ(parse_fingerprint(colons), expected);
}

TEST(Fingerprint, AShortOneIsRefused) {
    const auto hash = parse_fingerprint("aa:bb");
    ASSERT_FALSE(hash.has_value());
    EXPECT_EQ(hash.error().code, "bad_fingerprint");
}

}  // namespace
}  // namespace calm
