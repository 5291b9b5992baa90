// What the agent tells and asks as people come and go, through given eyes and a given clock.
#include "agent/station_watch.h"

#include <gmock/gmock.h>
#include <spdlog/spdlog.h>

#include "agent/agent.h"
#include "agent/station_status.h"
#include "client/test_client.h"

namespace calm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Mood = test::FakeServers::Mood;

class StationWatchTest : public test::ClientTest {
  protected:
    StationWatchTest() {
        spdlog::set_level(spdlog::level::off);
        servers.knows_stations = true;
        servers.seats = 9;
        config.stations = StationsConfig{.product = "sql-2012"};
        config.services = {{.name = "dm", .product = "sql-2012", .station = "seat"},
                           {.name = "rdp", .product = "sql-2012", .station = "rhost"}};
        seen.seats = {"seat0", "seat-1"};
        client = make_client();
    }

    StationWatch& watch() {
        if (!watch_) {
            watch_ = std::make_unique<StationWatch>(
                *config.stations, *client,
                Eyes{.seats =
                         [this] {
                             return blind ? Result<SeatsSeen>(fail("seats_unreadable", "x"))
                                          : Result<SeatsSeen>(seen);
                         },
                     .desktops = [this](const std::string&) { return desktops; }});
        }
        return *watch_;
    }
    void restart(const HostState& state) {
        watch_.reset();
        client = make_client(state);
    }
    // A second passes, and what is kept is told.
    void second() {
        pass(seconds(1));
        watch().round(clocks.boot);
        client->keep();
    }
    void sit(const std::string& seat) {
        seen.sessions.push_back({.seat = seat, .tty = "", .service = "dm"});
    }
    void leave() { seen.sessions.clear(); }

    std::vector<std::string> asked_at() {
        std::vector<std::string> stations;
        for (const auto& question : servers.questions)
            stations.push_back(question.station);
        return stations;
    }
    // NAME KIND, and what is so of it.
    std::vector<std::string> shown() {
        std::vector<std::string> lines;
        for (const auto& each : watch().status().stations) {
            lines.push_back(each.place.name + " " + std::string(name_of(each.place.kind)) +
                            (each.place.in_use ? " used" : "") +
                            (each.registered ? "" : " unknown") + (each.seen ? "" : " unseen") +
                            (each.has_cal ? " CAL" : ""));
        }
        return lines;
    }

    HostConfig config;
    SeatsSeen seen;
    bool blind = false;
    Result<std::vector<Desktop>> desktops;
    std::unique_ptr<Client> client;

  private:
    std::unique_ptr<StationWatch> watch_;
};

TEST_F(StationWatchTest, WhatIsSeenIsRegisteredOnce) {
    second();
    EXPECT_THAT(shown(), ElementsAre("seat0 console", "seat-1 local"));
    second();
    EXPECT_THAT(servers.station_reports, SizeIs(1));
    seen.seats.push_back("seat-2");
    second();
    EXPECT_THAT(servers.station_reports, SizeIs(2));
    EXPECT_THAT(shown(), ElementsAre("seat0 console", "seat-1 local", "seat-2 local"));
    // What was unplugged stays what it is until an administrator removes it.
    seen.seats.pop_back();
    second();
    EXPECT_THAT(shown(), ElementsAre("seat0 console", "seat-1 local", "seat-2 local unseen"));
    EXPECT_THAT(servers.questions, IsEmpty());
}

TEST_F(StationWatchTest, ItIsToldAgainEachMinuteAndSoonAfterASilence) {
    second();
    pass(minutes(1));
    second();
    EXPECT_THAT(servers.station_reports, SizeIs(2));
    servers.set_mood(Mood::down);
    pass(minutes(1));
    second();
    servers.set_mood(Mood::up);
    second();
    EXPECT_THAT(servers.station_reports, SizeIs(2));
    pass(seconds(5));
    second();
    EXPECT_THAT(servers.station_reports, SizeIs(3));
    EXPECT_THAT(watch().status().troubles, IsEmpty());
}

