// Which seat is taken, at the edges of the rules: devices in their first days, CALs that grow,
// seats that are kept, and holders who are away.
#include <gtest/gtest.h>

#include "core/play_test_kit.h"

namespace calm {
namespace {

using test::problem_of;

TEST(Seats, ADeviceWithAnOlderCalIsUpgradedAndHasNoFirstDaysAgain) {
    EXPECT_EQ(problem_of(R"(
product p-1 requires activated temporary 30d
product p-2 requires activated temporary 30d
host h mode per_device
pack OLD p-1 per_device 1
admit - pc p-1 on h   allow cal_temporary_issued
logon pc p-1
admit - pc p-1 on h   allow cal_issued
# Without a seat of the later version it has first days of that.
admit - pc p-2 on h   allow cal_temporary_issued
expect used OLD 1
pack NEW p-2 per_device 2
admit - kiosk p-1 on h   allow cal_temporary_issued
logon kiosk p-1
admit - kiosk p-1 on h   allow cal_issued
admit - kiosk p-2 on h   allow cal_held
)"),
              "");
}

TEST(Seats, ADevicesOlderCalMakesWayForAFreeSeat) {
    EXPECT_EQ(problem_of(R"(
product p-1 requires activated temporary 30d
product p-2 requires activated temporary 30d
host h mode per_device
pack OLD p-1 per_device 1
admit - pc p-1 on h   allow cal_temporary_issued
logon pc p-1
admit - pc p-1 on h   allow cal_issued
pack NEW p-2 per_device 2
admit - pc p-2 on h   allow cal_upgraded
expect used OLD 0
expect used NEW 1
)"),
              "");
}

TEST(Seats, ADevicesMaintainedCalGrowsWithoutFirstDays) {
    EXPECT_EQ(problem_of(R"(
product p-1 requires activated temporary 30d
host h mode per_device
pack M p-1 per_device 1 maintained 2026-12-31
admit - pc p-1 on h   allow cal_temporary_issued
logon pc p-1
admit - pc p-1 on h   allow cal_issued
product p-2 requires activated temporary 30d released 2026-06-01
admit - pc p-2 on h   allow cal_upgraded
expect used M 1
)"),
              "");
}

TEST(Seats, ACalOfOneHostGrowsThereAlone) {
    EXPECT_EQ(problem_of(R"(
product p-1 requires activated overuse refuse
host h mode per_user
host other mode per_user
pack M p-1 per_user 1 maintained 2026-12-31 per-server
assign M h
admit anna - p-1 on h       allow seat_taken
product p-2 requires activated overuse refuse released 2026-06-01
admit anna - p-2 on other   deny no_cal_available
admit anna - p-2 on h       allow seat_taken
expect used M 1
)"),
              "");
}

TEST(Seats, ThatAreKeptAndWouldNotDoAreNotSpokenOf) {
    EXPECT_EQ(problem_of(R"(
product p-1 requires activated overuse refuse prevent-upgrade
product p-2 requires activated overuse refuse
host h mode per_user
host other mode per_user
group night join zoe
pack OVER p-2 per_user 1 until 3d
pack ELSE p-2 per_user 1 per-server
pack LESS p-1 per_user 1
pack DEV p-2 per_device 1
assign ELSE other
reserve OVER night 1
reserve ELSE night 1
reserve LESS night 1
reserve DEV night 1
advance 3d
admit anna - p-2 on h    deny no_cal_available
pack NEW p-2 per_user 1
reserve NEW night 1
admit anna - p-2 on h    deny seats_reserved
admit anna - p-1 on h    deny seats_reserved
admit zoe - p-2 on h     allow cal_issued
admit anna - p-2 on h    deny no_cal_available
)"),
              "");
}

TEST(Seats, NewerOnesOfAnotherHostAreNoneThatTheRuleKeeps) {
    EXPECT_EQ(problem_of(R"(
product p-1 requires activated overuse refuse prevent-upgrade
product p-2 requires activated overuse refuse
host h mode per_user
host other mode per_user
pack ELSE p-2 per_user 1 per-server
pack NEW p-2 per_user 1
assign ELSE other
admit zoe - p-2 on h     allow cal_issued
admit anna - p-1 on h    deny no_cal_available
admit anna - p-1 on other    deny upgrade_prevented
)"),
              "");
}

TEST(Seats, NobodyWhoLentACalMovesFromOverUse) {
    EXPECT_EQ(problem_of(R"(
product p requires activated
product q requires activated
product t requires trusted
host h mode per_user
pack P p per_user 1
admit anna - p on h   allow cal_issued
admit anna - q on h   allow cal_overuse_issued
lend anna p to bruno until 10d
pack Q q per_user 1
admit anna - q on h   allow cal_overuse_held
expect used Q 0
advance 10d
admit anna - q on h   allow cal_moved
expect used Q 1
)"),
              "");
}

TEST(Seats, ADeviceThatOnlySharesAConcurrentSeatIsNoDouble) {
    EXPECT_EQ(problem_of(R"(
product p requires activated overuse refuse temporary 0d
host h mode per_device
pack F p per_device 2 concurrent
admit - pc p on h hardware h1    allow seat_taken
admit - new p on h hardware h1   allow seat_taken
)"),
              "");
}

}  // namespace
}  // namespace calm
