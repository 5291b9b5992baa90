// pam_calm.so inside the real libpam, without root: PAM files of a directory of our own, and an
// agent that says what the test wants, or nothing.
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <unistd.h>

#include "asking/scripted_agent.h"

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Agent = calm::test::ScriptedAgent;
using calm::test::says;
using calm::test::says_first;

class PamModule : public testing::Test {
  protected:
    PamModule() {
        std::string pattern = (std::filesystem::temp_directory_path() / "calm-pam-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        socket_ = directory_ / "agent";
    }
    ~PamModule() override { std::filesystem::remove_all(directory_); }

    // The result of the phase `phase` for this user, with these words in the PAM file.
    int run(const std::string& words, const std::string& user,
            int (*phase)(pam_handle_t*, int) = pam_acct_mgmt, int flags = 0) {
        std::ofstream(directory_ / "door")
            << "account required " CALM_PAM_MODULE " socket=" << socket_.string() << " " << words
            << "\nsession required " CALM_PAM_MODULE " socket=" << socket_.string() << " " << words
            << "\n";
        shown_.clear();
        const pam_conv conversation{&PamModule::converse, this};
        pam_handle_t* handle = nullptr;
        EXPECT_EQ(
            pam_start_confdir("door", user.c_str(), &conversation, directory_.c_str(), &handle),
            PAM_SUCCESS);
        pam_set_item(handle, PAM_RHOST, "127.0.0.2");
        pam_set_item(handle, PAM_TTY, "ssh");
        for (const std::string& variable : environment_)
            pam_putenv(handle, variable.c_str());
        const int result = phase(handle, flags);
        pam_end(handle, result);
        return result;
    }

    static int converse(int count, const pam_message** messages, pam_response** responses,
                        void* self) {
        *responses =
            static_cast<pam_response*>(calloc(static_cast<size_t>(count), sizeof **responses));
        for (int i = 0; i < count; ++i)
            static_cast<PamModule*>(self)->shown_.emplace_back(messages[i]->msg);
        return PAM_SUCCESS;
    }

    std::filesystem::path directory_;
    std::filesystem::path socket_;
    std::vector<std::string> shown_;
    std::vector<std::string> environment_;
};

constexpr const char* kAllow = R"({"verdict":"allow","reason":"cal_held"})"
                               "\n";
constexpr const char* kDeny =
    R"({"verdict":"deny","reason":"no_cal_available","sentence":"No license is free."})"
    "\n";

TEST_F(PamModule, WhoHasACalIsAdmittedWithoutAWord) {
    Agent agent(socket_, says(kAllow));
    EXPECT_EQ(run("", "anna"), PAM_SUCCESS);
    EXPECT_THAT(shown_, IsEmpty());
    EXPECT_THAT(
        agent.questions(),
        ElementsAre(
            R"({"ask":"admit","service":"door","user":"anna","rhost":"127.0.0.2","tty":"ssh","budget_ms":1800})"));
}

TEST_F(PamModule, WhoIsRefusedReadsTheAgentsSentence) {
    Agent agent(socket_, says(kDeny));
    EXPECT_EQ(run("", "anna"), PAM_PERM_DENIED);
    EXPECT_THAT(shown_, ElementsAre("No license is free."));
    EXPECT_EQ(run("", "anna", pam_acct_mgmt, PAM_SILENT), PAM_PERM_DENIED);
    EXPECT_THAT(shown_, IsEmpty());
}

TEST_F(PamModule, TheOptionsReachTheAgent) {
    Agent agent(socket_, says(kAllow));
    EXPECT_EQ(run("product=sql-2012 mode=device device=kiosk-1 lang=fr timeout=1 nonsense", "anna"),
              PAM_SUCCESS);
    EXPECT_THAT(
        agent.questions(),
        ElementsAre(
            R"({"ask":"admit","service":"door","user":"anna","rhost":"127.0.0.2","tty":"ssh","product":"sql-2012","mode":"device","device":"kiosk-1","lang":"fr","budget_ms":900})"));
}

TEST_F(PamModule, HowItIsAskedReachesTheAgent) {
    Agent agent(socket_, says(kAllow));
    environment_ = {"XDG_SEAT=seat-1"};
    EXPECT_EQ(run("station=seat via=gateway-1 from_server=app-1 workload=web outside=yes "
                  "administration=no host_service=yes wait=0",
                  "anna"),
              PAM_SUCCESS);
    EXPECT_THAT(
        agent.questions(),
        ElementsAre(
            R"({"ask":"admit","service":"door","user":"anna","rhost":"127.0.0.2","tty":"ssh","seat":"seat-1","budget_ms":1800,"station":"seat","via":"gateway-1","from_server":"app-1","workload":"web","outside":true,"administration":false,"host_service":true,"wait":true})"));
}

TEST_F(PamModule, WhatIsMistypedIsLeftOut) {
    Agent agent(socket_, says(kAllow));
    EXPECT_EQ(run("station= workload=admin outside=perhaps wait=3", "anna"), PAM_SUCCESS);
    EXPECT_THAT(
        agent.questions(),
        ElementsAre(
            R"({"ask":"admit","service":"door","user":"anna","rhost":"127.0.0.2","tty":"ssh","budget_ms":1800})"));
}

constexpr const char* kQueued =
    R"({"verdict":"deny","reason":"seat_queued","sentence":"You are number 3.","place":3})"
    "\n";

TEST_F(PamModule, WhoStandsInLineIsToldThePlaceAtOnce) {
    Agent agent(socket_, says(kQueued));
    EXPECT_EQ(run("wait=0", "anna"), PAM_PERM_DENIED);
    EXPECT_THAT(shown_, ElementsAre("You are number 3."));
    EXPECT_THAT(agent.questions(), ElementsAre(HasSubstr(R"("wait":true)")));
    // Without the word nobody waits, whatever host.toml makes the agent say.
    EXPECT_EQ(run("", "anna"), PAM_PERM_DENIED);
    EXPECT_THAT(agent.questions(), SizeIs(2));
}

TEST_F(PamModule, WhoseTurnComesWhileWaitingIsAdmitted) {
    Agent agent(socket_, says_first(kQueued, kAllow));
    EXPECT_EQ(run("wait=2", "anna"), PAM_SUCCESS);
    EXPECT_THAT(shown_, IsEmpty());
    EXPECT_THAT(agent.questions(),
                ElementsAre(Not(HasSubstr("again")), HasSubstr(R"("wait":true,"again":true)")));
}

TEST_F(PamModule, NobodyWaitsBeyondTheBudget) {
    Agent agent(socket_, says(kQueued));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(run("wait=2", "anna"), PAM_PERM_DENIED);
    // Generous, for a loaded machine.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
    EXPECT_THAT(shown_, ElementsAre("You are number 3."));
    EXPECT_LE(agent.questions().size(), 7U);
    EXPECT_EQ(run("wait=2 timeout=0.1", "anna"), PAM_PERM_DENIED);
    EXPECT_THAT(shown_, ElementsAre("You are number 3."));
}

TEST_F(PamModule, AnAgentThatFallsSilentLetsInNobodyWhoWaits) {
    Agent agent(socket_, says_first(kQueued, R"({"error":"server_unreachable"})"
                                             "\n"));
    EXPECT_EQ(run("wait=1 fail=open", "anna"), PAM_PERM_DENIED);
    EXPECT_THAT(shown_, ElementsAre("You are number 3."));
}

TEST_F(PamModule, WithoutAnAgentTheRuleDecides) {
    EXPECT_EQ(run("fail=open", "anna"), PAM_SUCCESS);
    EXPECT_THAT(shown_, IsEmpty());
    EXPECT_EQ(run("fail=closed", "anna"), PAM_PERM_DENIED);
    EXPECT_THAT(shown_, ElementsAre(HasSubstr("start calm-hostd")));
    EXPECT_EQ(run("", "anna"), PAM_PERM_DENIED);
    EXPECT_EQ(run("lang=fr", "anna"), PAM_PERM_DENIED);
    EXPECT_THAT(shown_, ElementsAre(HasSubstr("démarrer calm-hostd")));
}

TEST_F(PamModule, AnAgentThatSaysNothingIsNotWaitedForBeyondTheBudget) {
    int stop = -1;
    Agent agent(socket_, [&stop](int, const std::string&) {
        pollfd until_the_end{stop, POLLIN, 0};
        poll(&until_the_end, 1, -1);
    });
    stop = agent.stop_fd();
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(run("timeout=0.2 fail=closed", "anna"), PAM_PERM_DENIED);
    // The second one finds the agent busy with the first: its queue must not hold it either.
    EXPECT_EQ(run("timeout=0.2 fail=open", "anna"), PAM_SUCCESS);
    // Generous, for a loaded machine: the agent itself would hold it for ever.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(PamModule, AnAgentThatTalksNonsenseIsAnAgentThatDoesNotAnswer) {
    const std::string endless(100'000, 'x');
    for (const std::string& nonsense :
         {std::string(), std::string("\n"), std::string("yes\n"), std::string("{\"verdict\":"),
          std::string(R"({"error":"service_unknown"})"
                      "\n"),
          endless}) {
        {
            Agent agent(socket_, says(nonsense));
            EXPECT_EQ(run("fail=closed", "anna"), PAM_PERM_DENIED);
            EXPECT_EQ(run("fail=open", "anna"), PAM_SUCCESS);
        }
        std::filesystem::remove(socket_);
    }
}

TEST_F(PamModule, AnAgentThatCannotSayIsQuoted) {
    Agent agent(socket_, says(R"({"error":"service_unknown","sentence":"Call us."})"
                              "\n"));
    EXPECT_EQ(run("fail=closed", "anna"), PAM_PERM_DENIED);
    EXPECT_THAT(shown_, ElementsAre("Call us."));
    EXPECT_EQ(run("fail=open", "anna"), PAM_SUCCESS);
    EXPECT_THAT(shown_, IsEmpty());
}

TEST_F(PamModule, AnAgentThatDoesNotListenToThisAccountIsQuotedToo) {
    Agent agent(socket_,
                says(R"({"error":"agent_not_allowed","sentence":"You may not ask."})"
                     "\n"),
                false);
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(run("fail=closed", "anna"), PAM_PERM_DENIED);
        ASSERT_THAT(shown_, ElementsAre("You may not ask."));
    }
}

TEST_F(PamModule, RootIsNeverLockedOut) {
    EXPECT_EQ(run("fail=closed", "root"), PAM_SUCCESS);
    EXPECT_EQ(run("fail=closed", "root", pam_open_session), PAM_SUCCESS);
    Agent agent(socket_, says(kDeny));
    EXPECT_EQ(run("", "root"), PAM_SUCCESS);
    EXPECT_THAT(agent.questions(), IsEmpty());
}

constexpr const char* kNotice = R"({"done":true,"sentence":"Days left: 12.\nCall us."})"
                                "\n";

TEST_F(PamModule, WhatTheAgentHasToSayIsShownAtTheLogonOnly) {
    Agent agent(socket_, says(kNotice));
    EXPECT_EQ(run("lang=fr", "anna", pam_open_session), PAM_SUCCESS);
    EXPECT_THAT(shown_, ElementsAre("Days left: 12.\nCall us."));
    EXPECT_THAT(agent.questions(),
                ElementsAre(HasSubstr(R"("ask":"logged_on")"),
                            AllOf(HasSubstr(R"("ask":"notice")"), HasSubstr(R"("user":"anna")"),
                                  HasSubstr(R"("lang":"fr")"))));
    EXPECT_EQ(run("", "anna", pam_close_session), PAM_SUCCESS);
    EXPECT_THAT(shown_, IsEmpty());
    EXPECT_EQ(run("", "anna", pam_open_session, PAM_SILENT), PAM_SUCCESS);
    EXPECT_THAT(shown_, IsEmpty());
    EXPECT_THAT(agent.questions().back(), HasSubstr(R"("ask":"logged_on")"));
}

TEST_F(PamModule, RootIsAskedForNothingButReadsIt) {
    Agent agent(socket_, says(kNotice));
    EXPECT_EQ(run("", "root", pam_open_session), PAM_SUCCESS);
    EXPECT_THAT(shown_, ElementsAre("Days left: 12.\nCall us."));
    EXPECT_THAT(agent.questions(), ElementsAre(HasSubstr(R"("ask":"notice")")));
    EXPECT_EQ(run("", "root", pam_close_session), PAM_SUCCESS);
    EXPECT_THAT(agent.questions(), SizeIs(1));
}

TEST_F(PamModule, AnAgentThatKnowsNoNoticesDisturbsNobody) {
    Agent agent(socket_, says(R"({"error":"agent_question_malformed","sentence":"What?"})"
                              "\n"));
    EXPECT_EQ(run("", "root", pam_open_session), PAM_SUCCESS);
    EXPECT_EQ(run("", "anna", pam_open_session), PAM_SUCCESS);
    EXPECT_THAT(shown_, IsEmpty());
}

TEST_F(PamModule, ASilentAgentHoldsUpNobodyForANotice) {
    int stop = -1;
    Agent agent(socket_, [&stop](int, const std::string&) {
        pollfd until_the_end{stop, POLLIN, 0};
        poll(&until_the_end, 1, -1);
    });
    stop = agent.stop_fd();
    EXPECT_EQ(run("timeout=0.2", "root", pam_open_session), PAM_SUCCESS);
    EXPECT_EQ(run("timeout=0.2", "anna", pam_open_session), PAM_SUCCESS);
    EXPECT_THAT(shown_, IsEmpty());
}

TEST_F(PamModule, ASessionIsToldAndNeverRefused) {
    EXPECT_EQ(run("fail=closed", "anna", pam_open_session), PAM_SUCCESS);
    Agent agent(socket_, says(kDeny));
    EXPECT_EQ(run("", "anna", pam_open_session), PAM_SUCCESS);
    EXPECT_EQ(run("", "anna", pam_close_session), PAM_SUCCESS);
    EXPECT_THAT(agent.questions(),
                ElementsAre(AllOf(HasSubstr(R"("ask":"logged_on")"), HasSubstr(R"("leads":true)")),
                            HasSubstr(R"("ask":"notice")"),
                            AllOf(HasSubstr(R"("ask":"ended")"), HasSubstr(R"("leads":true)"))));
    EXPECT_THAT(shown_, IsEmpty());
}

TEST_F(PamModule, AHostileUserNameIsOnlyAName) {
    Agent agent(socket_, says(kDeny));
    EXPECT_EQ(run("", "x\",\"user\":\"root\n"), PAM_PERM_DENIED);
    EXPECT_THAT(agent.questions(), ElementsAre(HasSubstr(R"("user":"x\",\"user\":\"root\u000a")")));
    EXPECT_EQ(run("fail=closed", std::string(6000, 'a')), PAM_PERM_DENIED);
}

}  // namespace
