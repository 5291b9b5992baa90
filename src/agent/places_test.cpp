// What counts as a station, seen through given eyes.
#include "agent/places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/desktops.h"

namespace calm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Place kConsole{"seat0", StationKind::console, false};

TEST(Places, TheMachinesOwnScreenIsOneWithoutLogind) {
    EXPECT_THAT(places_of({}, {}, {}), ElementsAre(kConsole));
    EXPECT_THAT(places_of({.console = false}, {}, {}), IsEmpty());
}

TEST(Places, EachSeatIsOneAndInUseWhileSomebodySitsThere) {
    const SeatsSeen seen{.seats = {"seat0", "seat-1", "seat-2"},
                         .sessions = {{.seat = "seat-2", .tty = "", .service = "lightdm"},
                                      {.seat = "seat0", .tty = "tty1", .service = "login"},
                                      {.seat = "", .tty = "pts/3", .service = "sshd"}}};
    EXPECT_THAT(places_of({}, seen, {}), ElementsAre(Place{"seat0", StationKind::console, true},
                                                     Place{"seat-1", StationKind::local, false},
                                                     Place{"seat-2", StationKind::local, true}));
    EXPECT_THAT(places_of({.console = false}, seen, {}),
                ElementsAre(Place{"seat-1", StationKind::local, false},
                            Place{"seat-2", StationKind::local, true}));
}

TEST(Places, ASplitScreenIsTwo) {
    const SeatsSeen seen{.seats = {"seat0", "seat-1"},
                         .sessions = {{.seat = "seat-1", .tty = "", .service = "lightdm"}}};
    EXPECT_THAT(places_of({.split = {"seat-1", "seat-9"}}, seen, {}),
                ElementsAre(kConsole, Place{"seat-1", StationKind::local, true},
                            Place{"seat-1-b", StationKind::local, false}));
}

TEST(Places, ALineThatIsNamedIsOne) {
    const SeatsSeen seen{.seats = {}, .sessions = {{.seat = "", .tty = "/dev/ttyS0"}}};
    EXPECT_THAT(places_of({.terminals = {"/dev/ttyS0", "ttyS1"}}, seen, {}),
                ElementsAre(kConsole, Place{"ttyS0", StationKind::local, true},
                            Place{"ttyS1", StationKind::local, false}));
}

TEST(Places, AClientOfACountedServiceIsOneHoweverManySessionsItHas) {
    const auto from = [](const char* client, const char* service) {
        return SeatSession{.seat = "", .tty = "", .service = service, .remote_host = client};
    };
    const SeatsSeen seen{.seats = {},
                         .sessions = {from("192.0.2.7", "xrdp-sesman"), from("192.0.2.8", "sshd"),
                                      from("192.0.2.7", "xrdp-sesman")}};
    EXPECT_THAT(places_of({.remote = {"xrdp-sesman"}}, seen, {}),
                ElementsAre(kConsole, Place{"192.0.2.7", StationKind::remote, true}));
    EXPECT_THAT(places_of({}, seen, {}), ElementsAre(kConsole));
}

TEST(Places, AVirtualDesktopIsOneAndInUseWhileItRuns) {
    EXPECT_THAT(places_of({}, {}, {{"desk-1", true}, {"desk-2", false}}),
                ElementsAre(kConsole, Place{"desk-1", StationKind::virtual_desktop, true},
                            Place{"desk-2", StationKind::virtual_desktop, false}));
}

TEST(Places, WhatCannotBeANameIsLeftOut) {
    EXPECT_THAT(places_of({}, {},
                          {{"", true},
                           {" a", true},
                           {"a ", true},
                           {"a\tb", true},
                           {"a\x7F", true},
                           {"\xFF", true},
                           {std::string(257, 'a'), true},
                           {"caf\xC3\xA9", true}}),
                ElementsAre(kConsole, Place{"caf\xC3\xA9", StationKind::virtual_desktop, true}));
}

TEST(Places, ThereIsAnEndToThem) {
    SeatsSeen seen;
    for (int i = 0; i < 1000; ++i)
        seen.seats.push_back("seat-" + std::to_string(i));
    EXPECT_EQ(places_of({}, seen, {}).size(), 256U);
}

TEST(SeatOfALogin, IsWhatTheDisplayManagerSaysElseWhatTheLineSays) {
    EXPECT_EQ(seat_of_login("seat-1", "tty2", nullptr), "seat-1");
    EXPECT_EQ(seat_of_login("", "tty1", nullptr), "seat0");
    EXPECT_EQ(seat_of_login("", "/dev/tty63", nullptr), "seat0");
    for (const char* elsewhere : {"", "ssh", "tty", "tty0", "ttyS0", "tty123", "pts/0", ":0"})
        EXPECT_EQ(seat_of_login("", elsewhere, nullptr), "") << elsewhere;
    const StationsConfig config{.terminals = {"ttyS0"}};
    EXPECT_EQ(seat_of_login("", "/dev/ttyS0", &config), "ttyS0");
    EXPECT_EQ(seat_of_login("", "ttyS1", &config), "");
    EXPECT_EQ(seat_of_login("", "", &config), "");
}

TEST(DesktopNames, AreLines) {
    EXPECT_THAT(parse_desktop_names(""), IsEmpty());
    EXPECT_THAT(parse_desktop_names("\n\n"), IsEmpty());
    EXPECT_THAT(parse_desktop_names("a\nb c\n\n"), ElementsAre("a", "b c"));
    EXPECT_THAT(parse_desktop_names("a"), ElementsAre("a"));
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many += "desk\n";
    EXPECT_EQ(parse_desktop_names(many).size(), 256U);
}

}  // namespace
}  // namespace calm
