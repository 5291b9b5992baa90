// Mode: which licensing mode a host goes by. The host's policy comes first, then what was set for
// it at its license server, then its own file. Pure.
#pragma once

#include <optional>

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

// What is said at the host itself.
struct ModeWishes {
    std::optional<LicensingMode> policy;
    std::optional<LicensingMode> file;

    bool operator==(const ModeWishes&) const = default;
};

struct ModeInForce {
    LicensingMode mode = LicensingMode::not_configured;
    SettingSource source = SettingSource::built_in;

    bool operator==(const ModeInForce&) const = default;
};

// `at_server`: as of the last contact; not_configured: nobody has set one there.
constexpr ModeInForce mode_in_force(const ModeWishes& wishes, LicensingMode at_server) {
    if (wishes.policy) return {*wishes.policy, SettingSource::policy};
    if (at_server != LicensingMode::not_configured)
        return {at_server, SettingSource::license_server};
    if (wishes.file) return {*wishes.file, SettingSource::file};
    return {};
}

}  // namespace calm
