// calm_admit() against agents that answer, refuse, fail, stall, stammer and lie.
#include <cstring>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "capi/capi_test.h"

namespace calm {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using namespace test;

class CapiAdmit : public CapiTest {};

TEST_F(CapiAdmit, WhoIsAdmittedIsToldForHowLong) {
    serve(says(kAllow));
    ASSERT_EQ(admit(), CALM_OK);
    EXPECT_EQ(answer.admitted, 1);
    EXPECT_EQ(answer.offline, 0);
    EXPECT_EQ(answer.seconds_left, 86401);
    EXPECT_EQ(answer.days_left, 2);
    EXPECT_STREQ(answer.reason, "cal_held");
    EXPECT_STREQ(answer.sentence, "");
}

TEST_F(CapiAdmit, ARefusalIsAnAnswer) {
    serve(says(kDeny));
    ASSERT_EQ(admit(), CALM_OK);
    EXPECT_EQ(answer.admitted, 0);
    EXPECT_EQ(answer.seconds_left, -1);
    EXPECT_EQ(answer.days_left, -1);
    EXPECT_STREQ(answer.reason, "no_cal_available");
    EXPECT_STREQ(answer.sentence, "No license is free.");
}

TEST_F(CapiAdmit, WhatTheHostDecidesAloneIsMarked) {
    serve(says(R"({"verdict":"allow","reason":"offline_outage","offline":true,"seconds_left":0})"
               "\n"));
    ASSERT_EQ(admit(), CALM_OK);
    EXPECT_EQ(answer.admitted, 1);
    EXPECT_EQ(answer.offline, 1);
    EXPECT_EQ(answer.days_left, 0);
}

TEST_F(CapiAdmit, ALittleIsAskedWhenLittleIsSaid) {
    auto& agent = serve(says(kAllow));
    ASSERT_EQ(admit(), CALM_OK);
    EXPECT_THAT(agent.questions(),
                ElementsAre(R"({"product":"files-2026","user":"anna","ask":"admit",)"
                            R"("budget_ms":1800,"leads":true})"));
}

TEST_F(CapiAdmit, AllThatIsSaidReachesTheAgent) {
    auto& agent = serve(says(kAllow));
    options.budget_ms = 1000;
    request = {.size = sizeof request,
               .service = "files",
               .product = "files-2026",
               .user = "änna \"x\"",
               .device = "kiosk-1",
               .address = "192.0.2.7",
               .tty = "tty1",
               .seat = "seat0",
               .station = "seat",
               .via = "gateway-1",
               .from_server = "app-1",
               .hardware_id = "board-7",
               .certificate = "ab:cd",
               .device_mark = "m-1",
               .language = "fr_FR.UTF-8",
               .mode = CALM_MODE_BOTH,
               .workload = CALM_WORKLOAD_HPC,
               .outside = CALM_YES,
               .administration = CALM_NO,
               .host_service = CALM_YES,
               .wait = CALM_NO,
               .outlives_process = CALM_YES};
    ASSERT_EQ(admit(), CALM_OK);
    EXPECT_THAT(
        agent.questions(),
        ElementsAre(
            R"({"service":"files","product":"files-2026","user":"änna \"x\"","device":"kiosk-1",)"
            R"("rhost":"192.0.2.7","tty":"tty1","seat":"seat0","station":"seat","via":"gateway-1",)"
            R"("from_server":"app-1","hardware_id":"board-7","certificate":"ab:cd",)"
            R"("device_mark":"m-1","lang":"fr_FR.UTF-8","mode":"both","workload":"hpc",)"
            R"("outside":true,"administration":false,"host_service":true,"wait":false,)"
            R"("ask":"admit","budget_ms":900})"));
}

