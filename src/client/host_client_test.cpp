// A host at two license servers of one vendor: whom it asks, what it shows, and when it decides
// alone.
#include "client/host_client.h"

#include <gtest/gtest.h>

#include "client/test_client.h"

namespace calm {
namespace {

using test::FakeClocks;
using test::FakeServers;
using test::kAnna;
using test::kBruno;
using Mood = FakeServers::Mood;

class HostClientTest : public testing::Test {
  protected:
    HostClientTest() {
        second.become_another();
        for (FakeServers* servers : {&first, &second}) {
            clients.push_back(std::make_unique<Client>(
                servers->identity(),
                Client::Settings{.contact_timeout = std::chrono::milliseconds(100)}, *servers,
                clocks.clocks(), std::nullopt, std::vector<ShelvedToken>(), [](auto, auto) {}));
        }
        contact();
    }

    void contact() {
        for (const auto& client : clients)
            client->keep();
    }
    void pass(Seconds by) {
        clocks.advance(by);
        for (FakeServers* servers : {&first, &second})
            servers->time = servers->time + by;
    }

    // Empty: to be decided without a server.
    std::optional<Reason> ask(const AdmissionAsk& ask,
                              std::chrono::seconds patience = std::chrono::seconds(60)) {
        const auto answer = host().ask_servers(ask, std::chrono::steady_clock::now() + patience);
        return answer ? std::optional(answer->reason) : std::nullopt;
    }
    std::optional<Reason> ask_briefly(const AdmissionAsk& who) {
        return ask(who, std::chrono::seconds(1));
    }
    HostClient& host() {
        if (!host_) host_.emplace(std::vector{clients[0].get(), clients[1].get()});
        return *host_;
    }

    FakeServers first;
    FakeServers second;
    FakeClocks clocks;
    std::vector<std::unique_ptr<Client>> clients;

  private:
    std::optional<HostClient> host_;
};

TEST_F(HostClientTest, TheFirstThatAnswersGivesTheCal) {
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    EXPECT_TRUE(second.questions.empty());
    EXPECT_EQ(ask(kAnna), Reason::cal_held);
}

TEST_F(HostClientTest, WhoHoldsACalOfOneIsNotChargedByTheOther) {
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), Reason::cal_issued) << "by the second";
    first.set_mood(Mood::up);
    EXPECT_EQ(ask(kAnna), Reason::cal_held_elsewhere);
    ASSERT_EQ(first.questions.size(), 1U);
    EXPECT_EQ(first.questions[0].held_token, clients[1]->token_to_show(kAnna));
    EXPECT_FALSE(first.questions[0].held_token.empty());
    EXPECT_EQ(ask(kBruno), Reason::cal_issued);
    EXPECT_TRUE(first.questions.back().held_token.empty());
}

TEST_F(HostClientTest, ATokenThatWasTakenBackIsNotShown) {
    first.set_mood(Mood::down);
    ask(kAnna);
    second.release("anna");
    pass(minutes(1));
    contact();
    first.set_mood(Mood::up);
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    EXPECT_TRUE(first.questions.back().held_token.empty());
}

TEST_F(HostClientTest, WhenOneHasNoneLeftTheNextIsAsked) {
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    EXPECT_EQ(ask(kBruno), Reason::cal_issued) << "of the second";
    EXPECT_EQ(second.questions.size(), 1U);
    EXPECT_EQ(ask({.product = "sql-2012", .user = "chloe", .device = ""}),
              Reason::no_cal_available);
    first.refusal = Reason::product_unknown;
    EXPECT_EQ(ask({.product = "sql-2012", .user = "chloe", .device = ""}), Reason::no_cal_available)
        << "which says more";
    first.refusal = Reason::upgrade_prevented;
    EXPECT_EQ(ask({.product = "sql-2012", .user = "denis", .device = ""}),
              Reason::upgrade_prevented)
        << "which is no lack of CALs";
}

TEST_F(HostClientTest, WhatMayBeWrittenIsAskedForNowhereElse) {
    first.set_mood(Mood::silent);
    EXPECT_EQ(ask_briefly(kAnna), std::nullopt);
    EXPECT_TRUE(second.questions.empty());
    EXPECT_EQ(host().admit_offline(kAnna).reason, Reason::offline_outage);
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), std::nullopt) << "nobody has said what became of it";
    EXPECT_EQ(ask(kBruno), Reason::cal_issued) << "the first has never heard of this one";
    first.set_mood(Mood::up);
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), Reason::cal_held_elsewhere) << "with a token to show";
}

TEST_F(HostClientTest, NobodyIsRefusedForThat) {
    first.set_mood(Mood::silent);
    EXPECT_EQ(ask_briefly(kAnna), std::nullopt);
    pass(days(8));  // the outage period of the first is over
    contact();
    EXPECT_EQ(ask_briefly(kAnna), Reason::cal_issued);
}

TEST_F(HostClientTest, ACalWhoseTokenHasNotComeIsNotGivenAgain) {
    first.gives_tokens = false;
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), std::nullopt);
    EXPECT_TRUE(second.questions.empty());
}

TEST_F(HostClientTest, ARefusalCountsForNothingWhileAnotherIsSilent) {
    second.seats = 0;
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), std::nullopt);
    pass(days(8));
    second.time = clocks.wall;
    EXPECT_EQ(ask(kAnna), Reason::no_cal_available);
}

TEST_F(HostClientTest, AloneATokenOfAnyOfThemCounts) {
    first.set_mood(Mood::down);
    ask(kAnna);
    second.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), std::nullopt);
    EXPECT_EQ(host().admit_offline(kAnna).reason, Reason::offline_token);
    EXPECT_EQ(host().admit_offline(kBruno).reason, Reason::offline_outage);
    EXPECT_EQ(clients[0]->status().state.decisions.size(), 1U) << "bruno's";
    EXPECT_EQ(clients[1]->status().state.decisions.size(), 1U) << "anna's";
    EXPECT_EQ(host().status().state.decisions.size(), 2U);
    EXPECT_EQ(host().status().servers.size(), 2U);
    pass(days(100));
    EXPECT_EQ(host().admit_offline(kAnna).reason, Reason::server_unreachable);
}

TEST_F(HostClientTest, ASessionIsOfTheServerThatAdmittedIt) {
    ask(kAnna);
    ask(kBruno);
    host().logged_on(kAnna, {});
    host().logged_on(kBruno, {});
    EXPECT_TRUE(clients[0]->knows_session(kAnna, {}));
    EXPECT_TRUE(clients[1]->knows_session(kBruno, {}));
    EXPECT_EQ(host().status().state.sessions.size(), 2U);
    host().runs(kBruno, {});
    host().ended(kBruno, {});
    contact();
    EXPECT_TRUE(first.ends.empty());
    ASSERT_EQ(second.ends.size(), 1U);
    EXPECT_EQ(second.ends[0].user, "bruno");
    host().runs({.product = "sql-2012", .user = "erik", .device = ""}, {});
    EXPECT_EQ(clients[0]->status().state.sessions.size(), 2U) << "who is not known, at the first";
}

}  // namespace
}  // namespace calm
