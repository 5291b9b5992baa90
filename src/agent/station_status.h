// The stations of a host as its agent shows them: JSON for programs, a table for people. Pure.
#pragma once

#include <string>

#include <boost/json/value.hpp>

#include "agent/station_watch.h"
#include "messages/messages.h"

namespace calm {

// {"console_mode":…,"stations":[{"name":…,"kind":…,"in_use":…,"seen":…,"registered":…,"has_cal":…,
// "reason":…}],"troubles":[…]}, without a line feed.
std::string stations_json(const StationWatch::Status& status);

// Lines that a person reads, from that JSON; what is not as it should be is left out.
std::string stations_text(const boost::json::value& json, Language language);

// What can be seen without the agent.
StationWatch::Status look_at_stations(const StationsConfig& config, const Eyes& eyes);

}  // namespace calm