TEST_F(CapiAdmit, TheLanguageIsThePersonsThenTheHandlesThenTheEnvironments) {
    setenv("LANG", "fr_CA.UTF-8", 1);
    auto& agent = serve(says(kAllow));
    admit();
    close_handle();
    setenv("LC_ALL", "C.UTF-8", 1);  // no wish for any language
    admit();
    close_handle();
    options.language = "fr";
    admit();
    request.language = "en_GB";
    admit();
    EXPECT_THAT(agent.questions(),
                ElementsAre(HasSubstr(R"("lang":"fr_CA.UTF-8")"), Not(HasSubstr("lang")),
                            HasSubstr(R"("lang":"fr")"), HasSubstr(R"("lang":"en_GB")")));
}

TEST_F(CapiAdmit, WithoutAnAgentThePersonReadsWhy) {
    EXPECT_EQ(admit(), CALM_E_AGENT_UNREACHABLE);
    EXPECT_EQ(answer.admitted, 0);
    EXPECT_STREQ(answer.reason, "");
    EXPECT_THAT(answer.sentence, HasSubstr("start calm-hostd"));
    request.language = "fr";
    EXPECT_EQ(admit(), CALM_E_AGENT_UNREACHABLE);
    EXPECT_THAT(answer.sentence, HasSubstr("démarrer calm-hostd"));
}

TEST_F(CapiAdmit, AnAgentThatSaysNothingIsNotWaitedForBeyondTheBudget) {
    options.budget_ms = 100;
    serve([](int connection, const std::string&) {
        char byte = 0;
        EXPECT_EQ(recv(connection, &byte, 1, 0), 0) << "the caller hangs up first";
    });
    const auto begin = steady_clock::now();
    EXPECT_EQ(admit(), CALM_E_TIMEOUT);
    EXPECT_LT(steady_clock::now() - begin, seconds(10));  // for a loaded machine
    EXPECT_THAT(answer.sentence, HasSubstr("does not answer"));
}

TEST_F(CapiAdmit, AnAgentThatStammersIsNotWaitedForBeyondTheBudget) {
    options.budget_ms = 100;
    serve([](int connection, const std::string&) {
        while (send(connection, "{", 1, MSG_NOSIGNAL) == 1)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    });
    EXPECT_EQ(admit(), CALM_E_TIMEOUT);
}

