// Mode: which licensing mode a host goes by. The host's policy comes first, then what was set for
// it at its license server, then its own file. Pure.
#pragma once

#include <optional>

#include "core/terms.h"
#include "wire/host_told.h"

namespace calm {

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
