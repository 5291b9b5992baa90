// The client against license servers with real documents that come and go: who is admitted, what is
// told later, and that a history that was rewritten does not stay unseen.
#include "client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/test_client.h"

namespace calm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using test::ClientTest;
using test::FakeClocks;
using test::FakeServers;
using test::kAnna;
using test::kBruno;
using test::soon;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Mood = FakeServers::Mood;

TEST_F(ClientTest, AServerDecides) {
    const auto client = make_client();
    EXPECT_EQ(ask(*client, kAnna), Reason::cal_issued);
    EXPECT_EQ(ask(*client, kAnna), Reason::cal_held);
    EXPECT_EQ(ask(*client, kBruno), Reason::no_cal_available);
    EXPECT_THAT(servers.questions, SizeIs(3));
    EXPECT_TRUE(servers.questions[0].request_id.has_value());
    EXPECT_NE(servers.questions[0].request_id, servers.questions[1].request_id);
}

TEST_F(ClientTest, ATokenIsAskedForOnceAndThenKept) {
    const auto client = make_client();
    ask(*client, kAnna);
    ask(*client, kAnna);
    EXPECT_TRUE(servers.questions[0].want_token);
    EXPECT_FALSE(servers.questions[1].want_token);
    EXPECT_EQ(client->status().tokens, 1U);
    const auto changes = client->take_token_changes();
    ASSERT_THAT(changes, SizeIs(1));
    EXPECT_EQ(changes[0].token->name, "anna");
    EXPECT_THAT(client->take_token_changes(), IsEmpty());
}

TEST_F(ClientTest, ARightThatWasJustGivenIsNoLongerThanItIs) {
    const auto client = make_client();
    servers.time = servers.time + Seconds{2};
    ask(*client, kAnna);
    EXPECT_EQ(client->time(), servers.time);
}

TEST_F(ClientTest, ATokenThatDidNotComeWithTheAnswerIsFetched) {
    servers.gives_tokens = false;
    const auto client = make_client();
    ask(*client, kAnna);
    EXPECT_EQ(client->status().tokens, 0U);
    client->keep();
    EXPECT_EQ(client->status().tokens, 1U);
}

TEST_F(ClientTest, WithoutServersAHolderIsAdmittedOnItsToken) {
    const auto client = make_client();
    client->keep();
    ask(*client, kAnna);
    servers.set_mood(Mood::down);
    EXPECT_EQ(ask(*client, kAnna), Reason::offline_token);
    EXPECT_EQ(ask(*client, kBruno), Reason::offline_outage);
    pass(days(7));
    EXPECT_EQ(ask(*client, kAnna), Reason::offline_token);
    EXPECT_EQ(ask(*client, kBruno), Reason::server_unreachable);
    pass(days(53));
    EXPECT_EQ(ask(*client, kAnna), Reason::server_unreachable);
}

TEST_F(ClientTest, WithoutAnyContactNobodyIsAdmittedOffline) {
    servers.set_mood(Mood::down);
    const auto client = make_client();
    EXPECT_EQ(ask(*client, kAnna), Reason::server_unreachable);
    settings.offline = OfflinePolicy::admit;
    EXPECT_EQ(ask(*make_client(), kAnna), Reason::offline_policy);
}

TEST_F(ClientTest, WhoGaveItsCalBackIsNotAdmittedOnItsToken) {
    const auto client = make_client();
    ask(*client, kAnna);
    servers.release("anna");
    client->keep();  // brings the list
    servers.set_mood(Mood::down);
    EXPECT_EQ(ask(*client, kAnna), Reason::offline_outage);
    pass(days(8));
    EXPECT_EQ(ask(*client, kAnna), Reason::server_unreachable);
}

TEST_F(ClientTest, ARefusalOfTheServerTakesTheTokenAway) {
    const auto client = make_client();
    client->keep();
    ask(*client, kAnna);
    servers.release("anna");
    EXPECT_EQ(ask(*client, kBruno), Reason::cal_issued);
    EXPECT_EQ(ask(*client, kAnna), Reason::no_cal_available);
    servers.set_mood(Mood::down);
    pass(days(8));
    EXPECT_EQ(ask(*client, kAnna), Reason::server_unreachable);
    EXPECT_EQ(ask(*client, kBruno), Reason::offline_token);
}