TEST_F(StationWatchTest, AStationInUseHasACalAndOneThatIsLeftIsTold) {
    sit("seat-1");
    second();
    EXPECT_THAT(asked_at(), ElementsAre("seat-1"));
    second();
    EXPECT_THAT(shown(), ElementsAre("seat0 console", "seat-1 local used CAL"));
    sit("seat-1");  // a second session of the same person
    second();
    EXPECT_THAT(asked_at(), ElementsAre("seat-1"));
    EXPECT_THAT(servers.ends, IsEmpty());
    leave();
    second();
    EXPECT_THAT(servers.ends,
                ElementsAre(wire::SessionEnd{.product = "sql-2012", .station = "seat-1"}));
    second();
    EXPECT_THAT(servers.ends, SizeIs(1));
    sit("seat-1");
    second();
    EXPECT_THAT(asked_at(), ElementsAre("seat-1", "seat-1"));
}

TEST_F(StationWatchTest, OneWithoutACalIsAskedForAgainAndNeverToldToEnd) {
    servers.seats = 0;
    sit("seat-1");
    second();
    second();
    EXPECT_THAT(asked_at(), SizeIs(1));
    EXPECT_EQ(watch().status().stations[1].reason, Reason::no_cal_available);
    pass(minutes(1));
    servers.seats = 1;
    second();
    EXPECT_THAT(asked_at(), SizeIs(2));
    EXPECT_EQ(watch().status().stations[1].reason, Reason::cal_issued);
    servers.seats = 0;
    sit("seat0");
    second();
    leave();
    second();
    EXPECT_THAT(servers.ends, SizeIs(1));  // seat0 had none
}

TEST_F(StationWatchTest, AConcurrentSeatRunsOnWhileTheStationIsInUse) {
    servers.lease = minutes(10);
    sit("seat-1");
    second();
    for (int i = 0; i < 3; ++i) {
        pass(minutes(5));
        second();
    }
    EXPECT_THAT(asked_at(), ElementsAre("seat-1", "seat-1", "seat-1", "seat-1"));
}

TEST_F(StationWatchTest, InConsoleModeOnlyTheConsoleIsAskedFor) {
    servers.stations.console_mode = true;
    sit("seat-1");
    sit("seat0");
    second();
    EXPECT_THAT(asked_at(), ElementsAre("seat0"));
    EXPECT_TRUE(watch().status().console_mode);
    servers.stations.console_mode = false;
    pass(minutes(1));
    second();
    EXPECT_THAT(asked_at(), ElementsAre("seat0", "seat-1"));
}

TEST_F(StationWatchTest, WhatCannotBeSeenIsAsItWas) {
    config.stations->desktops = "test:///default";
    desktops = std::vector<Desktop>{{"desk-1", true}};
    sit("seat-1");
    second();
    EXPECT_TRUE(servers.station_reports.back().all_desktops);
    blind = true;
    desktops = fail("desktops_unreadable", "virsh: it failed");
    pass(seconds(10));
    second();
    EXPECT_FALSE(servers.station_reports.back().all_desktops);
    EXPECT_THAT(servers.station_reports.back().stations, SizeIs(3));
    EXPECT_THAT(servers.ends, IsEmpty());
    EXPECT_THAT(watch().status().troubles, SizeIs(2));
    blind = false;
    desktops = std::vector<Desktop>{};
    pass(seconds(10));
    second();
    EXPECT_TRUE(servers.station_reports.back().all_desktops);
    EXPECT_THAT(servers.station_reports.back().stations, SizeIs(2));
    EXPECT_THAT(servers.ends, SizeIs(1));
    EXPECT_THAT(watch().status().troubles, IsEmpty());
}

TEST_F(StationWatchTest, ASessionGoesOnOverARestartOfTheAgentAndEndsIfItIsOverThen) {
    sit("seat-1");
    sit("seat0");
    second();
    const HostState before = kept(*client);
    seen.sessions.pop_back();
    restart(before);
    second();
    EXPECT_THAT(servers.ends,
                ElementsAre(wire::SessionEnd{.product = "sql-2012", .station = "seat0"}));
    EXPECT_THAT(client->status().state.sessions, SizeIs(1));
}

