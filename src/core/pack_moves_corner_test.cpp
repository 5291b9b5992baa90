// Packs that go away or were converted, with what hangs on them: loans, packs that came out of
// them, and seats that are over.
#include <gtest/gtest.h>

#include "core/play_test_kit.h"
#include "core/state_test_kit.h"

namespace calm {
namespace {

using test::problem_of;

TEST(APackThatGoes, TakesALoanThatIsOverWithIt) {
    EXPECT_EQ(problem_of(R"(
product p requires activated overuse refuse
host h mode per_user
pack P p per_user 2
admit anna - p on h          allow cal_issued
lend anna p to bruno until 3d
advance 62d
move P other
expect used P 0
expect holds anna p nothing
admit anna - p on h          deny no_cal_available
)"),
              "");
}

TEST(APackThatGoes, TakesALoanThatIsNotOverWithIt) {
    EXPECT_EQ(problem_of(R"(
product p requires activated overuse refuse
host h mode per_user
pack P p per_user 2
pack Q p per_user 2
admit anna - p on h          allow cal_issued
lend anna p to bruno until 30d
admit dora - p on h          allow cal_issued
move P other
expect holds anna p nothing
expect holds bruno p nothing
admit bruno - p on h         allow cal_issued
expect used Q 1
)"),
              "");
}

TEST(APackThatGoes, LeavesWhatCameOutOfItAndIsGone) {
    EXPECT_EQ(problem_of(R"(
product os requires activated overuse refuse temporary 0d cals-included 5 server-license
host h mode per_user
pack S os server 1
convert S-cals 2 D
remove D                     refused pack_in_use
expect owned os per_device 2
remove S
expect owned os per_user 0
expect owned os per_device 0
pack P os per_user 3
convert P 2 E
remove E
expect owned os per_device 0
move P other
expect owned os per_user 0
)"),
              "");
}

TEST(AConvertedPack, SaysSoOfEachOfItsCals) {
    scenario::CoreRunner runner(scenario::CoreRunner::Proof::every_statement);
    const auto scenario = scenario::parse_scenario(R"(
product p requires activated overuse refuse temporary 0d
host h mode per_user
pack P p per_device 2
convert P 1 U
admit anna - p on h          allow cal_issued
advance 55d
admit anna - p on h          allow cal_renewed
)");
    ASSERT_TRUE(scenario.has_value());
    EXPECT_EQ(play(*scenario, std::ref(runner)).first_problem(), "");
    for (const LedgerEntry& entry : runner.log()) {
        if (const CalStatement* cal = stated_cal(entry.body)) {
            EXPECT_TRUE(cal->converted);
        }
    }
}

}  // namespace
}  // namespace calm
