// Usage: the first use of a day is written soon, repeats are added up.
#include "server/usage_counter.h"

#include <gtest/gtest.h>

namespace calm {
namespace {

constexpr Instant kNoon{1'767'225'600 + 43'200};

TEST(UsageCounter, writes_a_first_use_once_and_adds_up_the_rest) {
    UsageCounter usage;
    usage.count(kNoon, {1}, {}, {1}, {1});
    usage.count(kNoon, {1}, {}, {1}, {1});
    usage.count(kNoon, {2}, {7}, {1}, {1});
    auto rows = usage.take_fresh();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].count + rows[1].count, 3U);
    EXPECT_TRUE(usage.take_fresh().empty());
    usage.count(kNoon, {1}, {}, {1}, {1});
    EXPECT_TRUE(usage.take_fresh().empty());
    rows = usage.take_all();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].user, SubjectId{1});
    EXPECT_EQ(rows[0].count, 1U);
    EXPECT_TRUE(usage.take_all().empty());
}

TEST(UsageCounter, another_day_is_another_row) {
    UsageCounter usage;
    usage.count(kNoon, {1}, {}, {1}, {1});
    usage.count(kNoon + days(1), {1}, {}, {1}, {1});
    const auto rows = usage.take_fresh();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].day, rows[0].day + 1);
}

}  // namespace
}  // namespace calm
