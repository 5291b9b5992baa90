// How what was expected and what was seen are told, whatever they are.
#include <gtest/gtest.h>

#include "core/scenario.h"

namespace calm::scenario {
namespace {

using What = Holding::What;

// What the only line's mismatch says.
std::string problem(Expectation expected, const Observed& observed) {
    Scenario scenario;
    scenario.lines.push_back(
        {.number = 7, .text = {}, .step = Sweep{}, .expected = std::move(expected)});
    return play(scenario, [&](const Step&) -> Result<Observed> { return observed; })
        .first_problem();
}

Observed seen(What what, std::string pack = "") {
    Observed observed;
    observed.holding = Holding{what, std::move(pack)};
    return observed;
}

TEST(ScenarioSentences, NameWhatIsHeld) {
    EXPECT_EQ(to_sentence(seen(What::nothing)), "nothing");
    EXPECT_EQ(to_sentence(seen(What::temporary)), "temporary");
    EXPECT_EQ(to_sentence(seen(What::overuse)), "overuse");
    EXPECT_EQ(to_sentence(seen(What::loan)), "loan");
    EXPECT_EQ(to_sentence(seen(What::lent)), "lent");
    EXPECT_EQ(to_sentence(seen(What::active)), "active");
    EXPECT_EQ(to_sentence(seen(What::active, "P1")), "active from P1");
    Observed ends = seen(What::temporary);
    ends.lasts = days(3);
    EXPECT_EQ(to_sentence(ends), "temporary, expires 3d");
    ends.lasts = seconds(-5);
    EXPECT_EQ(to_sentence(ends), "temporary, expires -5s");
}

TEST(ScenarioSentences, NameWhatAnAdmissionSaid) {
    Observed observed;
    EXPECT_EQ(to_sentence(observed), "done");
    observed.reason = Reason::cal_held;
    observed.repeated = true;
    EXPECT_EQ(to_sentence(observed), "allow cal_held repeated");
    observed.reason = Reason::no_cal_available;
    observed.repeated = false;
    observed.lacks = "mail";
    observed.place = 3;
    EXPECT_EQ(to_sentence(observed), "deny no_cal_available lacks mail place 3");
    observed.refused = "pack_in_use";
    EXPECT_EQ(to_sentence(observed), "refused pack_in_use");
    Observed warned;
    warned.warning = "14 early";
    EXPECT_EQ(to_sentence(warned), "14 early");
}

TEST(ScenarioSentences, SayWhatWasExpectedInstead) {
    Observed denied;
    denied.reason = Reason::no_cal_available;
    denied.lacks = "mail";
    denied.place = 2;
    EXPECT_EQ(problem({.lacks = "mail", .place = 2}, denied), "");
    EXPECT_EQ(problem({.lacks = "post"}, denied),
              "line 7: expected lacks post, got deny no_cal_available lacks mail place 2");
    EXPECT_EQ(problem({.place = 1}, denied),
              "line 7: expected place 1, got deny no_cal_available lacks mail place 2");
    EXPECT_EQ(problem({.lasts = Span{days(1), days(2)}}, denied),
              "line 7: expected expires 1d..2d, got deny no_cal_available lacks mail place 2");
    denied.lasts = days(3);
    EXPECT_EQ(problem({.lasts = Span{days(1), days(2)}}, denied),
              "line 7: expected expires 1d..2d, got deny no_cal_available lacks mail place 2, "
              "expires 3d");
}

TEST(ScenarioSentences, SayWhatWasNotSeenAtAll) {
    EXPECT_EQ(problem({.count = 3}, {}), "line 7: expected 3, got done");
    EXPECT_EQ(problem({.holding = Holding{What::lent, ""}}, {}), "line 7: expected lent, got done");
    EXPECT_EQ(problem({.holding = Holding{What::loan, ""}}, seen(What::lent)),
              "line 7: expected loan, got lent");
    EXPECT_EQ(problem({.holding = Holding{What::active, ""}}, seen(What::active, "P1")), "");
    EXPECT_EQ(problem({.warning = "raised"}, {}), "line 7: expected raised, got done");
}

}  // namespace
}  // namespace calm::scenario
