// The agent's lines: questions survive, nonsense is refused, answers are one line.
#include "agent/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calm {
namespace {

TEST(AgentProtocol, AQuestionSurvivesTheSocket) {
    const AgentQuestion full{.verb = AgentVerb::logged_on,
                             .service = "sshd",
                             .user = "änna \"x\"",
                             .rhost = "192.0.2.7",
                             .tty = "ssh",
                             .seat = "seat0",
                             .product = "sql-2012",
                             .mode = AskFor::device,
                             .device = "kiosk",
                             .language = "fr_FR.UTF-8",
                             .budget_ms = 1800,
                             .station = "front-desk",
                             .via = "gateway-1",
                             .from_server = "app-1",
                             .workload = Workload::anonymous,
                             .outside = true,
                             .administration = false,
                             .host_service = true,
                             .wait = true,
                             .again = true,
                             .leads = true,
                             .hardware_id = "board-7",
                             .certificate = "ab:cd",
                             .device_mark = "m-1"};
    const AgentQuestion least{.verb = AgentVerb::admit, .user = "anna"};
    const AgentQuestion status{.verb = AgentVerb::status};
    for (const auto& question : {full, least, status}) {
        EXPECT_EQ(parse_agent_question(agent_question_line(question)), question)
            << agent_question_line(question);
    }
}

TEST(AgentProtocol, WhatIsNoQuestionIsRefused) {
    for (const std::string& line :
         {std::string(),
          std::string("{}"),
          std::string("[]"),
          std::string("null"),
          std::string(R"({"ask":"admit"})"),
          std::string(R"({"ask":"admit","user":7})"),
          std::string(R"({"ask":"reboot","user":"anna"})"),
          std::string(R"({"ask":"admit","user":"a\nb"})"),
          std::string(R"({"ask":"admit","user":"anna","product":"../x"})"),
          std::string(R"({"ask":"admit","user":"anna","mode":"seat"})"),
          std::string(R"({"ask":"admit","user":"anna","budget_ms":-1})"),
          std::string(R"({"ask":"admit","user":"anna","workload":"work"})"),
          std::string(R"({"ask":"admit","user":"anna","outside":"yes"})"),
          std::string(R"({"ask":"admit","user":"anna","wait":1})"),
          std::string(R"({"ask":"admit","user":"anna","station":"a\tb"})"),
          std::string(R"({"ask":"admit","user":"anna","via":")") + std::string(257, 'v') + "\"}",
          std::string(R"({"ask":"admit","user":"anna","colour":"red"})"),
          std::string(R"({"ask":"admit","user":"anna"}{)"),
          std::string(R"({"ask":"admit","user":")") + std::string(300, 'a') + "\"}",
          std::string(R"({"ask":[[[[[[[[)"),
          std::string(20'000, ' '),
          std::string("{\"ask\":\"admit\",\"user\":\"\xff\"}")}) {
        const auto question = parse_agent_question(line);
        ASSERT_FALSE(question.has_value()) << line;
        EXPECT_EQ(question.error().code, "agent_question_malformed");
        EXPECT_FALSE(question.error().detail.empty());
    }
}

TEST(AgentProtocol, AnAnswerIsOneLine) {
    EXPECT_EQ(verdict_line({.reason = Reason::cal_held}),
              R"({"verdict":"allow","reason":"cal_held"})"
              "\n");
    EXPECT_EQ(verdict_line({.reason = Reason::no_cal_available, .sentence = "No\nlicense."}),
              R"({"verdict":"deny","reason":"no_cal_available","sentence":"No\u000alicense."})"
              "\n");
    EXPECT_EQ(verdict_line({.reason = Reason::seat_queued, .place = 3}),
              R"({"verdict":"deny","reason":"seat_queued","place":3})"
              "\n");
    EXPECT_EQ(
        verdict_line({.reason = Reason::offline_outage, .offline = true, .left = seconds(90)}),
        R"({"verdict":"allow","reason":"offline_outage","offline":true,"seconds_left":90})"
        "\n");
    EXPECT_EQ(verdict_line({.reason = Reason::cal_lent, .ends = true}),
              R"({"verdict":"deny","reason":"cal_lent","ends":true})"
              "\n");
    // What has ended a moment ago by another clock.
    EXPECT_EQ(verdict_line({.reason = Reason::cal_held, .left = seconds(-5)}),
              R"({"verdict":"allow","reason":"cal_held","seconds_left":0})"
              "\n");
    EXPECT_EQ(error_line("service_unknown", ""), R"({"error":"service_unknown"})"
                                                 "\n");
    EXPECT_EQ(done_line(), "{\"done\":true}\n");
    EXPECT_EQ(done_line("Days left: 3.\nCall us."),
              R"({"done":true,"sentence":"Days left: 3.\u000aCall us."})"
              "\n");
}

}  // namespace
}  // namespace calm
