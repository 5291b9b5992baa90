// The two clocks that ledger time is made of, as one seam: tests put their own in, calmd has no way
// to.
#pragma once

#include <functional>

#include "base/instant.h"

namespace calm {

struct ClockValues {
    Instant wall;
    Seconds boot;  // since the machine started, suspended time included
};

using ClockSource = std::function<ClockValues()>;

// CLOCK_REALTIME and CLOCK_BOOTTIME. Any thread.
ClockValues system_clock();

}  // namespace calm
