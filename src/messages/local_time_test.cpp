#include "messages/local_time.h"

#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

namespace calm {
namespace {

// The zone stands in the variable itself, so that the test needs no zone files.
class LocalTime : public testing::Test {
  protected:
    static void zone(const char* name) {
        setenv("TZ", name, 1);
        tzset();
    }
    void TearDown() override { zone("UTC"); }
};

constexpr Instant kSpring{1'805'667'719};  // 2027-03-21T22:21:59Z

TEST_F(LocalTime, AMomentIsToldByTheClockOnTheWall) {
    zone("CET-1CEST,M3.5.0,M10.5.0/3");
    EXPECT_EQ(local_minute(kSpring), "2027-03-21 23:21 CET");
    EXPECT_EQ(local_minute(kSpring + days(30)), "2027-04-21 00:21 CEST");
    zone("UTC");
    EXPECT_EQ(local_minute(kSpring), "2027-03-21 22:21 UTC");
}

TEST_F(LocalTime, SecondsAreCutOffAndNotRoundedUp) {
    zone("UTC");
    EXPECT_EQ(local_minute({59}), "1970-01-01 00:00 UTC");
}

}  // namespace
}  // namespace calm
