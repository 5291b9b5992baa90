// Stories of clocks. Times are in seconds; the boot clock starts at 0 unless the story says else.
#include "core/trusted_clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

using State = TrustedClock::State;

constexpr int64_t kMinute = 60;
constexpr int64_t kHour = 3600;
constexpr int64_t kOneDay = 86400;
constexpr int64_t kYear = 365 * kOneDay;
constexpr int64_t kT = 1'800'000'000;  // some moment

struct Reading {
    int64_t wall;
    int64_t boot;
    int64_t now;
    State state;
};

struct Story {
    const char* name;
    int64_t last_entry;
    int64_t wall;
    std::vector<Reading> readings;
};

const Story kStories[] = {
    {"a new ledger believes any clock", 0, kT, {{kT, 0, kT, State::agrees}}},
    {"an honest clock is followed",
     kT,
     kT + kHour,
     {{kT + kHour, 0, kT + kHour, State::agrees},
      {kT + 2 * kHour, kHour, kT + 2 * kHour, State::agrees}}},
    {"set back a year while running: time goes on at the boot clock's pace",
     kT,
     kT,
     {{kT + kHour, kHour, kT + kHour, State::agrees},
      {kT + 2 * kHour - kYear, 2 * kHour, kT + 2 * kHour, State::wall_behind},
      {kT + 30 * kOneDay - kYear, 30 * kOneDay, kT + 30 * kOneDay, State::wall_behind},
      {kT + 31 * kOneDay, 31 * kOneDay, kT + 31 * kOneDay, State::agrees}}},
    {"set back a year before the start: the last entry is the earliest time",
     kT,
     kT - kYear,
     {{kT - kYear, 0, kT, State::wall_behind},
      {kT - kYear + kOneDay, kOneDay, kT + kOneDay, State::wall_behind}}},
    {"ahead ten years while running, and corrected: it stood, and nothing is lost",
     kT,
     kT,
     {{kT + kHour, kHour, kT + kHour, State::agrees},
      {kT + 2 * kHour + 10 * kYear, 2 * kHour, kT + kHour, State::wall_ahead},
      {kT + 9 * kOneDay + 10 * kYear, 9 * kOneDay, kT + kHour, State::wall_ahead},
      {kT + 10 * kOneDay, 10 * kOneDay, kT + 10 * kOneDay, State::agrees}}},
    {"ahead ten years at the start, and corrected",
     kT,
     kT + 10 * kYear,
     {{kT + 10 * kYear, 0, kT, State::wall_ahead},
      {kT + kHour, kHour, kT + kHour, State::agrees},
      {kT + 2 * kHour, 2 * kHour, kT + 2 * kHour, State::agrees}}},
    {"corrected too far: the time in between has passed all the same",
     kT,
     kT,
     {{kT + kOneDay + kYear, kOneDay, kT, State::wall_ahead},
      {kT + 2 * kOneDay - kYear, 2 * kOneDay, kT + 2 * kOneDay, State::wall_behind}}},
    {"switched off for six days: believed",
     kT,
     kT + 6 * kOneDay,
     {{kT + 6 * kOneDay, 0, kT + 6 * kOneDay, State::agrees}}},
    {"switched off for exactly seven days: believed",
     kT,
     kT + 7 * kOneDay,
     {{kT + 7 * kOneDay, 0, kT + 7 * kOneDay, State::agrees}}},
    {"switched off for a summer: it stands until somebody accepts the clock",
     kT,
     kT + 90 * kOneDay,
     {{kT + 90 * kOneDay, 0, kT, State::wall_ahead},
      {kT + 91 * kOneDay, kOneDay, kT, State::wall_ahead},
      {kT + 120 * kOneDay, 30 * kOneDay, kT, State::wall_ahead}}},
    {"a jump of five minutes is slack, one second more is not",
     kT,
     kT,
     {{kT + 5 * kMinute, 0, kT + 5 * kMinute, State::agrees},
      {kT + kHour + 5 * kMinute + 1, kHour, kT + 5 * kMinute, State::wall_ahead},
      {kT + kHour + 5 * kMinute, kHour, kT + kHour + 5 * kMinute, State::agrees}}},
    {"five minutes behind is slack: time waits, and never goes back",
     kT,
     kT,
     {{kT + kHour, kHour, kT + kHour, State::agrees},
      {kT + kHour - 4 * kMinute, kHour, kT + kHour, State::agrees},
      {kT + kHour + kMinute, kHour + 5 * kMinute, kT + kHour + kMinute, State::agrees}}},
    {"a suspended machine: the boot clock counts that time too",
     kT,
     kT,
     {{kT + kHour, kHour, kT + kHour, State::agrees},
      {kT + 20 * kOneDay, 20 * kOneDay, kT + 20 * kOneDay, State::agrees}}},
};

