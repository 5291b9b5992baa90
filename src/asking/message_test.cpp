// The agent's JSON: what it writes is JSON, and what it reads it either understands or refuses.
#include "asking/message.h"

#include <algorithm>
#include <cstring>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm::asking {
namespace {

TEST(AgentMessage, AQuestionIsOneLine) {
    QuestionLine line;
    line.text("ask", "admit");
    line.text("user", "an\"na\\\n\x01");
    line.text("rhost", "");
    line.number("budget_ms", 1800);
    line.flag("wait", true);
    line.flag("outside", false);
    EXPECT_EQ(line.finish(), R"({"ask":"admit","user":"an\"na\\\u000a\u0001","budget_ms":1800,)"
                             R"("wait":true,"outside":false})"
                             "\n");
}

TEST(AgentMessage, AQuestionThatDoesNotFitIsNotSent) {
    QuestionLine line;
    line.text("user", std::string(5000, 'a'));
    EXPECT_TRUE(line.finish().empty());
}

TEST(AgentMessage, AnAnswerIsRead) {
    Answer answer;
    ASSERT_EQ(AnswerKind::verdict,
              read_answer(R"( {"verdict":"deny", "reason":"no_cal_available","until":12,"x":null,)"
                          R"("sentence":"Plus de licence \u00e9t\u00E9 \"libre\".\nAppelez."} )",
                          answer));
    EXPECT_FALSE(answer.allowed);
    EXPECT_STREQ(answer.reason, "no_cal_available");
    EXPECT_STREQ(answer.sentence, "Plus de licence été \"libre\".\nAppelez.");

    ASSERT_EQ(AnswerKind::verdict,
              read_answer(R"({"reason":"cal_held","verdict":"allow"})", answer));
    EXPECT_TRUE(answer.allowed);
    EXPECT_STREQ(answer.sentence, "");
}

TEST(AgentMessage, WhatIsNoAnswerIsRefused) {
    for (const char* line : {"",
                             "{",
                             "{}",
                             "null",
                             "[]",
                             R"({"verdict":"allow")",
                             R"({"verdict":"allow",})",
                             R"({"verdict":"allow"}x)",
                             R"({"verdict":"allowed"})",
                             R"({"verdict":true})",
                             R"({"verdict":"Allow"})",
                             R"({"verdict":{"a":"allow"}})",
                             R"({"verdict":["allow"]})",
                             R"({"verdict" "allow"})",
                             R"({verdict:"allow"})",
                             R"({"verdict":"allow" "reason":"x"})",
                             R"({"verdict":"al\u006cow\u00"})",
                             R"({"verdict":"allow\q"})",
                             "{\"verdict\":\"allow\n\"}",
                             R"({"verdict":})",
                             R"({"verdict")",
                             R"({,"verdict":"allow"})"}) {
        Answer answer;
        EXPECT_EQ(read_answer(line, answer), AnswerKind::nonsense) << line;
        EXPECT_FALSE(answer.allowed);
        EXPECT_STREQ(answer.sentence, "");
    }
}

TEST(AgentMessage, AFailureOfTheAgentIsReadWithItsSentence) {
    Answer answer;
    EXPECT_EQ(read_answer(R"({"error":"service_unknown","sentence":"Call us."})", answer),
              AnswerKind::failure);
    EXPECT_STREQ(answer.reason, "service_unknown");
    EXPECT_STREQ(answer.sentence, "Call us.");
}

