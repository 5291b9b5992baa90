// Time in its one canonical form.
#include "base/instant.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

TEST(Instant, known_moments) {
    EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339({951782400}), "2000-02-29T00:00:00Z");
    EXPECT_EQ(to_rfc3339(kInstantMax), "2106-02-07T06:28:15Z");
}

RC_GTEST_PROP(Instant, round_trip, ()) {
    const Instant at{*rc::gen::inRange<int64_t>(0, 0xFFFF'FFFF)};
    RC_ASSERT((parse_rfc3339(to_rfc3339(at)) == at));
}

TEST(Instant, dates_that_do_not_exist_are_refused) {
    EXPECT_FALSE(parse_rfc3339("2026-02-29T00:00:00Z"));
    EXPECT_FALSE(parse_rfc3339("2026-04-31T00:00:00Z"));
    EXPECT_FALSE(parse_rfc3339("2026-13-01T00:00:00Z"));
    EXPECT_FALSE(parse_rfc3339("2026-01-01T24:00:00Z"));
    EXPECT_FALSE(parse_rfc3339("2026-01-01 00:00:00Z"));
    EXPECT_FALSE(parse_rfc3339("2026-01-01T00:00:00+01:00"));
}

TEST(Duration, as_people_write_it) {
    EXPECT_EQ(parse_duration("53d"), days(53));
    EXPECT_EQ(parse_duration("1d12h"), hours(36));
    EXPECT_EQ(parse_duration("0d"), seconds(0));
    EXPECT_FALSE(parse_duration("12"));
    EXPECT_FALSE(parse_duration("d"));
    EXPECT_FALSE(parse_duration("99999999999d"));
    EXPECT_FALSE(parse_duration("-1d"));
}

}  // namespace
}  // namespace calm
