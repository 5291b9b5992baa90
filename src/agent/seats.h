// The seats and sessions of this machine, as systemd-logind tells them through its library
// (sd-login(3)), which reads what logind writes below /run/systemd. Where no logind runs there are
// none.
#pragma once

#include "agent/places.h"
#include "base/result.h"

namespace calm {

// Sessions of people only: no greeters, no services, none that is closing. Errors:
// `seats_unreadable`.
Result<SeatsSeen> look_at_seats();

}  // namespace calm