TEST(TrustedClock, Stories) {
    for (const Story& story : kStories) {
        SCOPED_TRACE(story.name);
        TrustedClock clock(Instant{story.last_entry}, Instant{story.wall}, Seconds{0});
        for (const Reading& expected : story.readings) {
            const auto reading = clock.read(Instant{expected.wall}, Seconds{expected.boot});
            EXPECT_EQ(reading.now.seconds, expected.now) << "boot " << expected.boot;
            EXPECT_EQ(reading.state, expected.state) << "boot " << expected.boot;
            EXPECT_EQ(reading.difference.count, expected.wall - expected.now);
        }
    }
}

TEST(TrustedClock, AcceptedItIsBelievedFromThenOn) {
    TrustedClock clock(Instant{kT}, Instant{kT + 90 * kOneDay}, Seconds{500});
    EXPECT_EQ(clock.read(Instant{kT + 90 * kOneDay}, Seconds{500}).state, State::wall_ahead);
    clock.accept(Instant{kT + 90 * kOneDay}, Seconds{500});
    EXPECT_EQ(clock.read(Instant{kT + 90 * kOneDay + 10}, Seconds{510}).now.seconds,
              kT + 90 * kOneDay + 10);
    // And the narrow bound holds again.
    EXPECT_EQ(clock.read(Instant{kT + 91 * kOneDay}, Seconds{520}).state, State::wall_ahead);
}

TEST(TrustedClock, AcceptingAClockThatIsBehindMovesNothingBack) {
    TrustedClock clock(Instant{kT}, Instant{kT}, Seconds{0});
    EXPECT_EQ(clock.read(Instant{kT + kOneDay}, Seconds{kOneDay}).now.seconds, kT + kOneDay);
    clock.accept(Instant{kT - kYear}, Seconds{kOneDay});
    EXPECT_EQ(clock.read(Instant{kT - kYear + 60}, Seconds{kOneDay + 60}).now.seconds,
              kT + kOneDay + 60);
}

TEST(TrustedClock, TwoHonestClocksMayDriftApartForYears) {
    // The wall clock gains a minute a day on the boot clock: ten hours in 600 days.
    TrustedClock clock(Instant{kT}, Instant{kT}, Seconds{0});
    for (int64_t hour = 1; hour <= 600 * 24; ++hour) {
        const int64_t boot = hour * kHour;
        const int64_t wall = kT + boot + hour * kMinute / 24;
        const auto reading = clock.read(Instant{wall}, Seconds{boot});
        ASSERT_EQ(reading.state, State::agrees) << hour;
        ASSERT_EQ(reading.now.seconds, wall) << hour;
    }
}

TEST(TrustedClock, AClockThatLosesTimeIsFollowedToo) {
    TrustedClock clock(Instant{kT}, Instant{kT}, Seconds{0});
    for (int64_t hour = 1; hour <= 600 * 24; ++hour) {
        const int64_t boot = hour * kHour;
        const int64_t wall = kT + boot - hour * kMinute / 24;
        ASSERT_EQ(clock.read(Instant{wall}, Seconds{boot}).state, State::agrees) << hour;
    }
}

// Whatever the wall clock shows: ledger time never goes back, and never gains more on the boot
// clock than the slack of each day.
RC_GTEST_PROP(TrustedClock, NeverGoesBackAndNeverRunsAhead, ()) {
    TrustedClock clock(Instant{kT}, Instant{kT}, Seconds{0});
    int64_t boot = 0;
    int64_t last = kT;
    using Move = std::pair<int64_t, int64_t>;
    for (const auto& [passed, lie] : *rc::gen::container<std::vector<Move>>(
             rc::gen::pair(rc::gen::inRange<int64_t>(0, 2 * kOneDay),
                           rc::gen::inRange<int64_t>(-2 * kYear, 2 * kYear)))) {
        boot += passed;
        const bool small = lie % 2 == 0;
        const int64_t wall = kT + boot + (small ? lie % 400 : lie);
        const auto reading = clock.read(Instant{wall}, Seconds{boot});
        RC_ASSERT(reading.now.seconds >= last);
        RC_ASSERT(reading.now.seconds <= kT + boot + (boot / kOneDay + 1) * 5 * kMinute);
        RC_ASSERT(reading.difference.count == wall - reading.now.seconds);
        last = reading.now.seconds;
    }
}

}  // namespace
}  // namespace calm
