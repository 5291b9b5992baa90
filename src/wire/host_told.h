// HostTold: what a host tells of itself at each contact, in the request's header CALM-Host: its
// version, the licensing mode and license servers that it goes by with where they come from, and
// its clock. Both directions. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"

namespace calm {

// Where a setting's value comes from, the first that has one.
enum class SettingSource : uint8_t { policy, license_server, file, built_in };

template <>
struct NamesOf<SettingSource> {
    static constexpr Names<SettingSource, 4> value{
        {{SettingSource::policy, "policy"},
         {SettingSource::license_server, "license_server"},
         {SettingSource::file, "file"},
         {SettingSource::built_in, "built_in"}}};
};

namespace wire {

inline constexpr std::string_view kHostToldHeader = "CALM-Host";
inline constexpr size_t kHostToldSizeMax = 4096;

struct HostTold {
    std::string version;
    LicensingMode mode = LicensingMode::not_configured;
    SettingSource mode_from = SettingSource::built_in;
    std::vector<std::string> servers;  // addresses, in the order in which they are asked
    SettingSource servers_from = SettingSource::file;
    Instant time;  // by the host's own clock

    bool operator==(const HostTold&) const = default;
};

// One line of printable ASCII of at most kHostToldSizeMax bytes; servers beyond are left out.
std::string write_host_told(const HostTold& told);

// Errors: `bad_field`, `missing_field`.
Result<HostTold> parse_host_told(const boost::json::value& json);

}  // namespace wire
}  // namespace calm
