// Writing and reading of stations_json().
#include "agent/station_status.h"

#include <algorithm>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/append.h"
#include "messages/detail.h"
#include "wire/fields.h"

namespace calm {
namespace {

bool flag_of(const boost::json::object& json, std::string_view name) {
    const auto* field = json.if_contains(name);
    return field != nullptr && field->is_bool() && field->get_bool();
}

std::string text_of(const boost::json::object& json, std::string_view name) {
    const auto* field = json.if_contains(name);
    const auto* text = field == nullptr ? nullptr : field->if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

const boost::json::array& list_of(const boost::json::object& json, std::string_view name) {
    static const boost::json::array none;
    const auto* field = json.if_contains(name);
    const auto* list = field == nullptr ? nullptr : field->if_array();
    return list == nullptr ? none : *list;
}

std::string_view word(Language language, std::string_view key) {
    return message(language, fmt::format("hostd.stations.{}", key));
}

// What a person should know of a station's CAL.
std::string state_of(const boost::json::object& station, Language language) {
    if (!flag_of(station, "registered")) return std::string(word(language, "not_registered"));
    const bool has_cal = flag_of(station, "has_cal");
    std::string state(word(language, has_cal ? "has_cal" : "no_cal"));
    const std::string reason = text_of(station, "reason");
    if (!reason.empty() && !has_cal) append(state, " ({})", reason);
    if (!flag_of(station, "seen")) append(state, ", {}", word(language, "not_seen"));
    return state;
}

}  // namespace

std::string stations_json(const StationWatch::Status& status) {
    std::string out = fmt::format(R"({{"console_mode":{},"stations":[)", status.console_mode);
    const char* separator = "";
    for (const auto& [place, registered, seen, has_cal, reason] : status.stations) {
        append(out, R"({}{{"name":)", separator);
        wire::append_json_string(out, place.name);
        append(out, R"(,"kind":"{}","in_use":{},"seen":{},"registered":{},"has_cal":{})",
               name_of(place.kind), place.in_use, seen, registered, has_cal);
        if (reason) append(out, R"(,"reason":"{}")", name_of(*reason));
        out += '}';
        separator = ",";
    }
    out += R"(],"troubles":[)";
    separator = "";
    for (const std::string& trouble : status.troubles) {
        out += separator;
        wire::append_json_string(out, trouble);
        separator = ",";
    }
    out += "]}";
    return out;
}

std::string stations_text(const boost::json::value& json, Language language) {
    const auto* status = json.if_object();
    if (status == nullptr) return {};
    std::string out;
    const auto& stations = list_of(*status, "stations");
    if (flag_of(*status, "console_mode")) append(out, "{}\n", word(language, "console_mode"));
    if (stations.empty()) append(out, "{}\n", word(language, "none"));
    size_t width = 0;
    for (const auto& each : stations) {
        if (each.is_object()) width = std::max(width, text_of(each.get_object(), "name").size());
    }
    for (const auto& each : stations) {
        const auto* station = each.if_object();
        if (station == nullptr) continue;
        const auto use = word(language, flag_of(*station, "in_use") ? "in_use" : "free");
        append(out, "  {:<{}}  {:<15}  {:<6}  {}\n", text_of(*station, "name"), width,
               text_of(*station, "kind"), use, state_of(*station, language));
    }
    for (const auto& trouble : list_of(*status, "troubles")) {
        if (const auto* text = trouble.if_string())
            append(out, "  {}\n", translated_detail(language, *text));
    }
    return out;
}

StationWatch::Status look_at_stations(const StationsConfig& config, const Eyes& eyes) {
    StationWatch::Status status;
    const auto seen = eyes.seats();
    if (!seen) status.troubles.push_back(seen.error().detail);
    std::vector<Desktop> desktops;
    if (!config.desktops.empty()) {
        auto found = eyes.desktops(config.desktops);
        if (found) desktops = std::move(*found);
        if (!found) status.troubles.push_back(found.error().detail);
    }
    for (Place& place : places_of(config, seen.value_or(SeatsSeen{}), desktops))
        status.stations.push_back({.place = std::move(place), .seen = true});
    return status;
}

}  // namespace calm