TEST_F(ClientTest, ACalIssuedAgainAfterTheListIsHonoured) {
    const auto client = make_client();
    ask(*client, kAnna);
    servers.release("anna");
    client->keep();
    EXPECT_EQ(ask(*client, kAnna), Reason::cal_issued);
    servers.set_mood(Mood::down);
    pass(days(8));
    EXPECT_EQ(ask(*client, kAnna), Reason::offline_token);
}

TEST_F(ClientTest, ATokenOfAnotherHolderIsNotKept) {
    const auto client = make_client();
    ask(*client, kAnna);
    ShelvedToken annas = *client->take_token_changes().at(0).token;
    annas.name = "bruno";
    EXPECT_EQ(make_client({}, {annas})->status().tokens, 0U);
    annas.name = "anna";
    EXPECT_EQ(make_client({}, {annas})->status().tokens, 1U);
    annas.text[100] ^= 1;
    const auto other = make_client({}, {annas});
    EXPECT_EQ(other->status().tokens, 0U);
    // Whoever stores it is told to forget it.
    const auto changes = other->take_token_changes();
    ASSERT_THAT(changes, SizeIs(1));
    EXPECT_FALSE(changes[0].token.has_value());
}

TEST_F(ClientTest, ATokenOfAnotherLedgerIsNotKept) {
    const auto client = make_client();
    ask(*client, kAnna);
    const ShelvedToken annas = *client->take_token_changes().at(0).token;
    servers.ledger.identity = SecretKey::from_seed(Seed{200});
    EXPECT_EQ(make_client({}, {annas})->status().tokens, 0U);
}

TEST_F(ClientTest, TheLicensingModeSaysWhoseTokenCounts) {
    const auto client = make_client();
    ask(*client, kAnna);
    servers.terms.mode = LicensingMode::per_device;
    client->keep();
    servers.set_mood(Mood::down);
    pass(days(8));
    EXPECT_EQ(ask(*client, kAnna), Reason::server_unreachable);
}

TEST_F(ClientTest, TheServersAreAskedTopDownAndASlowOneLastTheNextTime) {
    FakeServers two(2);
    two.set_mood(Mood::silent, 0);
    Client client(two.identity(), settings, two, clocks.clocks(), {}, {}, [](auto, auto) {});
    EXPECT_EQ(client.admit(kAnna, steady_clock::now() + milliseconds(400)).reason,
              Reason::cal_issued);
    EXPECT_THAT(two.asked, ElementsAre("1 POST /v1/admissions", "2 POST /v1/admissions"));
    EXPECT_EQ(two.questions.size(), 1U);
    two.asked.clear();
    EXPECT_EQ(client.admit(kAnna, soon()).reason, Reason::cal_held);
    EXPECT_THAT(two.asked, ElementsAre("2 POST /v1/admissions"));
}

TEST_F(ClientTest, AServerThatIsDownOrWrongIsPassedOver) {
    for (const Mood mood : {Mood::down, Mood::wrong}) {
        FakeServers two(2);
        two.set_mood(mood, 0);
        Client client(two.identity(), settings, two, clocks.clocks(), {}, {}, [](auto, auto) {});
        EXPECT_EQ(client.admit(kAnna, soon()).reason, Reason::cal_issued);
        const auto health = client.status().servers;
        EXPECT_FALSE(health[0].last_error.empty() && mood == Mood::down);
        EXPECT_TRUE(health[1].answered);
    }
}

TEST_F(ClientTest, SilentServersDoNotTakeMoreThanTheBudget) {
    FakeServers three(3);
    for (size_t i = 0; i < 3; ++i)
        three.set_mood(Mood::silent, i);
    Client client(three.identity(), settings, three, clocks.clocks(), {}, {}, [](auto, auto) {});
    // So much that the last one's share is still worth asking for, however loaded this machine is.
    const auto begin = steady_clock::now();
    EXPECT_TRUE(client.admit(kAnna, begin + seconds(3)).offline);
    EXPECT_LT(steady_clock::now() - begin, seconds(10));  // generous: this machine may be loaded
    EXPECT_THAT(three.asked, SizeIs(3));
}

