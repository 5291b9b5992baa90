// The lines of `.calm` about warnings: `holiday FIRST LAST` and `expect warning …`.
#pragma once

#include "core/scenario.h"
#include "core/scenario_words.h"

namespace calm::scenario {

// Behind `holiday`. Errors: `scenario_malformed`.
Result<Step> parse_holiday(Words& words);

// Behind `expect warning`. Errors: `scenario_malformed`.
Result<Step> parse_warned(Words& words, Expectation& expected);

}  // namespace calm::scenario
