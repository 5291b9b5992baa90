// links: calm_agent
// What virsh writes: however odd, each station has one name that a license server takes.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "agent/desktops.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::vector<calm::Desktop> desktops;
    calm::SeatsSeen seen;
    for (std::string& name :
         calm::parse_desktop_names({reinterpret_cast<const char*>(data), size})) {
        if (name.find('\n') != std::string::npos) std::abort();
        seen.sessions.push_back({.seat = name, .tty = name, .service = "s", .remote_host = name});
        desktops.push_back({.name = std::move(name), .runs = true});
    }
    const calm::StationsConfig config{.terminals = {"ttyS0"}, .remote = {"s"}};
    std::set<std::string> names;
    for (const calm::Place& place : calm::places_of(config, seen, desktops)) {
        if (place.name.empty() || place.name.size() > 256) std::abort();
        if (!names.insert(place.name).second) std::abort();
    }
    return 0;
}
