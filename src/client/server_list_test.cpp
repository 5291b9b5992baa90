// A host with two license servers that keep a ledger each: whom it asks, what it shows whom, and
// that nobody is charged twice.
#include "client/server_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/test_client.h"

namespace calm {
namespace {

using test::FakeClocks;
using test::FakeServers;
using test::kAnna;
using test::kBruno;
using test::soon;
using testing::IsEmpty;
using testing::SizeIs;
using Mood = FakeServers::Mood;

class ServerListTest : public testing::Test {
  protected:
    ServerListTest() {
        settings_.contact_timeout = std::chrono::milliseconds(100);
        second.become_another();
        first_client = client_of(first);
        second_client = client_of(second);
        list_.emplace(std::vector{first_client.get(), second_client.get()});
    }

    std::unique_ptr<Client> client_of(FakeServers& servers) {
        return std::make_unique<Client>(servers.identity(), settings_, servers, clocks.clocks(),
                                        std::nullopt, std::vector<ShelvedToken>(),
                                        [](auto, auto) {});
    }

    // A minute passes, and each client does its housekeeping.
    void keep() {
        clocks.advance(minutes(1));
        first.time = first.time + minutes(1);
        second.time = second.time + minutes(1);
        first_client->keep();
        second_client->keep();
    }
    void pass(Seconds by) {
        clocks.advance(by);
        first.time = first.time + by;
        second.time = second.time + by;
    }

    Reason ask(const AdmissionAsk& ask, const AskedWith& with = {}) {
        const auto answer = list_->ask_servers(ask, soon(), with);
        return answer ? answer->reason : Reason::server_unreachable;
    }
    // Whoever is silent is not waited for longer.
    Reason ask_briefly(const AdmissionAsk& ask) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
        const auto answer = list_->ask_servers(ask, until);
        return answer ? answer->reason : Reason::server_unreachable;
    }

    static size_t admissions(FakeServers& servers) { return servers.questions_so_far().size(); }

    Client::Settings settings_;
    FakeClocks clocks;
    FakeServers first;
    FakeServers second;
    std::unique_ptr<Client> first_client;
    std::unique_ptr<Client> second_client;
    std::optional<ServerList> list_;
};

TEST_F(ServerListTest, TheFirstServerIsAskedAndTheSecondLeftInPeace) {
    keep();
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    EXPECT_EQ(ask(kAnna), Reason::cal_held);
    EXPECT_EQ(admissions(second), 0);
}

TEST_F(ServerListTest, WhenTheFirstHasNothingLeftTheNextIssues) {
    keep();
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    EXPECT_EQ(ask(kBruno), Reason::cal_issued);
    EXPECT_EQ(admissions(second), 1);
    // The second one is bruno's from now on: the first is not asked about him.
    const size_t asked = admissions(first);
    EXPECT_EQ(ask(kBruno), Reason::cal_held);
    EXPECT_EQ(admissions(first), asked);
}

TEST_F(ServerListTest, ARefusalOfAllIsTheFirstOnes) {
    first.seats = second.seats = 0;
    first.refusal = Reason::seat_queued;
    first.place = 4;
    keep();
    const auto answer = list_->ask_servers(kAnna, soon(), {.wait = true});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->reason, Reason::seat_queued);
    EXPECT_EQ(answer->place, 4);
    EXPECT_TRUE(first.questions_so_far().front().wait);
    EXPECT_FALSE(second.questions_so_far().front().wait);
}

TEST_F(ServerListTest, ARefusalThatIsARuleIsNotGoneRound) {
    first.seats = 0;
    first.refusal = Reason::look_alike_undecided;
    keep();
    EXPECT_EQ(ask(kAnna), Reason::look_alike_undecided);
    EXPECT_EQ(admissions(second), 0);
}

TEST_F(ServerListTest, TheOtherServerIsShownTheTokenAndChargesNobody) {
    keep();
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), Reason::cal_held_elsewhere);
    ASSERT_THAT(second.questions_so_far(), SizeIs(1));
    EXPECT_EQ(second.questions_so_far().front().held_token, first_client->token_text(kAnna));
    // Without a token the second one issues.
    EXPECT_EQ(ask(kBruno), Reason::cal_issued);
    EXPECT_EQ(second.questions_so_far().back().held_token, "");
    // When the first is back, it says itself that she holds it.
    first.set_mood(Mood::up);
    EXPECT_EQ(ask(kAnna), Reason::cal_held);
}

TEST_F(ServerListTest, AWithdrawnTokenIsShownToNobody) {
    keep();
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    first.release("anna");
    keep();
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    EXPECT_EQ(second.questions_so_far().back().held_token, "");
}

// A question that may have been answered is put to nobody else: the next one would charge again.
TEST_F(ServerListTest, WhatMayBeWrittenIsAskedForNowhereElse) {
    keep();
    first.set_mood(Mood::silent);
    EXPECT_EQ(ask_briefly(kAnna), Reason::server_unreachable);
    EXPECT_EQ(admissions(second), 0);
    EXPECT_EQ(list_->admit_offline(kAnna).reason, Reason::offline_outage);
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), Reason::server_unreachable) << "nobody has said what became of it";
    EXPECT_EQ(ask(kBruno), Reason::cal_issued) << "the first has never heard of this one";
    first.set_mood(Mood::up);
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), Reason::cal_held_elsewhere) << "with a token to show";
}

