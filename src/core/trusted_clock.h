// TrustedClock: ledger time out of a wall clock that may lie. Pure: both clocks' readings are
// arguments.
#pragma once

#include "base/instant.h"

namespace calm {

// Ledger time never runs backwards; while the process runs it may not outpace the boot clock by
// more than kSlack, and at start it may not be more than kAbsenceMax past the ledger's last entry
// (design.md 4). When the wall clock is ahead of that, ledger time stands: holders are admitted and
// nothing expires, until an administrator accepts the clock. When the wall clock is behind, ledger
// time goes on at the boot clock's pace, so that a clock set back lengthens no right (invariant
// I5).
class TrustedClock {
  public:
    static constexpr Seconds kSlack = minutes(5);
    static constexpr Seconds kAbsenceMax = days(7);

    enum class State { agrees, wall_behind, wall_ahead };

    struct Reading {
        Instant now;
        State state = State::agrees;
        Seconds difference;  // wall clock minus ledger time
    };

    // `last_entry`: the ledger's time, or zero when the ledger is new (any wall clock is then
    // believed). `boot`: CLOCK_BOOTTIME, seconds.
    TrustedClock(Instant last_entry, Instant wall, Seconds boot);

    // REQUIRES: `boot` never decreases.
    Reading read(Instant wall, Seconds boot);

    // An administrator vouches for the wall clock. Ledger time still never runs backwards.
    void accept(Instant wall, Seconds boot);

  private:
    Instant now_;     // the newest answer
    Instant anchor_;  // ledger time at `anchor_boot_`
    Seconds anchor_boot_;
    Seconds tolerance_ = kSlack;  // how far ahead the wall clock may be before ledger time stands
    bool standing_ = false;       // the wall clock was ahead and nobody has accepted it
};

}  // namespace calm
