// Concurrent seats and their line at the edges of the rules: seats that wait for others, that count
// elsewhere, or that a setting ended.
#include <gtest/gtest.h>

#include "core/play_test_kit.h"

namespace calm {
namespace {

using test::problem_of;

constexpr std::string_view kSteps = R"(
host h mode per_user
host other mode per_user
)";

std::string at_two_hosts(std::string_view text) {
    return problem_of(std::string(kSteps) + std::string(text));
}

TEST(ConcurrentSeats, OverUseGoesOnUntilTheProductRefusesIt) {
    EXPECT_EQ(at_two_hosts(R"(
product cad requires activated overuse admit
pack F cad per_user 1 concurrent
admit anna - cad on h    allow seat_taken
admit bruno - cad on h   allow cal_overuse_issued expires 10m
advance 4m
admit bruno - cad on h   allow cal_overuse_held expires 6m
advance 2m
admit anna - cad on h    allow seat_extended expires 10m
admit bruno - cad on h   allow cal_overuse_held expires 10m
product cad requires activated overuse refuse
advance 6m
admit anna - cad on h    allow seat_extended expires 10m
admit bruno - cad on h   allow cal_overuse_held expires 4m
advance 4m
admit bruno - cad on h   deny seats_all_in_use
)"),
              "");
}

TEST(ConcurrentSeats, OverUseOutOfAnOverdraftGoesOnWhateverTheProductSays) {
    EXPECT_EQ(at_two_hosts(R"(
product cad requires activated overuse refuse
pack F cad per_user 1 concurrent overdraft 1 until 40m
admit anna - cad on h    allow seat_taken
admit bruno - cad on h   allow cal_overuse_issued expires 10m
advance 8m
admit anna - cad on h    allow seat_extended expires 10m
admit bruno - cad on h   allow cal_overuse_held expires 10m
advance 8m
admit anna - cad on h    allow seat_extended expires 10m
admit bruno - cad on h   allow cal_overuse_held expires 10m
advance 8m
admit anna - cad on h    allow seat_extended expires 10m
admit bruno - cad on h   allow cal_overuse_held expires 10m
advance 8m
admit anna - cad on h    allow seat_extended expires 8m
admit bruno - cad on h   allow cal_overuse_held expires 8m
# The pack ends then, and nothing lasts longer.
advance 4m
admit anna - cad on h    allow seat_held expires 4m
admit bruno - cad on h   allow cal_overuse_held expires 4m
)"),
              "");
}

// Seats of other kinds, of packs that are over or not yet begun, and of earlier versions are none
// that a line waits for.
TEST(ConcurrentSeats, ALineWaitsOnlyForSeatsThatWouldDo) {
    EXPECT_EQ(at_two_hosts(R"(
product cad-1 requires activated overuse refuse
product cad-2 requires activated overuse refuse temporary 0d
pack NEW cad-2 per_user 1 concurrent
pack OLD cad-1 per_user 5 concurrent
pack DEV cad-2 per_device 5 concurrent
pack LATE cad-2 per_user 5 concurrent from 9d
pack NAMED cad-2 per_user 1
admit zoe - cad-2 on h          allow cal_issued
admit anna - cad-2 on h         allow seat_taken
admit bruno - cad-2 on h wait   deny seat_queued place 1
end anna - cad-2 on h
admit chloe - cad-2 on h wait   deny seat_queued place 2
admit chloe - cad-1 on h        allow seat_taken
admit bruno - cad-2 on h        allow seat_taken
)"),
              "");
}

TEST(ConcurrentSeats, ALineIsOfOneFamilyAndUpToTheVersionThatIsFree) {
    EXPECT_EQ(at_two_hosts(R"(
product cad-1 requires activated overuse refuse
product cad-2 requires activated overuse refuse
product draw-1 requires activated overuse refuse
pack C1 cad-1 per_user 1 concurrent
pack C2 cad-2 per_user 1 concurrent
pack D draw-1 per_user 1 concurrent
admit anna - draw-1 on h         allow seat_taken
admit bruno - draw-1 on h wait   deny seat_queued place 1
admit anna - cad-2 on h          allow seat_taken
admit bruno - cad-2 on h wait    deny seat_queued place 1
# Who waits for the later version and for another product is in nobody's way here.
admit chloe - cad-1 on h         allow seat_taken
)"),
              "");
}

TEST(ConcurrentSeats, APlaceThatIsLostIsInNobodysWay) {
    EXPECT_EQ(at_two_hosts(R"(
product cad requires activated overuse refuse queue 2m
pack F cad per_user 1 concurrent
admit anna - cad on h            allow seat_taken
admit bruno - cad on h wait      deny seat_queued place 1
admit chloe - cad on h wait      deny seat_queued place 2
advance 1m
admit chloe - cad on h wait      deny seat_queued place 2
advance 1m
end anna - cad on h
# Bruno's place is lost: behind chloe, who asked again, he is the second.
admit bruno - cad on h wait      deny seat_queued place 2
admit chloe - cad on h           allow seat_taken
)"),
              "");
}

TEST(ConcurrentSeats, AMemberWaitsBehindTheOthersOfItsGroupAlone) {
    EXPECT_EQ(at_two_hosts(R"(
product cad requires activated overuse refuse queue 9m
pack F cad per_user 1 concurrent
group night join anna
group night join dora
reserve F night 1
admit anna - cad on h            allow seat_taken
admit bruno - cad on h wait      deny seat_queued place 1
admit dora - cad on h wait       deny seat_queued place 2
group night join eva
end anna - cad on h
admit eva - cad on h wait        deny seat_queued place 3
admit dora - cad on h            allow seat_taken
)"),
              "");
}

TEST(ConcurrentSeats, NewerOnesAreKeptWhereTheRuleKeepsThem) {
    EXPECT_EQ(at_two_hosts(R"(
product cad-1 requires activated overuse refuse prevent-upgrade
product cad-2 requires activated overuse refuse
pack C1 cad-1 per_user 1 concurrent
pack C2 cad-2 per_user 1 concurrent
admit zoe - cad-2 on h           allow seat_taken
admit anna - cad-1 on h          allow seat_taken
admit bruno - cad-1 on h wait    deny seat_queued place 1
end anna - cad-1 on h
admit chloe - cad-1 on h wait    deny seat_queued place 2
# A newer one that is free is no reason to say so, because one for this version is free as well.
end zoe - cad-2 on h
admit dora - cad-1 on h wait     deny seat_queued place 3
admit bruno - cad-1 on h         allow seat_taken
)"),
              "");
}

TEST(ConcurrentSeats, OfOneHostAdmitNowhereElse) {
    EXPECT_EQ(at_two_hosts(R"(
product cad requires activated overuse refuse
pack S cad per_user 1 per-server overdraft 1
pack T cad per_user 1 per-server
assign S h
admit anna - cad on other        deny no_cal_available
admit anna - cad on h            allow seat_taken
admit bruno - cad on h           allow cal_overuse_issued
admit bruno - cad on other       deny no_cal_available
group night join chloe
reserve T night 1
assign T other
admit bruno - cad on other       deny seats_reserved
admit chloe - cad on other       allow seat_taken
)"),
              "");
}

}  // namespace
}  // namespace calm
