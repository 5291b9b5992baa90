#include "wire/host_told.h"

#include <algorithm>

#include "base/append.h"
#include "wire/fields.h"

namespace calm::wire {
namespace {

constexpr size_t kServersTold = 8;
constexpr size_t kServerBytesMax = 300;
constexpr size_t kVersionBytesMax = 32;

// A header is no place for anything else.
bool is_plain(std::string_view text) {
    return std::ranges::all_of(text,
                               [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; });
}

}  // namespace

std::string write_host_told(const HostTold& told) {
    std::string out;
    append(out, R"({{"version":"{}","mode":"{}","mode_from":"{}","servers":[)",
           is_plain(told.version) ? told.version.substr(0, kVersionBytesMax) : "",
           name_of(told.mode), name_of(told.mode_from));
    size_t count = 0;
    for (const std::string& server : told.servers) {
        if (server.empty() || server.size() > kServerBytesMax || !is_plain(server)) continue;
        if (count++ == kServersTold) break;
        append(out, R"({}"{}")", count > 1 ? "," : "", server);
    }
    append(out, R"(],"servers_from":"{}","time":"{}"}})", name_of(told.servers_from),
           to_rfc3339(told.time));
    return out;
}

Result<HostTold> parse_host_told(const boost::json::value& json) {
    HostTold told;
    std::optional<Instant> time;
    Fields fields(json);
    fields.text("version", told.version, kVersionBytesMax);
    fields.choice("mode", told.mode);
    fields.choice("mode_from", told.mode_from);
    fields.texts("servers", told.servers, kServersTold, kServerBytesMax);
    fields.choice("servers_from", told.servers_from);
    fields.time("time", time);
    for (const char* needed : {"version", "mode", "mode_from", "servers", "servers_from", "time"})
        fields.require(needed);
    // A newer host may tell more.
    CALM_TRY(fields.finish(Fields::Unknown::ignored));
    told.time = time.value_or(Instant{});
    return told;
}

}  // namespace calm::wire
