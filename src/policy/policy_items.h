// PolicyItem: the settings that a host's policy has, and where each stands in the registry. Of
// Remote Desktop's own policies these are the values that have always been written (facts
// rd-licensing 3.3); what CALM adds stands under a key of its own, and packaging/policy/calm.admx
// offers it to editors.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/terms.h"

namespace calm {

enum class PolicySetting : uint8_t {
    license_servers,
    licensing_mode,
    hide_notices,
    secure_licensing,
    prevent_upgrade,
    either_cal,
    server_ca_file,
    server_fingerprints,
    services,
    contact,
    language,
    admit_offline,
    budget_ms,
};

template <>
struct NamesOf<PolicySetting> {
    static constexpr Names<PolicySetting, 13> value{
        {{PolicySetting::license_servers, "license_servers"},
         {PolicySetting::licensing_mode, "licensing_mode"},
         {PolicySetting::hide_notices, "hide_notices"},
         {PolicySetting::secure_licensing, "secure_licensing"},
         {PolicySetting::prevent_upgrade, "prevent_upgrade"},
         {PolicySetting::either_cal, "either_cal"},
         {PolicySetting::server_ca_file, "server_ca_file"},
         {PolicySetting::server_fingerprints, "server_fingerprints"},
         {PolicySetting::services, "services"},
         {PolicySetting::contact, "contact"},
         {PolicySetting::language, "language"},
         {PolicySetting::admit_offline, "admit_offline"},
         {PolicySetting::budget_ms, "budget_ms"}}};
};

inline constexpr std::string_view kRemoteDesktopKey =
    R"(Software\Policies\Microsoft\Windows NT\Terminal Services)";
inline constexpr std::string_view kCalmKey = R"(Software\Policies\CALM\Host)";

// How a setting stands in the file.
enum class PolicyForm : uint8_t {
    flag,    // DWORD 1 or 0
    number,  // DWORD
    text,    // SZ
    list,    // a key of its own; each of its values is one NAME=TEXT
};

template <>
struct NamesOf<PolicyForm> {
    static constexpr Names<PolicyForm, 4> value{{{PolicyForm::flag, "flag"},
                                                 {PolicyForm::number, "number"},
                                                 {PolicyForm::text, "text"},
                                                 {PolicyForm::list, "list"}}};
};

struct PolicyItem {
    PolicySetting setting;
    PolicyForm form;
    std::string_view key;
    std::string_view value;      // of a list: the name of its key under `key`
    bool at_the_server = false;  // it is a license server that acts on it, not a host
};

const std::array<PolicyItem, NamesOf<PolicySetting>::value.size()>& policy_items();
const PolicyItem& item_of(PolicySetting setting);
// The key that the setting's values stand in.
std::string key_of(const PolicyItem& item);

}  // namespace calm
