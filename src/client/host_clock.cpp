// An anchor and what has passed since.
#include "client/host_clock.h"

#include <algorithm>

namespace calm {

HostClock::HostClock(const std::optional<ClockMark>& mark, Instant wall, std::string boot_id,
                     Seconds boot)
    : boot_id_(std::move(boot_id)), anchor_(wall), anchor_boot_(boot) {
    if (!mark) return;
    Instant reached = mark->at;
    if (!boot_id_.empty() && mark->boot_id == boot_id_ && boot >= mark->boot) {
        reached = reached + Seconds{boot.count - mark->boot.count};
    }
    anchor_ = std::max(anchor_, reached);
}

Instant HostClock::now(Seconds boot) const {
    return anchor_ + Seconds{std::max<int64_t>(0, boot.count - anchor_boot_.count)};
}

void HostClock::hear(Instant signed_time, Seconds boot) {
    anchor_ = signed_time;
    anchor_boot_ = boot;
}

void HostClock::hear_at_least(Instant signed_time, Seconds boot) {
    if (signed_time > now(boot)) hear(signed_time, boot);
}

ClockMark HostClock::mark(Seconds boot) const {
    return {.at = now(boot), .boot_id = boot_id_, .boot = boot};
}

}  // namespace calm
