// A moment as the clock on the wall shows it: what somebody must act by is told in local time.
#pragma once

#include <string>

#include "base/instant.h"

namespace calm {

// "2027-03-21 22:21 CET": the minute and the name of the machine's time zone (TZ, else
// /etc/localtime). The second is cut off, so that what is printed is never too late. Any thread.
std::string local_minute(Instant at);

}  // namespace calm
