#include "core/scenario_warnings.h"

#include <gtest/gtest.h>

#include "core/core_runner.h"

namespace calm::scenario {
namespace {

std::string detail_of(std::string_view text) {
    const auto parsed = parse_scenario(text);
    return parsed ? "(read)" : parsed.error().detail;
}

std::string problem_of(std::string_view text) {
    const auto parsed = parse_scenario(text);
    if (!parsed) return parsed.error().detail;
    CoreRunner runner;
    return play(*parsed, std::ref(runner)).first_problem();
}

TEST(ScenarioWarnings, errors_say_what_is_wrong) {
    EXPECT_EQ(detail_of("expect warning rain"),
              "line 1: there are warnings of `pool`, `overuse`, `grace`, `pack`, `look-alike` and "
              "`clock`");
    EXPECT_EQ(detail_of("expect warning clock sideways"),
              "line 1: a clock `stands` or is `behind`");
    EXPECT_EQ(detail_of("expect warning clock stands 80"),
              "line 1: such a warning is `raised`, or there is `none`");
    EXPECT_EQ(detail_of("expect warning pool p per_user"), "line 1: the threshold is missing");
    EXPECT_EQ(detail_of("expect warning pack P1 soon"),
              "line 1: the threshold is a number, not `soon`");
    EXPECT_EQ(detail_of("holiday 30d 2026-12-24"),
              "line 1: the first day is a date like 2026-12-24");
    EXPECT_EQ(detail_of("holiday 2026-12-24 2026-12-23"),
              "line 1: a holiday ends before it begins");
    EXPECT_EQ(detail_of("holiday 2026-12-24 2026-12-24"), "(read)");
}

TEST(ScenarioWarnings, what_does_not_come_as_expected_is_named) {
    constexpr std::string_view kBegin = "product p-1 requires activated\npack P1 p-1 per_user 1 ";
    const std::string begin(kBegin);
    EXPECT_EQ(problem_of(begin + "until 10d\nexpect warning pack P1 14"), "");
    EXPECT_EQ(problem_of(begin + "until 10d\nexpect warning pack P1 7"),
              "line 3: expected 7, got 14");
    EXPECT_EQ(problem_of(begin + "\nexpect warning pool p-1 per_user 80"),
              "line 3: expected 80, got none");
    EXPECT_EQ(problem_of("expect warning pool p-1 per_user none"),
              "line 1: no line defines the product `p-1`");
    EXPECT_EQ(problem_of("expect warning grace nobody none"), "");
}

}  // namespace
}  // namespace calm::scenario
