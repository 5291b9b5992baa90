// Nobody gains time by setting the clock or by copying back an older state.
#include "client/host_clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

constexpr Instant kNoon{1'800'000'000};

TEST(HostClock, ItFollowsTheBootClockWhileItRuns) {
    const HostClock clock({}, kNoon, "boot", Seconds{100});
    EXPECT_EQ(clock.now(Seconds{100}), kNoon);
    EXPECT_EQ(clock.now(Seconds{160}), kNoon + minutes(1));
}

TEST(HostClock, AtStartItTakesTheWallClockButNeverGoesBack) {
    const ClockMark mark{.at = kNoon, .boot_id = "earlier boot", .boot = Seconds{500}};
    EXPECT_EQ(HostClock(mark, kNoon + days(3), "boot", Seconds{1}).now(Seconds{1}),
              kNoon + days(3));
    EXPECT_EQ(HostClock(mark, kNoon - days(300), "boot", Seconds{1}).now(Seconds{1}), kNoon);
}

TEST(HostClock, WithinOneBootAnOlderMarkAndAClockSetBackGainNothing) {
    const ClockMark older{.at = kNoon, .boot_id = "boot", .boot = Seconds{500}};
    const Seconds a_week_later{500 + days(7).count};
    const HostClock clock(older, kNoon, "boot", a_week_later);
    EXPECT_EQ(clock.now(a_week_later), kNoon + days(7));
}

TEST(HostClock, ABootThatIsNotKnownIsAnotherBoot) {
    const ClockMark mark{.at = kNoon, .boot_id = "", .boot = Seconds{500}};
    EXPECT_EQ(HostClock(mark, kNoon, "", Seconds{900}).now(Seconds{900}), kNoon);
}

TEST(HostClock, ASignedTimeSetsItInBothDirections) {
    HostClock clock({}, kNoon, "boot", Seconds{100});
    clock.hear(kNoon - days(400), Seconds{110});
    EXPECT_EQ(clock.now(Seconds{111}), kNoon - days(400) + Seconds{1});
    clock.hear(kNoon + days(1), Seconds{120});
    EXPECT_EQ(clock.now(Seconds{120}), kNoon + days(1));
}

TEST(HostClock, ATimeThatWasSignedEarlierOnlySetsItForward) {
    HostClock clock({}, kNoon, "boot", Seconds{100});
    clock.hear_at_least(kNoon, Seconds{110});
    EXPECT_EQ(clock.now(Seconds{110}), kNoon + Seconds{10});
    clock.hear_at_least(kNoon + Seconds{12}, Seconds{110});
    EXPECT_EQ(clock.now(Seconds{111}), kNoon + Seconds{13});
}

RC_GTEST_PROP(HostClock, ARestartNeverGoesBackWhateverTheWallClockSays, ()) {
    const auto any_seconds = [] { return *rc::gen::inRange<int64_t>(0, days(1000).count); };
    const HostClock before({}, Instant{any_seconds()}, "boot", Seconds{any_seconds()});
    const Seconds stopped{any_seconds() + days(1000).count};
    const ClockMark mark = before.mark(stopped);
    const bool same_boot = *rc::gen::arbitrary<bool>();
    const Seconds started{same_boot ? stopped.count + any_seconds() : any_seconds()};
    const HostClock after(mark, Instant{any_seconds()}, same_boot ? "boot" : "next", started);
    RC_ASSERT(after.now(started) >= before.now(stopped));
    if (same_boot) RC_ASSERT(after.now(started) >= before.now(started));
}

}  // namespace
}  // namespace calm
