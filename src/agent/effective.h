// EffectiveHost: what a host goes by: host.toml with what the policy says put over it, and where
// each value comes from. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/host_config.h"
#include "client/mode.h"
#include "policy/host_policy.h"

namespace calm {

struct EffectiveHost {
    HostConfig config;
    ModeWishes mode;
    HostPolicy policy;  // with the problems that only came to light here
};

// `machine`: the local computer's name. A license server of the policy that is called so, or by its
// short name, is asked at its socket; one that host.toml knows by the same name has the port and
// the proof of identity that are given there.
EffectiveHost put_in_force(HostConfig file, HostPolicy policy, std::string_view machine);

struct EffectiveValue {
    PolicySetting setting;
    std::string value;  // empty: none
    SettingSource source;
};

// One of each setting, in their order. `mode_at_server`: as of the last contact.
std::vector<EffectiveValue> effective_values(const EffectiveHost& host,
                                             LicensingMode mode_at_server);

}  // namespace calm