TEST_F(ClientTest, AnAnswerThatMakesNoSenseIsNoAnswer) {
    const auto client = make_client();
    client->keep();
    for (const auto& [status, body] :
         {std::pair(200, R"({"verdict":"allow","reason":"no_cal_available"})"),
          std::pair(200, R"({"verdict":"allow"})"), std::pair(200, "[]"), std::pair(200, ""),
          std::pair(500, "{}"), std::pair(503, ""), std::pair(403, R"({"code":"forbidden"})")}) {
        servers.instead = HttpAnswer{.status = status, .body = body};
        EXPECT_EQ(ask(*client, kAnna), Reason::offline_outage) << status << body;
    }
}

TEST_F(ClientTest, AWrongClockIsNoReasonToLockPeopleOut) {
    for (const Seconds off : {minutes(-200), minutes(4), days(400), days(-4000)}) {
        FakeClocks wrong;
        wrong.wall = wrong.wall + off;
        Client client(servers.identity(), settings, servers, wrong.clocks(), {}, {},
                      [](auto, auto) {});
        EXPECT_TRUE(allows(client.admit(kAnna, soon()).reason)) << off.count;
        EXPECT_FALSE(client.admit(kAnna, soon()).offline);
    }
}

TEST_F(ClientTest, WhatWasDecidedAloneIsToldAtTheNextContact) {
    const auto client = make_client();
    client->keep();
    servers.set_mood(Mood::down);
    ask(*client, kAnna);
    ask(*client, kBruno);
    contact(*client);
    EXPECT_THAT(servers.reported, IsEmpty());
    servers.set_mood(Mood::up);
    contact(*client);
    ASSERT_THAT(servers.reported, SizeIs(2));
    EXPECT_EQ(servers.reported[0].user, "anna");
    EXPECT_EQ(servers.reported[0].reason, Reason::offline_outage);
    contact(*client);
    EXPECT_THAT(servers.reported, SizeIs(2));
    EXPECT_THAT(client->status().state.decisions, IsEmpty());
}

TEST_F(ClientTest, ALogonValidatesATemporaryCal) {
    servers.temporary = true;
    const AdmissionAsk kiosk{.product = "sql-2012", .user = "", .device = "kiosk-1"};
    const auto client = make_client();
    client->logged_on(kiosk);  // nobody was admitted yet
    EXPECT_EQ(ask(*client, kiosk), Reason::cal_temporary_issued);
    client->logged_on(kiosk);
    client->ended(kiosk);
    EXPECT_EQ(ask(*client, kAnna), Reason::no_cal_available);
    client->logged_on(kAnna);
    servers.asked.clear();
    client->keep();
    EXPECT_THAT(servers.asked,
                ElementsAre("1 GET /v1/revocations", "1 POST /v1/admissions/validate",
                            "1 POST /v1/admissions/end"));
    EXPECT_THAT(client->status().state.validations, IsEmpty());
}

TEST_F(ClientTest, AContactComesOnceAMinuteAndSoonerWhileNobodyAnswers) {
    const auto client = make_client();
    client->keep();
    client->keep();
    pass(Seconds{59});
    client->keep();
    EXPECT_THAT(servers.asked, SizeIs(1));
    pass(Seconds{1});
    client->keep();
    EXPECT_THAT(servers.asked, SizeIs(2));
    servers.set_mood(Mood::down);
    contact(*client);
    pass(Seconds{5});
    client->keep();
    EXPECT_THAT(servers.asked, SizeIs(4));
}

TEST_F(ClientTest, ALogThatGrowsIsFollowed) {
    const auto client = make_client();
    client->keep();
    for (int i = 0; i < 3; ++i) {
        servers.ledger.add(entry::ClockAccepted{});
        contact(*client);
        EXPECT_EQ(client->status().state.head->size, servers.ledger.lines.size());
    }
    EXPECT_THAT(alarms, IsEmpty());
    EXPECT_FALSE(client->status().state.rollback);
}

