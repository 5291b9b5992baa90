// For tests that play a scenario on the rules alone, with every statement proved.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "core/core_runner.h"

namespace calm::test {

// The first thing that does not come as the lines expect; empty: all does.
inline std::string problem_of(std::string_view text) {
    const auto scenario = scenario::parse_scenario(text);
    if (!scenario) return scenario.error().detail;
    scenario::CoreRunner runner(scenario::CoreRunner::Proof::every_statement);
    return scenario::play(*scenario, std::ref(runner)).first_problem();
}

}  // namespace calm::test
