// HostClock: the time that a host decides by while nobody tells it the time. Pure: the readings of
// both clocks are arguments. Not safe for two threads at once.
//
// While it runs it follows the boot clock alone, so setting the machine's clock changes nothing. At
// start it takes the wall clock, but never a time before the one it had reached, nor, within one
// boot, less than what has passed since: neither a clock that was set back nor an older state file
// that was copied back lengthens a right. A signed contact sets it, in both directions.
#pragma once

#include <optional>
#include <string>

#include "base/instant.h"

namespace calm {

// What is kept of a clock over a restart.
struct ClockMark {
    Instant at;
    std::string boot_id;  // of the kernel's boot; empty: not known
    Seconds boot;         // the boot clock at `at`

    bool operator==(const ClockMark&) const = default;
};

class HostClock {
  public:
    // `boot`: CLOCK_BOOTTIME in seconds. `mark`: what was kept, if it can be trusted.
    HostClock(const std::optional<ClockMark>& mark, Instant wall, std::string boot_id,
              Seconds boot);

    Instant now(Seconds boot) const;

    // A license server's signed time, just received.
    void hear(Instant signed_time, Seconds boot);

    // A time that was signed some while ago: it is at least that late.
    void hear_at_least(Instant signed_time, Seconds boot);

    ClockMark mark(Seconds boot) const;

  private:
    std::string boot_id_;
    Instant anchor_;
    Seconds anchor_boot_;
};

}  // namespace calm