TEST_F(ClientTest, AShorterLogIsARollback) {
    const auto client = make_client();
    client->keep();
    const uint64_t highest = client->status().state.head->size;
    servers.shows_size = 3;
    contact(*client);
    ASSERT_THAT(alarms, SizeIs(1));
    EXPECT_THAT(alarms[0], HasSubstr("shorter"));
    ASSERT_TRUE(client->status().state.rollback);
    EXPECT_EQ(client->status().state.head->size, highest);
    contact(*client);
    EXPECT_THAT(alarms, SizeIs(2));  // every contact says it again
    // The server is asked all the same.
    EXPECT_EQ(ask(*client, kAnna), Reason::cal_issued);
}

TEST_F(ClientTest, AForkedLogIsARollback) {
    const auto client = make_client();
    client->keep();
    const size_t size = servers.ledger.lines.size();
    for (const size_t entries : {size, size + 4}) {
        alarms.clear();
        servers.rewrite_history(5);
        servers.ledger.add(entry::EpochStarted{8});
        servers.rewrite_history(entries);
        servers.ledger.lines.back()[2] ^= 1;
        SampleLedger forked;
        servers.ledger.frontier = Frontier();
        servers.ledger.tiles.clear();
        for (size_t i = 0; i < entries; ++i) {
            std::string line = i < servers.ledger.lines.size() ? servers.ledger.lines[i] : "x";
            if (i == 1) line += " ";
            servers.ledger.frontier.append(leaf_hash(line), servers.ledger.tiles);
        }
        contact(*client);
        ASSERT_THAT(alarms, SizeIs(1)) << entries;
        EXPECT_THAT(alarms[0], HasSubstr("forked"));
    }
}

TEST_F(ClientTest, ARestoredBackupIsSaidAndFollowed) {
    const auto client = make_client();
    client->keep();
    servers.epoch = 1;
    servers.shows_size = 3;
    contact(*client);
    EXPECT_THAT(alarms, IsEmpty());
    EXPECT_THAT(notices, testing::Contains(HasSubstr("restored from a backup")));
    EXPECT_EQ(client->status().state.head->epoch, 1U);
    EXPECT_EQ(client->status().state.head->size, 3U);
    servers.epoch = 0;
    contact(*client);
    ASSERT_THAT(alarms, SizeIs(1));
    EXPECT_THAT(alarms[0], HasSubstr("older_epoch"));
}

TEST_F(ClientTest, ARestoredServerIsToldWhatIsHeld) {
    servers.seats = 40;
    const auto client = make_client();
    client->keep();
    for (int i = 0; i < 20; ++i)
        ask(*client, {"sql-2012", fmt::format("user{}", i), ""});
    contact(*client);
    EXPECT_THAT(servers.reassertions, IsEmpty());  // nobody asked for it
    servers.epoch = 1;
    servers.terms.reassert = true;
    contact(*client);
    ASSERT_THAT(servers.reassertions, SizeIs(2));
    EXPECT_THAT(servers.reassertions[0].tokens, SizeIs(wire::kReassertionsMax));
    EXPECT_FALSE(servers.reassertions[0].all);
    EXPECT_THAT(servers.reassertions[1].tokens, SizeIs(20 - wire::kReassertionsMax));
    EXPECT_TRUE(servers.reassertions[1].all);
    servers.terms.reassert = false;
    contact(*client);
    EXPECT_THAT(servers.reassertions, SizeIs(2));
}

TEST_F(ClientTest, WhatWasTakenBackIsNotToldToARestoredServer) {
    servers.seats = 2;
    const auto client = make_client();
    client->keep();
    ask(*client, kAnna);
    ask(*client, kBruno);
    servers.release("anna");
    contact(*client);
    servers.forget_withdrawals();  // the backup is older than the release
    servers.epoch = 1;
    servers.terms.reassert = true;
    contact(*client);
    ASSERT_THAT(servers.reassertions, SizeIs(1));
    EXPECT_THAT(servers.reassertions[0].tokens, SizeIs(1));
}