TEST_F(CapiAdmit, WhatIsNoAnswerIsNone) {
    struct Case {
        std::string said;
        calm_status status;
    };
    for (const auto& [said, status] : {
             Case{"", CALM_E_AGENT_UNREACHABLE},
             Case{R"({"verdict":"all)", CALM_E_ANSWER},
             Case{"yes\n", CALM_E_ANSWER},
             Case{"\n", CALM_E_ANSWER},
             Case{kDone, CALM_E_ANSWER},
             Case{R"({"verdict":"allow","reason":"cal_held"})", CALM_E_ANSWER},
             Case{std::string(100'000, 'x'), CALM_E_ANSWER},
             Case{"{\"verdict\":\"perhaps\"}\n", CALM_E_ANSWER},
         }) {
        serve(says(said));
        EXPECT_EQ(admit(), status) << said.substr(0, 50);
        EXPECT_EQ(answer.admitted, 0);
        EXPECT_THAT(answer.sentence, HasSubstr("could not check"));
        hang_up();
    }
}

TEST_F(CapiAdmit, AnAgentThatCannotSayIsQuoted) {
    struct Case {
        const char* said;
        calm_status status;
        const char* reason;
        const char* sentence;
    };
    for (const auto& [said, status, reason, sentence] : {
             Case{R"({"error":"service_unknown","sentence":"Call us."})", CALM_E_AGENT,
                  "service_unknown", "Call us."},
             Case{R"({"error":"agent_not_allowed"})", CALM_E_NOT_ALLOWED, "", "This account"},
             Case{R"({"error":"agent_question_malformed","sentence":"`user`: …"})", CALM_E_INVALID,
                  "", "`user`"},
             Case{R"({"error":"of_a_later_version"})", CALM_E_AGENT, "of_a_later_version",
                  "The license agent cannot answer"},
         }) {
        serve(says(std::string(said) + "\n"));
        EXPECT_EQ(admit(), status) << said;
        EXPECT_EQ(answer.admitted, 0);
        EXPECT_STREQ(answer.reason, reason);
        EXPECT_THAT(answer.sentence, StartsWith(sentence));
        hang_up();
    }
}

TEST_F(CapiAdmit, WhatIsNoQuestionIsNotAsked) {
    auto& agent = serve(says(kAllow));
    const std::string longest(256, 'a');
    const std::string too_long(257, 'a');
    const auto invalid = [&](auto change) {
        calm_request changed = request;
        change(changed);
        answer.admitted = 1;
        EXPECT_EQ(calm_admit(handle(), &changed, &answer), CALM_E_INVALID);
        EXPECT_EQ(answer.admitted, 0);
        EXPECT_THAT(answer.sentence, HasSubstr("not valid"));
    };
    invalid([](calm_request& r) { r.user = nullptr; });
    invalid([](calm_request& r) { r.user = ""; });
    invalid([&](calm_request& r) { r.user = too_long.c_str(); });
    invalid([&](calm_request& r) { r.device = too_long.c_str(); });
    invalid([](calm_request& r) { r.size = 0; });
    invalid([](calm_request& r) { r.size = sizeof r - 1; });
    invalid([](calm_request& r) { r.mode = 4; });
    invalid([](calm_request& r) { r.mode = -1; });
    invalid([](calm_request& r) { r.workload = 5; });
    invalid([](calm_request& r) { r.outside = 3; });
    invalid([](calm_request& r) { r.wait = -1; });
    invalid([](calm_request& r) { r.wait_ms = -1; });
    invalid([](calm_request& r) { r.outlives_process = 7; });
    const std::string quotes(256, '"');
    invalid([&](calm_request& r) {  // each may be that long, but not all
        for (const char** each : {&r.service, &r.user, &r.device, &r.address, &r.tty, &r.seat,
                                  &r.station, &r.via, &r.from_server})
            *each = quotes.c_str();
    });
    EXPECT_EQ(calm_admit(nullptr, &request, &answer), CALM_E_INVALID);
    EXPECT_EQ(calm_admit(handle(), nullptr, &answer), CALM_E_INVALID);
    EXPECT_EQ(calm_admit(handle(), &request, nullptr), CALM_E_INVALID);
    answer.size = 8;
    EXPECT_EQ(admit(), CALM_E_INVALID);
    EXPECT_THAT(agent.questions(), IsEmpty());
    answer.size = sizeof answer;
    request.user = longest.c_str();
    EXPECT_EQ(admit(), CALM_OK);
}

TEST_F(CapiAdmit, AProgramOfALaterVersionIsUnderstoodAsFarAsItGoes) {
    serve(says(kAllow));
    struct LaterRequest {
        calm_request known;
        const char* later;
    } later{request, nullptr};
    later.known.size = sizeof later;
    struct LaterAnswer {
        calm_answer known;
        int64_t later;
    } filled{answer, 7};
    filled.known.size = sizeof filled;
    ASSERT_EQ(calm_admit(handle(), &later.known, &filled.known), CALM_OK);
    EXPECT_EQ(filled.known.admitted, 1);
    EXPECT_EQ(filled.known.size, sizeof filled);
    EXPECT_EQ(filled.later, 0);
    later.later = "something new";
    EXPECT_EQ(calm_admit(handle(), &later.known, &filled.known), CALM_E_UNSUPPORTED);
    EXPECT_EQ(filled.known.admitted, 0);
    EXPECT_THAT(filled.known.sentence, HasSubstr("libcalm"));
}

constexpr const char* kQueued =
    R"({"verdict":"deny","reason":"seat_queued","sentence":"You are number 3.","place":3})"
    "\n";

TEST_F(CapiAdmit, WhoStandsInLineIsToldThePlace) {
    auto& agent = serve(says(kQueued));
    request.wait = CALM_YES;
    ASSERT_EQ(admit(), CALM_OK);
    EXPECT_EQ(answer.admitted, 0);
    EXPECT_EQ(answer.place, 3);
    EXPECT_STREQ(answer.sentence, "You are number 3.");
    EXPECT_THAT(agent.questions(), ElementsAre(HasSubstr(R"("wait":true)")));
}

TEST_F(CapiAdmit, WhoseTurnComesWhileWaitingIsAdmitted) {
    auto& agent = serve(says_first(kQueued, kAllow));
    options.budget_ms = 60'000;
    request.wait = CALM_YES;
    request.wait_ms = 60'000;
    ASSERT_EQ(admit(), CALM_OK);
    EXPECT_EQ(answer.admitted, 1);
    EXPECT_EQ(answer.place, 0);
    EXPECT_THAT(agent.questions(),
                ElementsAre(Not(HasSubstr("again")), HasSubstr(R"("again":true)")));
}

TEST_F(CapiAdmit, AHandleServesManyThreadsAtOnce) {
    serve(says(kAllow));
    options.budget_ms = 60'000;
    std::vector<std::thread> threads;
    std::atomic<int> admitted = 0;
    handle();
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 20; ++j) {
                auto own = sized<calm_answer>();
                if (calm_admit(handle(), &request, &own) == CALM_OK && own.admitted == 1) {
                    ++admitted;
                }
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(admitted.load(), 160);
}

TEST_F(CapiAdmit, WhatIsNoHandleIsNotOpened) {
    EXPECT_EQ(calm_open(&options, nullptr), CALM_E_INVALID);
    const std::string long_path(108, 'a');
    const std::string long_language(65, 'f');
    const auto refused = [&](auto change) {
        calm_options changed = options;
        change(changed);
        auto* opened = reinterpret_cast<calm_handle*>(1);
        EXPECT_EQ(calm_open(&changed, &opened), CALM_E_INVALID);
        EXPECT_EQ(opened, nullptr);
    };
    refused([](calm_options& o) { o.size = 4; });
    refused([&](calm_options& o) { o.socket_path = long_path.c_str(); });
    refused([&](calm_options& o) { o.language = long_language.c_str(); });
    refused([](calm_options& o) { o.budget_ms = 49; });
    refused([](calm_options& o) { o.budget_ms = 60'001; });
    refused([](calm_options& o) { o.check_every_s = -1; });
    refused([](calm_options& o) { o.check_every_s = 3601; });
    calm_handle* usual = nullptr;
    EXPECT_EQ(calm_open(nullptr, &usual), CALM_OK);
    EXPECT_STREQ(usual->socket_path, "/run/calm/hostd.sock");
    EXPECT_EQ(usual->budget_ms, 2000);
    calm_close(usual);
    calm_close(nullptr);
}

TEST(CapiTexts, EachStatusHasANameAndATextInBothLanguages) {
    for (int status = CALM_OK; status <= CALM_E_SERVER_UNREACHABLE; ++status) {
        const auto each = static_cast<calm_status>(status);
        EXPECT_THAT(calm_status_name(each), StartsWith("CALM_"));
        EXPECT_STRNE(calm_status_text(each, nullptr), calm_status_text(each, "fr"));
        EXPECT_STREQ(calm_status_text(each, "de"), calm_status_text(each, "en"));
    }
    EXPECT_STREQ(calm_status_name(CALM_E_TIMEOUT), "CALM_E_TIMEOUT");
    EXPECT_STREQ(calm_status_name(static_cast<calm_status>(10)), "?");
    EXPECT_STREQ(calm_status_text(static_cast<calm_status>(10), "fr"), "?");
    EXPECT_THAT(calm_status_text(CALM_E_TIMEOUT, "fr_CA.UTF-8"), HasSubstr("à temps"));
    EXPECT_THAT(calm_status_text(CALM_E_TIMEOUT, "frr"), HasSubstr("in time")) << "North Frisian";
    EXPECT_EQ(calm_api_version(), CALM_API_VERSION);
    EXPECT_THAT(calm_version(), testing::MatchesRegex("[0-9]+[.][0-9]+[.][0-9]+"));
}

}  // namespace
}  // namespace calm
