// The clock rule of design.md 4.
#include "core/trusted_clock.h"

#include <algorithm>

namespace calm {

TrustedClock::TrustedClock(Instant last_entry, Instant wall, Seconds boot)
    : now_(last_entry), anchor_(last_entry), anchor_boot_(boot) {
    if (last_entry.seconds == 0 || wall <= last_entry + kAbsenceMax) {
        accept(wall, boot);
    } else {
        tolerance_ = kAbsenceMax;
        standing_ = true;
    }
}

TrustedClock::Reading TrustedClock::read(Instant wall, Seconds boot) {
    const Instant pace = anchor_ + Seconds{boot.count - anchor_boot_.count};
    if (wall > pace + tolerance_) {
        standing_ = true;
        return {now_, State::wall_ahead, wall - now_};
    }
    const bool corrected = standing_;
    standing_ = false;
    tolerance_ = kSlack;
    // Also when it was ahead before and is now behind: the time in between has passed.
    if (wall + kSlack < pace) {
        now_ = std::max(now_, pace);
        return {now_, State::wall_behind, wall - now_};
    }
    now_ = std::max(now_, wall);
    // Two honest clocks drift apart; a daily anchor keeps kSlack a bound on a jump, not on a year.
    if (corrected || boot.count - anchor_boot_.count >= days(1).count) accept(wall, boot);
    return {now_, State::agrees, wall - now_};
}

void TrustedClock::accept(Instant wall, Seconds boot) {
    standing_ = false;
    tolerance_ = kSlack;
    now_ = std::max(now_, wall);
    anchor_ = now_;
    anchor_boot_ = boot;
}

}  // namespace calm
