// HostPolicy: what a Registry.pol says to a host. A value that is not as it should be counts as not
// configured, and is named: a slip in an editor must neither be passed over nor lock people out.
// Pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/terms.h"
#include "policy/policy_items.h"
#include "policy/registry_pol.h"

namespace calm {

// The editor's three words. Of a text, a number or a list `disabled` says that the policy takes it
// away: what comes next in the order decides.
enum class PolicyState : uint8_t { not_configured, enabled, disabled };

template <>
struct NamesOf<PolicyState> {
    static constexpr Names<PolicyState, 3> value{{{PolicyState::not_configured, "not_configured"},
                                                  {PolicyState::enabled, "enabled"},
                                                  {PolicyState::disabled, "disabled"}}};
};

// What is wrong with a value. All but the last three say that it is not used, and is to be mended.
enum class PolicyFault : uint8_t {
    wrong_type,
    not_a_switch,
    unknown_mode,
    out_of_range,
    bad_text,
    bad_language,
    bad_product,
    bad_server,
    bad_fingerprint,
    too_many,
    unknown_value,
    unknown_directive,
    mode_as_per_user,  // 6 means a directory that CALM does not tell from others
    secured_anyway,    // only enrolled hosts are answered, whatever the policy says
    at_the_server,     // a rule of the product, which a license server goes by
};

template <>
struct NamesOf<PolicyFault> {
    static constexpr Names<PolicyFault, 15> value{
        {{PolicyFault::wrong_type, "wrong_type"},
         {PolicyFault::not_a_switch, "not_a_switch"},
         {PolicyFault::unknown_mode, "unknown_mode"},
         {PolicyFault::out_of_range, "out_of_range"},
         {PolicyFault::bad_text, "bad_text"},
         {PolicyFault::bad_language, "bad_language"},
         {PolicyFault::bad_product, "bad_product"},
         {PolicyFault::bad_server, "bad_server"},
         {PolicyFault::bad_fingerprint, "bad_fingerprint"},
         {PolicyFault::too_many, "too_many"},
         {PolicyFault::unknown_value, "unknown_value"},
         {PolicyFault::unknown_directive, "unknown_directive"},
         {PolicyFault::mode_as_per_user, "mode_as_per_user"},
         {PolicyFault::secured_anyway, "secured_anyway"},
         {PolicyFault::at_the_server, "at_the_server"}}};
};

constexpr bool is_only_a_note(PolicyFault fault) {
    return fault >= PolicyFault::mode_as_per_user;
}

struct PolicyProblem {
    PolicyFault fault;
    std::optional<PolicySetting> setting;  // absent: of none that is known
    std::string value;                     // its name in the registry
    std::string found;                     // what stands there

    bool operator==(const PolicyProblem&) const = default;
};

struct HostPolicy {
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    std::array<PolicyState, NamesOf<PolicySetting>::value.size()> states{};
    std::vector<std::string> license_servers;  // empty: not set; as written, in their order
    std::optional<LicensingMode> mode;         // `either` where either_cal is enabled
    std::optional<bool> hide_notices;
    std::optional<bool> secure_licensing;
    std::optional<bool> prevent_upgrade;
    std::string server_ca_file;  // empty: not set; so are the texts that follow
    Pairs server_fingerprints;   // server, fingerprint as written
    Pairs services;              // PAM service, product
    std::string contact;
    std::string language;  // "en" or "fr"
    std::optional<bool> admit_offline;
    std::optional<uint32_t> budget_ms;
    std::vector<PolicyProblem> problems;

    PolicyState state(PolicySetting setting) const { return states[static_cast<size_t>(setting)]; }
};

inline constexpr size_t kPolicyListMax = 256;      // values of a list
inline constexpr size_t kPolicyTextMax = 1024;     // bytes of a text
inline constexpr uint32_t kPolicyBudgetMin = 100;  // as host.toml's
inline constexpr uint32_t kPolicyBudgetMax = 2000;

// Of several files the entries stand one after the other: the later beats the earlier.
HostPolicy read_host_policy(const RegistryPol& entries);

}  // namespace calm