TEST_F(ServerListTest, NobodyIsRefusedForThat) {
    keep();
    first.set_mood(Mood::silent);
    EXPECT_EQ(ask_briefly(kAnna), Reason::server_unreachable);
    pass(days(8));  // the outage period of the first is over
    second_client->keep();
    EXPECT_EQ(ask_briefly(kAnna), Reason::cal_issued);
}

TEST_F(ServerListTest, ACalWhoseTokenHasNotComeIsNotGivenAgain) {
    keep();
    first.gives_tokens = false;
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), Reason::server_unreachable);
    EXPECT_EQ(admissions(second), 0);
}

TEST_F(ServerListTest, ARefusalCountsForNothingWhileAnotherIsSilent) {
    keep();
    second.seats = 0;
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(kAnna), Reason::server_unreachable);
    pass(days(8));
    second_client->keep();
    EXPECT_EQ(ask(kAnna), Reason::no_cal_available);
}

TEST_F(ServerListTest, ThatAProductIsUnknownSaysLess) {
    keep();
    first.seats = second.seats = 0;
    first.refusal = Reason::product_unknown;
    EXPECT_EQ(ask(kAnna), Reason::no_cal_available);
}

TEST_F(ServerListTest, ASessionEndsWhereItBegan) {
    keep();
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    EXPECT_EQ(ask(kBruno), Reason::cal_issued);
    list_->logged_on(kAnna);
    list_->logged_on(kBruno);
    EXPECT_TRUE(first_client->has_session(kAnna, {}));
    EXPECT_TRUE(second_client->has_session(kBruno, {}));
    list_->runs(kBruno);
    EXPECT_FALSE(first_client->has_session(kBruno, {}));
    list_->ended(kBruno);
    keep();
    EXPECT_THAT(first.ends_so_far(), IsEmpty());
    ASSERT_THAT(second.ends_so_far(), SizeIs(1));
    EXPECT_EQ(second.ends_so_far().front().user, "bruno");
}

TEST_F(ServerListTest, WhatWasDecidedAloneIsToldToTheServerWhoseRightItWas) {
    keep();
    EXPECT_EQ(ask(kAnna), Reason::cal_issued);
    EXPECT_EQ(ask(kBruno), Reason::cal_issued);
    first.set_mood(Mood::down);
    second.set_mood(Mood::down);
    pass(days(8));  // beyond the outage period
    EXPECT_EQ(list_->admit_offline(kAnna).reason, Reason::offline_token);
    EXPECT_EQ(list_->admit_offline(kBruno).reason, Reason::offline_token);
    EXPECT_FALSE(allows(
        list_->admit_offline({.product = "sql-2012", .user = "chloe", .device = ""}).reason));
    first.set_mood(Mood::up);
    second.set_mood(Mood::up);
    keep();
    ASSERT_THAT(first.reported, SizeIs(2));
    EXPECT_EQ(first.reported[0].user, "anna");
    EXPECT_EQ(first.reported[1].user, "chloe");
    ASSERT_THAT(second.reported, SizeIs(1));
    EXPECT_EQ(second.reported[0].user, "bruno");
}

TEST_F(ServerListTest, AServerThatIsNotKnownEndsTheInitialGrace) {
    first.terms.products =
        second.terms.products = {{.product = "sql-2012", .grace_until = first.time + days(30)}};
    keep();
    first.set_mood(Mood::down);
    second.set_mood(Mood::down);
    EXPECT_EQ(list_->admit_offline(kAnna).reason, Reason::offline_grace);
    EXPECT_FALSE(allows(ServerList({first_client.get()}, 1).admit_offline(kAnna).reason));
}

TEST_F(ServerListTest, AdministratorsAreCountedOverAllServers) {
    const auto administrator = [](const char* name) {
        return AdmissionAsk{
            .product = "sql-2012", .user = name, .device = "", .administration = true};
    };
    keep();
    EXPECT_EQ(ask(administrator("root1")), Reason::administration);
    list_->logged_on(administrator("root1"));
    first.set_mood(Mood::down);
    EXPECT_EQ(ask(administrator("root2")), Reason::administration);
    list_->logged_on(administrator("root2"));
    EXPECT_EQ(ask(administrator("root3")), Reason::cal_issued);
    EXPECT_EQ(second.questions_so_far().back().administrators_now, 2);
}

TEST_F(ServerListTest, TheStatusHasAPartForEachServer) {
    keep();
    const auto status = list_->status();
    ASSERT_THAT(status, SizeIs(2));
    EXPECT_EQ(status[0].state.head->ledger, first.ledger.id());
    EXPECT_EQ(status[1].state.head->ledger, second.ledger.id());
    EXPECT_EQ(list_->time(), first_client->time());
}

}  // namespace
}  // namespace calm
