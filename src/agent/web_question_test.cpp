// What web servers ask: every header where it belongs, and what is no question.
#include "agent/web_question.h"

#include <gtest/gtest.h>

namespace calm {
namespace {

std::string head_of(const std::string& lines, const std::string& request = "GET /calm HTTP/1.1") {
    return request + "\r\n" + lines + "\r\n";
}

TEST(WebQuestion, EveryHeaderIsRead) {
    const auto question = parse_web_question(
        head_of("Host: calm\r\nCALM-User: anna\r\ncalm-service:  intranet \r\n"
                "CALM-Product: files-2026\r\nCALM-Address: 192.0.2.7\r\nCALM-Scheme: https\r\n"
                "Cookie: a=1; b=2\r\nAccept-Language: fr\r\nContent-Length: 0\r\n"));
    ASSERT_TRUE(question.has_value()) << question.error().detail;
    EXPECT_EQ(*question, (WebQuestion{.service = "intranet",
                                      .product = "files-2026",
                                      .user = "anna",
                                      .address = "192.0.2.7",
                                      .cookies = "a=1; b=2",
                                      .accept_language = "fr",
                                      .https = true,
                                      .last = false}));
}

TEST(WebQuestion, NothingSaidIsTheDefault) {
    const auto question = parse_web_question(head_of("CALM-Service:\r\nCALM-User:\r\n"));
    ASSERT_TRUE(question.has_value());
    EXPECT_EQ(*question, WebQuestion{});
}

TEST(WebQuestion, TheLastOneIsKnown) {
    EXPECT_TRUE(parse_web_question(head_of("Connection: close\r\n"))->last);
    EXPECT_TRUE(parse_web_question(head_of("", "GET / HTTP/1.0"))->last);
    EXPECT_FALSE(parse_web_question(head_of(""))->last);
}

TEST(WebQuestion, WhatIsNoQuestion) {
    const auto refused = [](const std::string& head) {
        const auto question = parse_web_question(head);
        return !question && question.error().code == "web_question_malformed";
    };
    EXPECT_TRUE(refused(""));
    EXPECT_TRUE(refused("GET / HTTP/1.1\r\n"));
    EXPECT_TRUE(refused(head_of("") + "more"));
    EXPECT_TRUE(refused(head_of("", "POST / HTTP/1.1")));
    EXPECT_TRUE(refused(head_of("", "GET / HTTP/2")));
    EXPECT_TRUE(refused(head_of("no header\r\n")));
    EXPECT_TRUE(refused(head_of(": nameless\r\n")));
    EXPECT_TRUE(refused(head_of("CALM-User : anna\r\n")));
    EXPECT_TRUE(refused(head_of("CALM-User: an\rna\r\n")));
    EXPECT_TRUE(refused(head_of("Content-Length: 5\r\n")));
    EXPECT_TRUE(refused(head_of("Transfer-Encoding: chunked\r\n")));
    EXPECT_TRUE(refused(head_of("Cookie: " + std::string(kWebHeadBytesMax, 'x') + "\r\n")));
}

// A client's own header must not come beside, or instead of, the one that the web server sets.
TEST(WebQuestion, AHeaderOfCalmsTwiceIsRefused) {
    EXPECT_FALSE(parse_web_question(head_of("CALM-User: anna\r\ncalm-user: root\r\n")));
    EXPECT_FALSE(parse_web_question(head_of("CALM-User:\r\nCALM-User: root\r\n")));
}

TEST(WebQuestion, AHeadEndsWithAnEmptyLine) {
    EXPECT_EQ(web_head_size("GET / HTTP/1.1\r\n\r\nGET"), 18U);
    EXPECT_EQ(web_head_size("GET / HTTP/1.1\r\n"), 0U);
}

TEST(WebAnswer, IsWholeAndInOneLineEach) {
    EXPECT_EQ(web_answer(204, {{"CALM-Reason", "cal_held"}}, false),
              "HTTP/1.1 204 No Content\r\nCALM-Reason: cal_held\r\n\r\n");
    EXPECT_EQ(web_answer(403, {{"CALM-Sentence", "no\r\nSet-Cookie: a=1"}}, true),
              "HTTP/1.1 403 Forbidden\r\nCALM-Sentence: no  Set-Cookie: a=1\r\n"
              "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

}  // namespace
}  // namespace calm