TEST_F(ClientTest, ATokenOfARestoredServerWaitsUntilTheKeptOneWasShown) {
    const auto client = make_client();
    client->keep();
    ask(*client, kAnna);
    servers.epoch = 1;
    servers.ledger.epoch = 1;
    ask(*client, kAnna);  // before the next contact
    servers.terms.reassert = true;
    servers.refuses_reassertions = true;
    contact(*client);
    ask(*client, kAnna);
    servers.refuses_reassertions = false;
    contact(*client);
    ASSERT_THAT(servers.reassertions, SizeIs(1));
    const auto told = CalToken::decode(servers.reassertions[0].tokens.at(0));
    ASSERT_TRUE(told);
    EXPECT_EQ(verify_chain(*told)->head.epoch, 0U);
}

TEST_F(ClientTest, AHostThatHoldsNothingSaysSo) {
    const auto client = make_client();
    client->keep();
    servers.epoch = 1;
    servers.terms.reassert = true;
    contact(*client);
    ASSERT_THAT(servers.reassertions, SizeIs(1));
    EXPECT_THAT(servers.reassertions[0].tokens, IsEmpty());
    EXPECT_TRUE(servers.reassertions[0].all);
}

TEST_F(ClientTest, AContactOfAnotherLedgerIsNone) {
    const auto client = make_client();
    client->keep();
    const auto before = client->status().state;
    servers.ledger.node = SecretKey::from_seed(Seed{99});  // not certified
    contact(*client);
    EXPECT_EQ(client->status().state.last_contact, before.last_contact);
    EXPECT_THAT(notices, testing::Contains(HasSubstr("contact_untrusted")));
}

TEST_F(ClientTest, AnOldContactShownAgainIsNone) {
    const auto client = make_client();
    client->keep();
    const auto before = client->status().state;
    clocks.advance(minutes(1));
    servers.time = servers.time - hours(1);
    client->keep();
    EXPECT_EQ(client->status().state.last_contact, before.last_contact);
}

TEST_F(ClientTest, ARestartKeepsWhatWasKnown) {
    auto client = make_client();
    client->keep();
    ask(*client, kAnna);
    const HostState state = client->state_to_keep();
    std::vector<ShelvedToken> tokens;
    for (const auto& change : client->take_token_changes())
        tokens.push_back(*change.token);
    servers.set_mood(Mood::down);
    client = make_client(state, tokens);
    EXPECT_EQ(ask(*client, kAnna), Reason::offline_token);
    EXPECT_EQ(ask(*client, kBruno), Reason::offline_outage);

    // A wall clock that was set back meanwhile gains nothing, nor does one that is right.
    for (const Seconds back : {days(0), days(30)}) {
        FakeClocks later = clocks;
        later.advance(days(8));
        later.wall = later.wall - back;
        Client after(servers.identity(), settings, servers, later.clocks(), state, tokens,
                     [](auto, auto) {});
        EXPECT_EQ(after.admit(kBruno, soon()).reason, Reason::server_unreachable);
    }
}

TEST_F(ClientTest, ManyThreadsMayAskAtOnce) {
    servers.seats = 8;
    const auto client = make_client();
    client->keep();
    std::vector<std::thread> threads;
    std::atomic<int> admitted = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 10; ++i) {
                const AdmissionAsk ask{
                    .product = "sql-2012", .user = fmt::format("u{}", (t + i) % 12), .device = ""};
                const auto admission = client->admit(ask, soon());
                if (allows(admission.reason)) ++admitted;
                client->logged_on(ask);
                client->ended(ask);
                client->admit_offline(ask);
            }
        });
    }
    threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
            client->keep();
            client->status();
            client->state_to_keep();
            client->take_token_changes();
        }
    });
    for (auto& thread : threads)
        thread.join();
    EXPECT_GE(admitted.load(), 8);
    EXPECT_EQ(client->status().tokens, 8U);
}

}  // namespace
}  // namespace calm