TEST_F(StationWatchTest, TheConsoleIsTheStationThatAnAdministratorMadeForIt) {
    servers.stations.stations = {{.station = {7}, .name = "desk", .kind = StationKind::console}};
    second();
    second();
    EXPECT_EQ(watch().console(), "desk");
    EXPECT_THAT(shown(), testing::Contains("desk console"));
}

class StationDoorTest : public StationWatchTest {
  protected:
    std::string ask(AgentQuestion question) {
        question.user = "anna";
        ServerList list({client.get()});
        Agent agent(config, list, "host", Language::en, &watch());
        return agent.answer(agent_question_line(question));
    }
};

TEST_F(StationDoorTest, WhoSitsDownAtASeatThatHasJustAppearedIsAdmitted) {
    EXPECT_THAT(ask({.service = "dm", .seat = "seat-1"}), HasSubstr("cal_issued"));
    EXPECT_THAT(ask({.service = "dm", .seat = "seat-1"}), HasSubstr("cal_held"));
    EXPECT_THAT(ask({.service = "dm", .seat = "seat-9"}), HasSubstr("station_unknown"));
    EXPECT_THAT(ask({.service = "dm", .tty = "pts/1"}), HasSubstr("station_unknown"));
}

TEST_F(StationDoorTest, AVirtualTerminalIsTheConsole) {
    EXPECT_THAT(ask({.service = "dm", .tty = "/dev/tty2"}), HasSubstr("cal_issued"));
    EXPECT_EQ(servers.questions.back().station, "seat0");
}

TEST_F(StationDoorTest, NobodyIsLockedOutOfTheConsole) {
    config.stations->console = false;
    EXPECT_THAT(ask({.service = "dm", .tty = "tty1"}), HasSubstr("console_without_cal"));
    servers.set_mood(Mood::down);
    EXPECT_THAT(ask({.service = "dm", .tty = "tty1"}), HasSubstr("console_without_cal"));
    EXPECT_THAT(ask({.service = "dm", .seat = "seat-1"}), HasSubstr("server_unreachable"));
}

TEST_F(StationDoorTest, AClientIsAStationWhereItsServiceCounts) {
    EXPECT_THAT(ask({.service = "rdp", .rhost = "192.0.2.7"}), HasSubstr("station_unknown"));
    config.stations->remote = {"rdp"};
    EXPECT_THAT(ask({.service = "rdp", .rhost = "192.0.2.7"}), HasSubstr("cal_issued"));
    second();
    EXPECT_THAT(shown(),
                ElementsAre("seat0 console", "seat-1 local", "192.0.2.7 remote unseen CAL"));
}

TEST_F(StationDoorTest, TheAgentShowsItsStations) {
    sit("seat-1");
    second();
    second();
    ServerList list({client.get()});
    Agent agent(config, list, "host", Language::en, &watch());
    const std::string line = agent.answer(R"({"ask":"status"})");
    EXPECT_THAT(line, HasSubstr(R"("sessions":0,"stations":{"console_mode":false)"));
    const auto text = status_text(line, Language::en);
    ASSERT_TRUE(text.has_value());
    EXPECT_THAT(*text, HasSubstr("  seat0   console          free    has no CAL\n"));
    EXPECT_THAT(*text, HasSubstr("  seat-1  local            in use  has a CAL\n"));
}

TEST(StationStatus, IsReadAndOddThingsAreLeftOut) {
    const auto text = [](std::string_view json) {
        return stations_text(boost::json::parse(json), Language::fr);
    };
    EXPECT_THAT(text(R"({"console_mode":true,"stations":[]})"), HasSubstr("Mode console"));
    EXPECT_EQ(text("[]"), "");
    EXPECT_EQ(text(R"({"stations":[1,{"name":2}],"troubles":[3,"x"]})"),
              "                     libre   pas enregistré\n  x\n");
}

}  // namespace
}  // namespace calm
