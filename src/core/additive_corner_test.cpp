// Products that rest on others, at the edges of the rules: suites that somebody may not take,
// doubts about a device, and CALs that are lent.
#include <gtest/gtest.h>

#include "core/play_test_kit.h"

namespace calm {
namespace {

using test::problem_of;

constexpr std::string_view kProducts = R"(
product mail-1 requires activated overuse refuse temporary 0d
product mail-2 requires activated overuse refuse temporary 0d
product plus-1 requires activated overuse refuse temporary 0d base mail-1
host users mode per_user
host devices mode per_device
)";

std::string with_products(std::string_view text) {
    return problem_of(std::string(kProducts) + std::string(text));
}

TEST(ProductsThatRestOnOthers, TakeNoSuiteOfConcurrentSeatsForBoth) {
    EXPECT_EQ(with_products(R"(
pack S plus-1 per_user 1 also mail-1 concurrent
pack D plus-1 per_device 1 also mail-1
admit anna - plus-1 on users   allow seat_taken
expect used S 1
expect used D 0
)"),
              "");
}

TEST(ProductsThatRestOnOthers, TakeNoSuiteWhileACalOfTheirHolderIsLent) {
    EXPECT_EQ(with_products(R"(
pack M mail-1 per_user 1
admit anna - mail-1 on users   allow cal_issued
lend anna mail-1 to bruno until 5d
pack S plus-1 per_user 1 also mail-1
admit anna - plus-1 on users   deny cal_lent lacks mail-1
expect used S 0
)"),
              "");
}

TEST(ProductsThatRestOnOthers, GiveADeviceThatLooksLikeAnotherNoSuite) {
    EXPECT_EQ(with_products(R"(
pack S plus-1 per_device 2 also mail-1
admit - pc plus-1 on devices hardware h1       allow cal_issued
admit - new plus-1 on devices hardware h1      allow quarantine_begun expires 14d
expect used S 1
admit - new plus-1 on devices                  allow quarantine_held expires 14d
# It is in doubt for every product, until somebody decides.
admit - new mail-2 on devices hardware h1      allow quarantine_begun expires 14d
device accept new
admit - new plus-1 on devices hardware h1      allow cal_issued
expect used S 2
)"),
              "");
}

TEST(ProductsThatRestOnOthers, AreNoneThatADeviceIsMistakenForWithLess) {
    EXPECT_EQ(with_products(R"(
pack M mail-1 per_device 1
admit - pc mail-1 on devices hardware h1       allow cal_issued
admit - new mail-2 on devices hardware h1      deny no_cal_available
admit - new mail-1 on devices hardware h1      allow quarantine_begun
)"),
              "");
}

TEST(ProductsThatRestOnOthers, GiveADeviceItsFirstDaysOfEach) {
    EXPECT_EQ(with_products(R"(
product mail-1 requires activated overuse refuse temporary 30d
product plus-1 requires activated overuse refuse temporary 30d base mail-1
pack S plus-1 per_device 2 also mail-1
admit - pc plus-1 on devices    allow cal_temporary_issued expires 30d
expect temporary mail-1 1
expect temporary plus-1 1
expect used S 0
logon pc plus-1
logon pc mail-1
admit - pc plus-1 on devices    allow cal_issued
expect used S 1
expect temporary mail-1 0
)"),
              "");
}

TEST(ProductsThatRestOnOthers, TakeTheSeatOfASuiteThatWasTheirsAgain) {
    EXPECT_EQ(with_products(R"(
pack S plus-1 per_user 1 also mail-1
admit anna - plus-1 on users   allow cal_issued
advance 60d
admit anna - plus-1 on users   allow cal_issued
expect used S 1
)"),
              "");
}

TEST(ProductsThatRestOnOthers, AreNotGivenWhileARestoreAwaitsItsHosts) {
    EXPECT_EQ(with_products(R"(
pack S plus-1 per_user 1 also mail-1
backup
restore
admit anna - plus-1 on users   allow restore_window
expect used S 0
)"),
              "");
}

TEST(ProductsThatRestOnOthers, KeepNewerSeatsWhereTheRuleKeepsThem) {
    EXPECT_EQ(with_products(R"(
product mail-1 requires activated overuse refuse temporary 0d prevent-upgrade
pack S plus-1 per_user 1 also mail-2
pack M mail-1 per_user 1
pack P plus-1 per_user 1
admit anna - plus-1 on users   allow cal_issued
expect used S 0
expect used M 1
expect used P 1
)"),
              "");
}

TEST(ProductsThatRestOnOthers, EndTheGraceOnlyWithASeatOfTheirOwn) {
    EXPECT_EQ(with_products(R"(
product mail-1 requires activated overuse admit temporary 0d grace 0d grace-ends-with-first-cal
product plus-1 requires activated overuse admit temporary 0d grace 0d base mail-1
host new mode per_user grace 30d
pack P plus-1 per_user 1
product other requires activated overuse refuse temporary 0d
admit anna - plus-1 on new   allow cal_issued
expect overuse mail-1 1
admit bruno - other on new   allow initial_grace
pack M mail-1 per_user 1
admit anna - plus-1 on new   allow cal_moved
expect used M 1
admit bruno - other on new   deny no_cal_available
)"),
              "");
}

TEST(ProductsThatRestOnOthers, EndNoGraceWithAnOverdraft) {
    EXPECT_EQ(with_products(R"(
product mail-1 requires activated overuse refuse temporary 0d grace 0d grace-ends-with-first-cal
product plus-1 requires activated overuse refuse temporary 0d grace 0d base mail-1
product other requires activated overuse refuse temporary 0d
host new mode per_user grace 30d
pack P plus-1 per_user 2
pack M mail-1 per_user 1 overdraft 1
admit zoe - mail-1 on users   allow cal_issued
admit anna - plus-1 on new    allow cal_issued
expect overdraft M 1
admit bruno - other on new    allow initial_grace
)"),
              "");
}

TEST(ProductsThatRestOnOthers, MoveOverUseIntoTheSuiteAlone) {
    EXPECT_EQ(with_products(R"(
product mail-1 requires activated overuse admit temporary 0d grace 0d
product plus-1 requires activated overuse admit temporary 0d grace 0d base mail-1
admit anna - plus-1 on users   allow cal_overuse_issued
pack M mail-1 per_user 1
pack S plus-1 per_user 1 also mail-1
admit anna - plus-1 on users   allow cal_moved
expect used M 0
expect used S 1
expect overuse mail-1 0
expect overuse plus-1 0
)"),
              "");
}

constexpr std::string_view kThree = R"(
product a-1 requires activated overuse admit temporary 0d grace 0d
product b-1 requires activated overuse admit temporary 0d grace 0d
product d-1 requires activated overuse admit temporary 0d grace 0d
product c-1 requires activated overuse admit temporary 0d grace 0d base a-1 base b-1 base d-1
)";

