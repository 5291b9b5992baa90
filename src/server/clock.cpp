// The machine's clocks.
#include "server/clock.h"

#include <ctime>

namespace calm {

ClockValues system_clock() {
    timespec wall{};
    timespec boot{};
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_BOOTTIME, &boot);
    return {.wall = {wall.tv_sec}, .boot = {boot.tv_sec}};
}

}  // namespace calm
