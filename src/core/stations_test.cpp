// What verbs on stations refuse and write, and which stations are covered. Their rules are played
// in tests/scenarios/station_*.calm.
#include "core/stations.h"

#include <gtest/gtest.h>

#include "core/test_kit.h"

namespace calm {
namespace {

using test::code_of;
using test::Kit;

class Stations : public testing::Test {
  protected:
    Kit kit;
    HostId room;
    HostId hall;
    PackId pack;

    void SetUp() override {
        kit.set("p-1");
        pack = kit.pack("p-1", PackKind::per_user, 5);
        room = kit.host(LicensingMode::per_user);
        hall = kit.host(LicensingMode::per_user);
    }
    Result<Entries> decide(SubjectId station, HostId host, StationKind kind,
                           SubjectId shows = {}) const {
        return decide_station(kit.ledger,
                              {.station = station, .host = host, .kind = kind, .shows = shows});
    }
    SubjectId station(HostId host, StationKind kind, SubjectId shows = {}) {
        const SubjectId id = kit.ledger.next_subject();
        kit.add(decide({}, host, kind, shows));
        return id;
    }
    CalId give(SubjectId holder, Seconds length) {
        const CalId id = kit.ledger.next_cal();
        kit.add(entry::CalIssued{{.cal = id,
                                  .holder = holder,
                                  .product = "p-1",
                                  .pack = pack,
                                  .issued_at = kit.now,
                                  .expires_at = kit.now + length}});
        return id;
    }
};

TEST_F(Stations, WhatIsNotThereIsRefused) {
    EXPECT_EQ(code_of(decide({}, {9}, StationKind::local)), "host_unknown");
    EXPECT_EQ(code_of(decide({9}, room, StationKind::local)), "station_unknown");
    EXPECT_EQ(code_of(decide_station_removal(kit.ledger, {9})), "station_unknown");
}

TEST_F(Stations, ASeatShowsADesktopOfItsOwnHost) {
    const SubjectId desktop = station(room, StationKind::virtual_desktop);
    const SubjectId plain = station(room, StationKind::local);
    const auto shown = [&](HostId host, StationKind kind, SubjectId shows) {
        return code_of(decide({}, host, kind, shows));
    };
    EXPECT_EQ(shown(room, StationKind::local, desktop), "(done)");
    EXPECT_EQ(shown(room, StationKind::local, {9}), "station_shows_no_desktop");
    EXPECT_EQ(shown(room, StationKind::local, plain), "station_shows_no_desktop");
    EXPECT_EQ(shown(hall, StationKind::local, desktop), "station_shows_no_desktop");
    EXPECT_EQ(shown(room, StationKind::virtual_desktop, desktop), "station_shows_no_desktop");
}

TEST_F(Stations, AHostHasOneConsoleAtATime) {
    const SubjectId console = station(room, StationKind::console);
    EXPECT_EQ(code_of(decide({}, room, StationKind::console)), "station_console_exists");
    EXPECT_EQ(code_of(decide({}, hall, StationKind::console)), "(done)");
    // The console may be stated again, and its place is free when it is gone.
    EXPECT_TRUE(decide(console, room, StationKind::console)->empty());
    kit.add(decide_station_removal(kit.ledger, console));
    EXPECT_EQ(code_of(decide({}, room, StationKind::console)), "(done)");
}

TEST_F(Stations, ASeatThatTurnsToAnotherDesktopGivesNothingBack) {
    const SubjectId one = station(room, StationKind::virtual_desktop);
    const SubjectId two = station(room, StationKind::virtual_desktop);
    const SubjectId seat = station(room, StationKind::local);
    give(seat, days(60));
    const auto shows = decide(seat, room, StationKind::local, one);
    ASSERT_EQ(shows->size(), 2u);
    EXPECT_TRUE(std::holds_alternative<entry::CalReturned>(shows->front()));
    kit.add(shows);
    give(seat, days(60));  // a log may say so
    EXPECT_EQ(decide(seat, room, StationKind::local, two)->size(), 1u);
}

TEST_F(Stations, NobodyShowsADesktopThatMovedOrIsNone) {
    const SubjectId desktop = station(room, StationKind::virtual_desktop);
    const SubjectId seat = station(room, StationKind::local, desktop);
    const SubjectId gone = station(room, StationKind::local, desktop);
    kit.add(decide_station_removal(kit.ledger, gone));
    for (const auto& change : {decide(desktop, hall, StationKind::virtual_desktop),
                               decide(desktop, room, StationKind::remote)}) {
        ASSERT_EQ(change->size(), 2u);
        const auto& first = std::get<entry::StationSet>(change->front());
        EXPECT_EQ(first.station, seat);
        EXPECT_EQ(first.shows, SubjectId{});
    }
}

TEST_F(Stations, OnlyACalThatIsOutIsReturnedWithItsStation) {
    const SubjectId seat = station(room, StationKind::local);
    const CalId over = give(seat, days(1));
    kit.now = kit.now + days(1);
    kit.add(entry::CalExpired{over});
    const CalId held = give(seat, days(60));
    const auto removed = decide_station_removal(kit.ledger, seat);
    ASSERT_EQ(removed->size(), 2u);
    EXPECT_EQ(std::get<entry::CalReturned>(removed->front()).cal, held);
}

TEST_F(Stations, EachThatIsThereIsCoveredByASeatOfItsOwn) {
    const SubjectId covered = station(room, StationKind::local);
    give(covered, days(60));
    const SubjectId desktop = station(room, StationKind::virtual_desktop);
    station(room, StationKind::local, desktop);  // needs none
    const SubjectId was_covered = station(room, StationKind::remote);
    give(was_covered, days(1));
    const SubjectId over = station(room, StationKind::remote);
    kit.add(entry::CalIssued{{.cal = kit.ledger.next_cal(),
                              .holder = over,
                              .product = "p-1",
                              .overuse = true,
                              .issued_at = kit.now,
                              .expires_at = kit.now + days(60)}});
    kit.add(decide_station_removal(kit.ledger, station(room, StationKind::local)));
    const HostId closed = kit.host(LicensingMode::per_user);
    station(closed, StationKind::local);
    kit.add(entry::HostRemoved{closed});

    StationCount count = count_stations(kit.ledger, kit.now);
    EXPECT_EQ(count.registered, 4u);
    EXPECT_EQ(count.covered, 2u);
    EXPECT_EQ(count.uncovered, (std::vector{desktop, over}));
    count = count_stations(kit.ledger, kit.now + days(1));
    EXPECT_EQ(count.covered, 1u);
    EXPECT_EQ(count.uncovered, (std::vector{desktop, was_covered, over}));
}

}  // namespace
}  // namespace calm