TEST(ProductsThatRestOnOthers, MoveNothingThatASuiteTakesWithIt) {
    EXPECT_EQ(with_products(std::string(kThree) + R"(
admit anna - a-1 on users   allow cal_overuse_issued
admit anna - d-1 on users   allow cal_overuse_issued
pack A a-1 per_user 1
pack D d-1 per_user 1
pack S c-1 per_user 1 also a-1 also b-1
admit anna - c-1 on users   allow cal_issued
expect used A 0
expect used S 1
expect overuse a-1 0
expect overuse d-1 0
)"),
              "");
}

TEST(ProductsThatRestOnOthers, LeaveASeatAloneWhenOverUseWouldCoverIt) {
    EXPECT_EQ(with_products(R"(
pack M mail-1 per_user 1
pack S plus-1 per_user 1 also mail-1 overdraft 1
admit zoe - plus-1 on users    allow cal_issued
expect used S 1
admit anna - plus-1 on users   allow cal_overuse_issued
expect used M 1
expect overdraft S 1
)"),
              "");
}

TEST(ProductsThatRestOnOthers, LeaveALastingSeatAloneWhenAConcurrentOneWouldCoverIt) {
    EXPECT_EQ(with_products(R"(
pack M mail-1 per_user 1
pack S plus-1 per_user 1 also mail-1 concurrent
admit anna - plus-1 on users   allow seat_taken
expect used M 1
expect used S 1
)"),
              "");
}

TEST(ProductsThatRestOnOthers, AdmitAnAdministratorOverTheSeatsOfAHost) {
    EXPECT_EQ(with_products(R"(
pack M mail-1 per_user 1 per-server
assign M users
pack P plus-1 per_user 2
admit zoe - mail-1 on users           allow seat_taken
admit anna - plus-1 on users admin 9  allow administration_over_seats
expect used P 0
)"),
              "");
}

TEST(ProductsThatRestOnOthers, MakeAStrangerKnownOnce) {
    EXPECT_EQ(with_products(R"(
pack M mail-1 per_user 1
pack P plus-1 per_user 1
admit zoe - mail-1 on users    allow cal_issued
advance 60d
# The seat that is taken first frees another's, whose expiry is not yet written.
admit anna - plus-1 on users   allow cal_issued
expect used M 1
expect used P 1
admit anna - plus-1 on users   allow cal_held
)"),
              "");
}

TEST(ProductsThatRestOnOthers, MakeAUserAndItsDeviceKnown) {
    EXPECT_EQ(with_products(R"(
host both mode either
pack M mail-1 per_device 1
pack P plus-1 per_user 1
admit anna pc plus-1 on both   allow cal_issued
expect used M 1
expect used P 1
admit anna pc plus-1 on both   allow cal_held
)"),
              "");
}

TEST(ProductsThatRestOnOthers, TakeASuiteInThePlaceOfWhatIsOver) {
    EXPECT_EQ(with_products(R"(
product plus-2 requires activated overuse refuse temporary 0d base mail-2
pack P plus-1 per_user 1
pack M mail-1 per_user 1
admit anna - plus-1 on users    allow cal_issued
advance 60d
pack S plus-1 per_user 1 also mail-1
admit anna - plus-1 on users    allow cal_issued
expect used S 1
expect used P 0
# One that is live is upgraded.
advance 30d
pack T plus-2 per_user 1 also mail-2
admit anna - plus-2 on users    allow cal_upgraded
expect used S 0
expect used T 1
)"),
              "");
}

TEST(ProductsThatRestOnOthers, RestOnTheWholeLogWhenTheHostIsLicensedForOne) {
    EXPECT_EQ(with_products(R"(
product mail-1 requires activated overuse refuse temporary 0d server-license
pack C mail-1 core 8
pack P plus-1 per_user 1
host users processors 1 cores 4 runs mail-1
license users mail-1 core 4
admit anna - plus-1 on users   allow cal_issued
admit anna - plus-1 on users   allow cal_held
admit anna - mail-1 on users   allow core_licensed
)"),
              "");
}

}  // namespace
}  // namespace calm
