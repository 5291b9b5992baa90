// Sessions: what the agent is told of them, and what their program is told.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "calm/calm.hpp"
#include "capi/capi_test.h"

namespace calm {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace test;

// What the agent says to each kind of question.
ScriptedAgent::Behaviour answers(std::function<std::string()> to_running) {
    return [to_running = std::move(to_running)](int connection, const std::string& question) {
        const bool running = question.find(R"("ask":"running")") != std::string::npos;
        const bool admission = question.find(R"("ask":"admit")") != std::string::npos;
        const std::string said = running ? to_running() : admission ? kAllow : kDone;
        send(connection, said.data(), said.size(), MSG_NOSIGNAL);
    };
}

// Counts, and can be waited for.
class Count {
  public:
    void add() {
        const std::scoped_lock lock(mutex_);
        ++count_;
        changed_.notify_all();
    }
    // Waits for as long as a loaded machine may need.
    bool reaches(int wanted) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return count_ >= wanted; });
    }
    int now() {
        const std::scoped_lock lock(mutex_);
        return count_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

class CapiSessions : public CapiTest {
  protected:
    // More often than a program can ask for.
    void check_often() { handle()->check_every_ms = 2; }

    calm_session* begin(calm_session_ends ends = nullptr, void* data = nullptr) {
        calm_session* session = nullptr;
        EXPECT_EQ(calm_session_begin(handle(), &request, ends, data, &session), CALM_OK);
        EXPECT_NE(session, nullptr);
        return session;
    }
};

TEST_F(CapiSessions, TheAgentIsToldWhenItBeginsRunsAndEnds) {
    auto& agent = serve(answers([] { return kAllow; }));
    calm_session* session = begin();
    EXPECT_EQ(calm_session_check(session, &answer), CALM_OK);
    EXPECT_EQ(answer.admitted, 1);
    EXPECT_EQ(answer.session_ends, 0);
    EXPECT_EQ(calm_session_end(session), CALM_OK);
    const auto of_anna = AllOf(HasSubstr(R"("user":"anna")"), HasSubstr(R"("leads":true)"));
    EXPECT_THAT(agent.questions(), ElementsAre(AllOf(of_anna, HasSubstr(R"("ask":"logged_on")")),
                                               AllOf(of_anna, HasSubstr(R"("ask":"running")")),
                                               AllOf(of_anna, HasSubstr(R"("ask":"ended")"))));
}

TEST_F(CapiSessions, OneThatOutlivesItsProcessDoesNotSayThatThisOneLeads) {
    auto& agent = serve(answers([] { return kAllow; }));
    request.outlives_process = CALM_YES;
    calm_session_end(begin());
    EXPECT_THAT(agent.questions(), ElementsAre(Not(HasSubstr("leads")), Not(HasSubstr("leads"))));
}

TEST_F(CapiSessions, TheRequestIsCopied) {
    auto& agent = serve(answers([] { return kAllow; }));
    std::string user = "bruno";
    request.user = user.c_str();
    calm_session* session = begin();
    user = "nobody";
    request = {};
    calm_session_end(session);
    EXPECT_THAT(agent.questions()[1], HasSubstr(R"("user":"bruno")"));
}

TEST_F(CapiSessions, OneThatHasLostItsRightIsTold) {
    serve(answers([] { return kEnds; }));
    calm_session* session = begin();
    EXPECT_EQ(calm_session_check(session, &answer), CALM_OK);
    EXPECT_EQ(answer.admitted, 0);
    EXPECT_EQ(answer.session_ends, 1);
    EXPECT_STREQ(answer.sentence, "Your seat is gone.");
    calm_session_end(session);
}

TEST_F(CapiSessions, WithoutAServerItGoesOn) {
    serve(answers([] { return "{\"error\":\"server_unreachable\"}\n"; }));
    calm_session* session = begin();
    EXPECT_EQ(calm_session_check(session, &answer), CALM_E_SERVER_UNREACHABLE);
    EXPECT_EQ(answer.session_ends, 0);
    EXPECT_THAT(answer.sentence, HasSubstr("stays connected"));
    calm_session_end(session);
}

TEST_F(CapiSessions, WithoutAnAgentThereIsASessionThatTellsLater) {
    calm_session* session = nullptr;
    EXPECT_EQ(calm_session_begin(handle(), &request, nullptr, nullptr, &session),
              CALM_E_AGENT_UNREACHABLE);
    ASSERT_NE(session, nullptr);
    EXPECT_EQ(calm_session_check(session, &answer), CALM_E_AGENT_UNREACHABLE);
    auto& agent = serve(answers([] { return kAllow; }));
    EXPECT_EQ(calm_session_check(session, &answer), CALM_OK);
    EXPECT_THAT(agent.questions(), ElementsAre(HasSubstr(R"("ask":"running")")));
    hang_up();
    EXPECT_EQ(calm_session_end(session), CALM_E_AGENT_UNREACHABLE);
}

TEST_F(CapiSessions, WhatIsNoSessionIsNotBegun) {
    auto* session = reinterpret_cast<calm_session*>(1);
    EXPECT_EQ(calm_session_begin(nullptr, &request, nullptr, nullptr, &session), CALM_E_INVALID);
    EXPECT_EQ(session, nullptr);
    EXPECT_EQ(calm_session_begin(handle(), nullptr, nullptr, nullptr, &session), CALM_E_INVALID);
    EXPECT_EQ(calm_session_begin(handle(), &request, nullptr, nullptr, nullptr), CALM_E_INVALID);
    EXPECT_EQ(calm_session_check(nullptr, &answer), CALM_E_INVALID);
    EXPECT_EQ(calm_session_end(nullptr), CALM_OK);
    serve(says("{\"error\":\"agent_question_malformed\"}\n"));
    EXPECT_EQ(calm_session_begin(handle(), &request, nullptr, nullptr, &session), CALM_E_INVALID);
    EXPECT_EQ(session, nullptr);
}

TEST_F(CapiSessions, TheCallbackIsCalledOnceForEachLossOfTheRight) {
    Count asked;
    Count told;
    std::atomic<bool> gone = true;
    serve(answers([&] {
        asked.add();
        return gone ? kEnds : kAllow;
    }));
    check_often();
    calm_session* session = begin(
        [](calm_session*, const calm_answer* said, void* data) {
            EXPECT_STREQ(said->reason, "seats_all_in_use");
            EXPECT_STREQ(said->sentence, "Your seat is gone.");
            EXPECT_EQ(said->session_ends, 1);
            static_cast<Count*>(data)->add();
        },
        &told);
    ASSERT_TRUE(told.reaches(1));
    ASSERT_TRUE(asked.reaches(asked.now() + 5));
    EXPECT_EQ(told.now(), 1);
    gone = false;
    ASSERT_TRUE(asked.reaches(asked.now() + 5));
    gone = true;
    ASSERT_TRUE(told.reaches(2));
    calm_session_end(session);
    const int at_the_end = told.now();
    calm_session_end(begin());  // so that the checker had time to be wrong
    EXPECT_EQ(told.now(), at_the_end);
}

TEST_F(CapiSessions, ARefusalThatEndsNothingIsNotTold) {
    Count asked;
    Count told;
    serve(answers([&] {
        asked.add();
        return kDeny;
    }));
    check_often();
    calm_session* session = begin(
        [](calm_session*, const calm_answer*, void* data) { static_cast<Count*>(data)->add(); },
        &told);
    ASSERT_TRUE(asked.reaches(5));
    EXPECT_EQ(told.now(), 0);
    calm_session_end(session);
}

TEST_F(CapiSessions, TheCallbackMayEndItsSession) {
    Count ended;
    serve(answers([] { return kEnds; }));
    check_often();
    for (int i = 0; i < 10; ++i) {
        begin(
            [](calm_session* session, const calm_answer*, void* data) {
                EXPECT_EQ(calm_session_end(session), CALM_OK);
                static_cast<Count*>(data)->add();
            },
            &ended);
    }
    EXPECT_TRUE(ended.reaches(10));
}

TEST_F(CapiSessions, WhoEndsASessionWaitsForItsCallback) {
    struct Slow {
        Count begun;
        std::atomic<bool> finished = false;
    } slow;
    serve(answers([] { return kEnds; }));
    check_often();
    calm_session* session = begin(
        [](calm_session*, const calm_answer*, void* data) {
            auto& own = *static_cast<Slow*>(data);
            own.begun.add();
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            own.finished = true;
        },
        &slow);
    ASSERT_TRUE(slow.begun.reaches(1));
    calm_session_end(session);
    EXPECT_TRUE(slow.finished);
}

TEST_F(CapiSessions, AHandleIsClosedWithSessionsInIt) {
    Count told;
    serve(answers([] { return kEnds; }));
    check_often();
    for (int i = 0; i < 3; ++i) {
        begin(
            [](calm_session*, const calm_answer*, void* data) { static_cast<Count*>(data)->add(); },
            &told);
        begin();
    }
    told.reaches(1);
    close_handle();
    const int at_the_end = told.now();
    EXPECT_LE(at_the_end, 3);
}

TEST_F(CapiSessions, ManyThreadsBeginAndEndWhileOthersAreChecked) {
    Count told;
    options.budget_ms = 60'000;
    serve(answers([] { return kEnds; }));
    check_often();
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 15; ++j) {
                calm_session* session = begin([](calm_session*, const calm_answer*,
                                                 void* data) { static_cast<Count*>(data)->add(); },
                                              &told);
                auto own = sized<calm_answer>();
                EXPECT_EQ(calm_session_check(session, &own), CALM_OK);
                EXPECT_EQ(calm_session_end(session), CALM_OK);
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_LE(told.now(), 90);
}

// The same through calm.hpp.
class CapiWrapper : public CapiTest {
  protected:
    Handle open() {
        auto opened = Handle::open({.socket_path = socket_.c_str(), .check_every_s = 1});
        EXPECT_TRUE(opened);
        return std::move(*opened);
    }
};

TEST_F(CapiWrapper, AnAnswerARefusalAndAnError) {
    Handle handle = open();
    const Request anna = Request("files-2026", "anna").device("kiosk-1").language("fr");
    const auto error = handle.admit(anna);
    EXPECT_FALSE(error);
    EXPECT_EQ(error.error(), CALM_E_AGENT_UNREACHABLE);
    EXPECT_THAT(std::string(error.sentence()), HasSubstr("démarrer calm-hostd"));
    EXPECT_EQ(name(error.error()), "CALM_E_AGENT_UNREACHABLE");
    EXPECT_FALSE(text(error.error(), "fr").empty());
    {
        ScriptedAgent agent(socket_, says(kAllow));
        const auto allowed = handle.admit(anna);
        ASSERT_TRUE(allowed);
        EXPECT_TRUE(allowed->admitted());
        EXPECT_EQ(allowed->days_left(), 2);
        EXPECT_EQ(allowed->reason(), "cal_held");
        EXPECT_EQ(allowed.error(), CALM_OK);
        EXPECT_THAT(agent.questions(), ElementsAre(AllOf(HasSubstr(R"("device":"kiosk-1")"),
                                                         HasSubstr(R"("lang":"fr")"))));
    }
    ScriptedAgent agent(socket_, says(kDeny));
    const auto refused = handle.admit(anna);
    ASSERT_TRUE(refused);
    EXPECT_FALSE(refused->admitted());
    EXPECT_FALSE(refused->days_left());
    EXPECT_EQ(refused.sentence(), "No license is free.");
    EXPECT_FALSE(Handle::open({.budget_ms = 1}));
}

TEST_F(CapiWrapper, ASessionEndsWithItsScope) {
    ScriptedAgent agent(socket_, answers([] { return kEnds; }));
    Handle handle = open();
    handle.raw()->check_every_ms = 2;
    Count told;
    {
        auto session = handle.begin(Request("files-2026", "anna"), [&told](const Answer& answer) {
            EXPECT_TRUE(answer.session_ends());
            told.add();
        });
        ASSERT_TRUE(session);
        EXPECT_EQ(session->told(), CALM_OK);
        EXPECT_TRUE(told.reaches(1));
        const auto checked = session->check();
        ASSERT_TRUE(checked);
        EXPECT_TRUE(checked->session_ends());
        auto other = handle.begin(Request("files-2026", "chloe"));
        ASSERT_TRUE(other);
        *other = std::move(*session);
        EXPECT_THAT(agent.questions(),
                    testing::Contains(AllOf(HasSubstr(R"("ask":"ended")"), HasSubstr("chloe"))));
    }
    EXPECT_THAT(agent.questions().back(), HasSubstr(R"("ask":"ended")"));
    EXPECT_FALSE(handle.begin(Request()));
    auto early = handle.begin(Request("files-2026", "bruno"));
    ASSERT_TRUE(early);
    EXPECT_EQ(early->end(), CALM_OK);
    EXPECT_EQ(early->end(), CALM_OK) << "has ended already";
}

}  // namespace
}  // namespace calm
