// Sessions and how they are asked for: seats that last as long as they do, over restarts too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/test_client.h"

namespace calm {
namespace {

using test::FakeServers;
using test::kAnna;
using test::kBruno;
using test::soon;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ClientSessions : public test::ClientTest {};

TEST_F(ClientSessions, ARunningSessionKeepsItsConcurrentSeat) {
    servers.lease = minutes(10);
    const auto client = make_client();
    ask(*client, kAnna);
    pass(minutes(6));
    client->keep();
    EXPECT_THAT(servers.questions, SizeIs(1));  // nobody has logged on
    ask(*client, kAnna);
    client->logged_on(kAnna);
    pass(minutes(4));
    client->keep();
    EXPECT_THAT(servers.questions, SizeIs(2));
    pass(minutes(1));
    client->keep();
    client->keep();
    EXPECT_THAT(servers.questions, SizeIs(3));
    servers.set_mood(FakeServers::Mood::down);
    pass(minutes(5));
    client->keep();
    servers.set_mood(FakeServers::Mood::up);
    pass(minutes(1));
    client->keep();
    EXPECT_THAT(servers.questions, SizeIs(4));
    client->ended(kAnna);
    pass(minutes(20));
    client->keep();
    EXPECT_THAT(servers.questions, SizeIs(4));
    ASSERT_THAT(servers.ends, SizeIs(1));
    EXPECT_FALSE(servers.ends[0].others);
}

TEST_F(ClientSessions, OnlyTheLastSessionOfAHolderFreesItsSeat) {
    servers.lease = minutes(10);
    const AdmissionAsk desk{.product = "sql-2012", .user = "anna", .device = "desk"};
    const AdmissionAsk laptop{.product = "sql-2012", .user = "anna", .device = "laptop"};
    const auto client = make_client();
    for (const AdmissionAsk& each : {desk, desk, laptop}) {
        ask(*client, each);
        client->logged_on(each);
    }
    for (const AdmissionAsk& each : {desk, desk, laptop})
        client->ended(each);
    client->keep();
    ASSERT_THAT(servers.ends, SizeIs(3));
    EXPECT_TRUE(servers.ends[0].others);
    EXPECT_TRUE(servers.ends[1].others);
    EXPECT_FALSE(servers.ends[2].others);
}

TEST_F(ClientSessions, ASessionThatLostItsSeatAsksUntilItHasOneAgain) {
    servers.lease = minutes(10);
    const auto client = make_client();
    ask(*client, kAnna);
    client->logged_on(kAnna);
    servers.release("anna");
    servers.seats = 0;
    pass(minutes(5));
    client->keep();
    client->keep();
    EXPECT_THAT(servers.questions, SizeIs(2));
    servers.seats = 1;
    contact(*client);
    EXPECT_THAT(servers.questions, SizeIs(3));
    contact(*client);
    EXPECT_THAT(servers.questions, SizeIs(3));
}

const SessionMarks kAnnasSsh{.service = "sshd", .leader = Leader{.pid = 100, .started = 5}};
const SessionMarks kBrunosSsh{.service = "sshd", .leader = Leader{.pid = 200, .started = 6}};

TEST_F(ClientSessions, ARunningSessionKeepsItsSeatOverARestart) {
    servers.lease = minutes(10);
    watch_leaders();
    auto client = make_client();
    ask(*client, kAnna);
    client->logged_on(kAnna, kAnnasSsh);
    const HostState state = kept(*client);
    ASSERT_THAT(state.sessions, SizeIs(1));
    client = make_client(state);
    pass(minutes(5));
    client->keep();
    ASSERT_THAT(servers.questions, SizeIs(2));
    EXPECT_EQ(servers.questions[1].user, "anna");
    EXPECT_THAT(servers.ends, IsEmpty());
    // And its end is told, once.
    client->ended(kAnna, kAnnasSsh);
    contact(*client);
    ASSERT_THAT(servers.ends, SizeIs(1));
    EXPECT_EQ(servers.ends[0].user, "anna");
    EXPECT_FALSE(servers.ends[0].others);
    EXPECT_THAT(kept(*client).sessions, IsEmpty());
    pass(minutes(20));
    client->keep();
    EXPECT_THAT(servers.questions, SizeIs(2));
}

TEST_F(ClientSessions, TwoSessionsOnOneSeatStayTwoOverARestart) {
    servers.lease = minutes(10);
    const AdmissionAsk desk{.product = "sql-2012", .user = "anna", .device = "desk"};
    const AdmissionAsk laptop{.product = "sql-2012", .user = "anna", .device = "laptop"};
    auto client = make_client();
    for (const auto& [each, marks] : {std::pair(desk, kAnnasSsh), std::pair(laptop, kBrunosSsh)}) {
        ask(*client, each);
        client->logged_on(each, marks);
    }
    client = make_client(kept(*client));
    client->ended(laptop, kBrunosSsh);
    client = make_client(kept(*client));
    client->ended(desk, kAnnasSsh);
    client->keep();
    ASSERT_THAT(servers.ends, SizeIs(1));  // the first was not told before the restart
    EXPECT_EQ(servers.ends[0].device, "desk");
    EXPECT_FALSE(servers.ends[0].others);
}

TEST_F(ClientSessions, ASessionThatEndedWhileNoAgentRanIsEndedAndTold) {
    servers.lease = minutes(10);
    servers.seats = 2;
    watch_leaders();
    auto client = make_client();
    for (const auto& [each, marks] : {std::pair(kAnna, kAnnasSsh), std::pair(kBruno, kBrunosSsh)}) {
        ask(*client, each);
        client->logged_on(each, marks);
    }
    const HostState state = kept(*client);
    gone.insert(*kAnnasSsh.leader);
    client = make_client(state);
    client->keep();
    ASSERT_THAT(servers.ends, SizeIs(1));
    EXPECT_EQ(servers.ends[0].user, "anna");
    EXPECT_THAT(notices, testing::Contains(HasSubstr("1 sessions have ended without a word")));
    pass(minutes(5));
    client->keep();
    ASSERT_THAT(servers.questions, SizeIs(3));
    EXPECT_EQ(servers.questions[2].user, "bruno");
    // What the late PAM phase says of it finds nothing, and takes nobody's seat.
    client->ended(kBruno, {.service = "sshd", .leader = Leader{.pid = 300, .started = 7}});
    contact(*client);
    ASSERT_THAT(servers.ends, SizeIs(2));
    EXPECT_TRUE(servers.ends[1].others);
}

TEST_F(ClientSessions, ASessionWhoseProcessWasKilledEndsWithinSeconds) {
    servers.lease = minutes(10);
    watch_leaders();
    const auto client = make_client();
    ask(*client, kAnna);
    client->logged_on(kAnna, kAnnasSsh);
    client->keep();
    EXPECT_THAT(servers.ends, IsEmpty());
    gone.insert(*kAnnasSsh.leader);
    pass(Seconds{10});
    client->keep();
    EXPECT_THAT(servers.ends, SizeIs(1));
}

TEST_F(ClientSessions, NoSessionOutlivesTheMachine) {
    servers.lease = minutes(10);
    watch_leaders();
    auto client = make_client();
    ask(*client, kAnna);
    client->logged_on(kAnna, kAnnasSsh);
    ask(*client, {.product = "sql-2012", .user = "anna", .device = "desk"});
    client->logged_on({.product = "sql-2012", .user = "anna", .device = "desk"});
    client = make_client(kept(*client), {}, "the next boot");
    EXPECT_THAT(kept(*client).sessions, IsEmpty());
    client->keep();
    ASSERT_THAT(servers.ends, SizeIs(2));
    EXPECT_FALSE(servers.ends[0].others);
    pass(minutes(20));
    client->keep();
    EXPECT_THAT(servers.questions, SizeIs(2));
}

TEST_F(ClientSessions, WithoutItsStateAHostKnowsOfNoSession) {
    servers.lease = minutes(10);
    auto client = make_client();
    ask(*client, kAnna);
    client->logged_on(kAnna, kAnnasSsh);
    client = make_client();
    pass(minutes(5));
    client->keep();
    EXPECT_THAT(servers.questions, SizeIs(1));
    client->ended(kAnna, kAnnasSsh);
    contact(*client);
    EXPECT_THAT(servers.ends, SizeIs(1));
}

TEST_F(ClientSessions, AnEndIsTheSessionsThoughTheSettingsChanged) {
    servers.lease = minutes(10);
    auto client = make_client();
    ask(*client, kAnna);
    client->logged_on(kAnna, kAnnasSsh);
    client = make_client(kept(*client));
    client->ended({.product = "sql-2014", .user = "anna", .device = {}}, kAnnasSsh);
    client->keep();
    ASSERT_THAT(servers.ends, SizeIs(1));
    EXPECT_EQ(servers.ends[0].product, "sql-2012");
}

TEST_F(ClientSessions, WhatIsAskedReachesTheServer) {
    const auto client = make_client();
    const AdmissionAsk all{.product = "sql-2012",
                           .user = "anna",
                           .device = "192.0.2.7",
                           .from_server = "app-1",
                           .via = "gateway-1",
                           .workload = Workload::web,
                           .outside = true,
                           .host_service = true};
    client->ask_servers(
        all, soon(),
        {.wait = true, .hardware_id = "board-7", .certificate = "ab:cd", .device_mark = "m-1"});
    ASSERT_THAT(servers.questions, SizeIs(1));
    const auto& question = servers.questions[0];
    EXPECT_EQ(question.from_server, "app-1");
    EXPECT_EQ(question.via, "gateway-1");
    EXPECT_EQ(question.workload, Workload::web);
    EXPECT_TRUE(question.outside);
    EXPECT_TRUE(question.host_service);
    EXPECT_TRUE(question.wait);
    EXPECT_EQ(question.hardware_id, "board-7");
    EXPECT_EQ(question.certificate, "ab:cd");
    EXPECT_EQ(question.device_mark, "m-1");
}

TEST_F(ClientSessions, ARunningSessionStandsInNoLine) {
    servers.lease = minutes(10);
    const auto client = make_client();
    client->ask_servers(kAnna, soon(), {.wait = true});
    client->logged_on(kAnna, kAnnasSsh);
    pass(minutes(5));
    client->keep();
    ASSERT_THAT(servers.questions, SizeIs(2));
    EXPECT_FALSE(servers.questions[1].wait);
}

TEST_F(ClientSessions, AtAStationNobodyElsesTokenCounts) {
    const auto client = make_client();
    client->keep();
    ask(*client, kAnna);
    AdmissionAsk front_desk = kAnna;
    front_desk.station = "front-desk";
    ask(*client, front_desk);
    EXPECT_EQ(servers.questions[1].station, "front-desk");
    EXPECT_FALSE(servers.questions[1].want_token);
    servers.refusal = Reason::station_unknown;
    servers.release("anna");
    servers.seats = 0;
    EXPECT_EQ(ask(*client, front_desk), Reason::station_unknown);
    EXPECT_EQ(client->status().tokens, 1U);
    servers.set_mood(FakeServers::Mood::down);
    pass(days(8));
    EXPECT_EQ(ask(*client, front_desk), Reason::server_unreachable);
    EXPECT_EQ(ask(*client, kAnna), Reason::offline_token);
}

// What the tokens are kept in over a restart.
std::vector<ShelvedToken> shelf_of(Client& client) {
    std::vector<ShelvedToken> tokens;
    for (auto& change : client.take_token_changes()) {
        if (change.token) tokens.push_back(std::move(*change.token));
    }
    return tokens;
}

TEST_F(ClientSessions, AStationsTokenAdmitsThereOnceAServerHasSaidWhoItsHolderIs) {
    servers.knows_stations = true;
    auto client = make_client();
    client->keep();
    const auto report = [&] {
        return client->report_stations(
            {.stations = {{"seat-1", StationKind::local}, {"seat-2", StationKind::local}}},
            std::chrono::seconds(60));
    };
    ASSERT_TRUE(report().has_value());
    AdmissionAsk seat = kAnna;
    seat.station = "seat-1";
    AdmissionAsk other = kAnna;
    other.station = "seat-2";
    EXPECT_EQ(ask(*client, seat), Reason::cal_issued);
    EXPECT_TRUE(servers.questions.back().want_token);
    EXPECT_EQ(ask(*client, other), Reason::no_cal_available);
    EXPECT_EQ(client->status().tokens, 1U);
    const HostState state = kept(*client);
    client = make_client(state, shelf_of(*client));
    servers.set_mood(FakeServers::Mood::down);
    pass(days(8));
    seat.user = "bruno";
    EXPECT_EQ(ask(*client, seat), Reason::offline_token);
    EXPECT_EQ(ask(*client, other), Reason::server_unreachable);
    EXPECT_EQ(ask(*client, kAnna), Reason::server_unreachable);
    // Its number is another's when the station has been made anew.
    servers.set_mood(FakeServers::Mood::up);
    servers.stations.stations = {{.station = {9}, .name = "seat-1"}};
    ASSERT_TRUE(report().has_value());
    servers.set_mood(FakeServers::Mood::down);
    EXPECT_EQ(ask(*client, seat), Reason::server_unreachable);
}

TEST_F(ClientSessions, TwoAdministerAHostAtOnceAlsoAfterARestart) {
    servers.seats = 0;
    const auto administers = [](const char* user) {
        return AdmissionAsk{.product = "sql-2012", .user = user, .administration = true};
    };
    auto client = make_client();
    for (const char* user : {"anna", "bruno", "anna"}) {
        EXPECT_EQ(ask(*client, administers(user)), Reason::administration) << user;
        client->logged_on(administers(user), kAnnasSsh);
    }
    client = make_client(kept(*client));
    EXPECT_EQ(ask(*client, administers("chloe")), Reason::no_cal_available);
    EXPECT_EQ(servers.questions.back().administrators_now, 2U);
    EXPECT_EQ(ask(*client, administers("bruno")), Reason::administration);
    client->ended(administers("bruno"), kAnnasSsh);
    EXPECT_EQ(ask(*client, administers("chloe")), Reason::administration);
}

TEST_F(ClientSessions, WhoAdministersKeepsTheTokenOfItsCal) {
    const auto client = make_client();
    client->keep();
    ask(*client, kAnna);
    ask(*client, {.product = "sql-2012", .user = "anna", .administration = true});
    servers.set_mood(FakeServers::Mood::down);
    EXPECT_EQ(ask(*client, kAnna), Reason::offline_token);
}

TEST_F(ClientSessions, ThePlaceInLineIsTold) {
    servers.seats = 0;
    servers.refusal = Reason::seat_queued;
    servers.place = 3;
    const auto client = make_client();
    EXPECT_EQ(client->admit(kAnna, soon()).place, 3U);
}

TEST_F(ClientSessions, SessionsThatNobodyEndsCostNobodyASeat) {
    servers.lease = minutes(10);
    const auto client = make_client();
    for (size_t i = 0; i < HostState::kSessionsMax; ++i)
        client->logged_on({.product = "sql-2012", .user = "ghost", .device = {}});
    ask(*client, kAnna);
    client->logged_on(kAnna, kAnnasSsh);
    EXPECT_THAT(kept(*client).sessions, SizeIs(HostState::kSessionsMax));
    pass(minutes(5));
    client->keep();
    EXPECT_THAT(servers.questions, SizeIs(2));
}

}  // namespace
}  // namespace calm
