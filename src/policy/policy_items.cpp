// The table of settings.
#include "policy/policy_items.h"

namespace calm {

const std::array<PolicyItem, NamesOf<PolicySetting>::value.size()>& policy_items() {
    using enum PolicySetting;
    using enum PolicyForm;
    static constexpr std::array<PolicyItem, NamesOf<PolicySetting>::value.size()> kItems{{
        {license_servers, text, kRemoteDesktopKey, "LicenseServers"},
        {licensing_mode, number, kRemoteDesktopKey, "LicensingMode"},
        {hide_notices, flag, kRemoteDesktopKey, "fDisableTerminalServerTooltip"},
        {secure_licensing, flag, kRemoteDesktopKey, "fSecureLicensing", true},
        {prevent_upgrade, flag, kRemoteDesktopKey, "fPreventLicenseUpgrade", true},
        {either_cal, flag, kCalmKey, "EitherCal"},
        {server_ca_file, text, kCalmKey, "ServerCaFile"},
        {server_fingerprints, list, kCalmKey, "ServerFingerprints"},
        {services, list, kCalmKey, "Services"},
        {contact, text, kCalmKey, "Contact"},
        {language, text, kCalmKey, "Language"},
        {admit_offline, flag, kCalmKey, "AdmitOffline"},
        {budget_ms, number, kCalmKey, "BudgetMs"},
    }};
    static_assert([] {
        for (size_t i = 0; i < kItems.size(); ++i) {
            if (static_cast<size_t>(kItems[i].setting) != i) return false;
        }
        return true;
    }());
    return kItems;
}

const PolicyItem& item_of(PolicySetting setting) {
    return policy_items()[static_cast<size_t>(setting)];
}

std::string key_of(const PolicyItem& item) {
    std::string key(item.key);
    if (item.form == PolicyForm::list) key.append("\\").append(item.value);
    return key;
}

}  // namespace calm
