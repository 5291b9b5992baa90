// The virtual desktops of this host, as libvirt lists them. Its own program, virsh, is asked: so
// CALM needs no library of libvirt's, and hosts without it nothing at all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/places.h"
#include "base/result.h"

namespace calm {

// Every machine of the connection, running or not. Waits for 5 seconds at most. Errors:
// `desktops_unreadable`: there is no virsh, it failed, or it did not end.
Result<std::vector<Desktop>> look_at_desktops(const std::string& connection);

// The names that virsh writes one a line; pure. At most kStationsMax.
std::vector<std::string> parse_desktop_names(std::string_view output);

}  // namespace calm