TEST(AgentMessage, WhatElseIsSaidIsRead) {
    Answer answer;
    ASSERT_EQ(read_answer(R"({"verdict":"allow","offline":true,"seconds_left":345600})", answer),
              AnswerKind::verdict);
    EXPECT_TRUE(answer.offline);
    EXPECT_FALSE(answer.ends);
    EXPECT_EQ(answer.seconds_left, 345600);
    ASSERT_EQ(read_answer(R"({"verdict":"deny","place":3,"ends":true})", answer),
              AnswerKind::verdict);
    EXPECT_FALSE(answer.offline);
    EXPECT_TRUE(answer.ends);
    EXPECT_EQ(answer.place, 3U);
    EXPECT_EQ(answer.seconds_left, -1);
    EXPECT_EQ(read_answer(R"({"done":true})", answer), AnswerKind::done);
    EXPECT_STREQ(answer.sentence, "");
    EXPECT_EQ(read_answer(R"({"done":true,"sentence":"Days left: 3.\nCall us."})", answer),
              AnswerKind::done);
    EXPECT_STREQ(answer.sentence, "Days left: 3.\nCall us.");
    EXPECT_FALSE(answer.allowed);
    EXPECT_EQ(read_answer(R"({"done":false})", answer), AnswerKind::nonsense);
    EXPECT_EQ(read_answer(R"({"done":true,"verdict":"perhaps"})", answer), AnswerKind::nonsense);
}

TEST(AgentMessage, AValueOfAnotherKindCountsAsNotSaid) {
    for (const char* value : {"-1", "1.5", "1e3", "2147483648", "99999999999999999999", "true",
                              "null", "\"3\"", "0x3"}) {
        Answer answer;
        const std::string line = std::string(R"({"verdict":"deny","place":)") + value + "}";
        ASSERT_EQ(read_answer(line, answer), AnswerKind::verdict) << line;
        EXPECT_EQ(answer.place, 0U) << line;
    }
    for (const char* value : {"1", "false", "null", "\"true\"", "True"}) {
        Answer answer;
        const std::string line = std::string(R"({"verdict":"deny","ends":)") + value + "}";
        ASSERT_EQ(read_answer(line, answer), AnswerKind::verdict) << line;
        EXPECT_FALSE(answer.ends) << line;
    }
}

TEST(AgentMessage, NothingInASentenceReachesTheTerminalAsAControlCharacter) {
    Answer answer;
    ASSERT_EQ(AnswerKind::verdict,
              read_answer(R"({"verdict":"deny","sentence":"a\u001b[2J\u0000b\u007f\tc"})", answer));
    EXPECT_STREQ(answer.sentence, "a?[2J?b? c");
}

TEST(AgentMessage, ALongSentenceIsCutAtAWholeCharacter) {
    for (const char* character : {"é", "\\u00e9", "語", "a"}) {
        std::string long_text;
        for (int i = 0; i < 3000; ++i)
            long_text += character;
        Answer answer;
        ASSERT_EQ(AnswerKind::verdict,
                  read_answer(R"({"sentence":")" + long_text + R"(","verdict":"deny"})", answer));
        const std::string sentence = answer.sentence;
        EXPECT_GT(sentence.size(), 1000U);
        EXPECT_LT(sentence.size(), sizeof answer.sentence);
        const std::string whole = std::strcmp(character, "\\u00e9") == 0 ? "é" : character;
        EXPECT_EQ(sentence.size() % whole.size(), 0U);
    }
}

RC_GTEST_PROP(AgentMessage, AnyTextIsReadAsItWasWritten, ()) {
    auto text = *rc::gen::arbitrary<std::string>();
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    text.resize(std::min<size_t>(text.size(), 999));
    QuestionLine line;
    line.text("verdict", "deny");
    line.text("sentence", text);
    Answer answer;
    RC_ASSERT(read_answer(line.finish(), answer) == AnswerKind::verdict);
    RC_ASSERT(std::string(answer.sentence) == text);
}

RC_GTEST_PROP(AgentMessage, NoBytesHarmTheReader, (const std::string& bytes)) {
    Answer answer;
    read_answer(bytes, answer);
    read_answer("{\"verdict\":\"allow\",\"sentence\":\"" + bytes, answer);
    RC_ASSERT(std::strlen(answer.sentence) < sizeof answer.sentence);
}

}  // namespace
}  // namespace calm::asking
