// What a Registry.pol says to a host, and that nothing in it is passed over in silence.
#include "policy/host_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/policy_edit.h"

namespace calm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

PolicyEntry remote(std::string_view value, uint32_t number) {
    return dword_entry(kRemoteDesktopKey, value, number);
}
PolicyEntry remote(std::string_view value, std::string_view text) {
    return text_entry(kRemoteDesktopKey, value, text);
}
PolicyEntry own(std::string_view value, uint32_t number) {
    return dword_entry(kCalmKey, value, number);
}
PolicyEntry own(std::string_view value, std::string_view text) {
    return text_entry(kCalmKey, value, text);
}
std::string below(std::string_view list) {
    return std::string(kCalmKey) + "\\" + std::string(list);
}

std::vector<PolicyFault> faults(const HostPolicy& policy) {
    std::vector<PolicyFault> out;
    for (const PolicyProblem& problem : policy.problems)
        out.push_back(problem.fault);
    return out;
}

TEST(HostPolicy, EverySettingIsRead) {
    const HostPolicy policy = read_host_policy(
        {remote("LicenseServers", "Server1, Server2.example.com,192.168.1.1"),
         remote("LicensingMode", 2), remote("fDisableTerminalServerTooltip", 1),
         remote("fSecureLicensing", 0), remote("fPreventLicenseUpgrade", 1),
         own("ServerCaFile", "/etc/ssl/ca.pem"),
         text_entry(below("ServerFingerprints"), "server1", "ab:cd"),
         text_entry(below("Services"), "sshd", "terminal-services-2022"), own("Contact", "1234"),
         own("Language", "fr"), own("AdmitOffline", 1), own("BudgetMs", 1500)});
    EXPECT_THAT(policy.problems, IsEmpty());
    EXPECT_THAT(policy.license_servers,
                ElementsAre("Server1", "Server2.example.com", "192.168.1.1"));
    EXPECT_EQ(policy.mode, LicensingMode::per_device);
    EXPECT_EQ(policy.hide_notices, true);
    EXPECT_EQ(policy.secure_licensing, false);
    EXPECT_EQ(policy.prevent_upgrade, true);
    EXPECT_EQ(policy.server_ca_file, "/etc/ssl/ca.pem");
    EXPECT_THAT(policy.server_fingerprints, ElementsAre(Pair("server1", "ab:cd")));
    EXPECT_THAT(policy.services, ElementsAre(Pair("sshd", "terminal-services-2022")));
    EXPECT_EQ(policy.contact, "1234");
    EXPECT_EQ(policy.language, "fr");
    EXPECT_EQ(policy.admit_offline, true);
    EXPECT_EQ(policy.budget_ms, 1500);
    EXPECT_EQ(policy.state(PolicySetting::secure_licensing), PolicyState::disabled);
    EXPECT_EQ(policy.state(PolicySetting::either_cal), PolicyState::not_configured);
}

TEST(HostPolicy, TheModesAreThoseOfThePolicy) {
    const auto mode = [](uint32_t number) {
        return read_host_policy({remote("LicensingMode", number)}).mode;
    };
    EXPECT_EQ(mode(2), LicensingMode::per_device);
    EXPECT_EQ(mode(4), LicensingMode::per_user);
    EXPECT_EQ(mode(5), std::nullopt);
    EXPECT_EQ(mode(6), LicensingMode::per_user);
    EXPECT_EQ(mode(3), std::nullopt);
    EXPECT_THAT(faults(read_host_policy({remote("LicensingMode", 5)})), IsEmpty());
    EXPECT_THAT(faults(read_host_policy({remote("LicensingMode", 6)})),
                ElementsAre(PolicyFault::mode_as_per_user));
    EXPECT_THAT(faults(read_host_policy({remote("LicensingMode", 3)})),
                ElementsAre(PolicyFault::unknown_mode));
}

TEST(HostPolicy, EitherCalIsTheNarrowerSetting) {
    EXPECT_EQ(read_host_policy({remote("LicensingMode", 2), own("EitherCal", 1)}).mode,
              LicensingMode::either);
    EXPECT_EQ(read_host_policy({remote("LicensingMode", 2), own("EitherCal", 0)}).mode,
              LicensingMode::per_device);
}

TEST(HostPolicy, ABadValueIsNamedAndNotUsed) {
    struct Case {
        PolicyEntry entry;
        PolicyFault fault;
    };
    for (const Case& each :
         {Case{remote("LicensingMode", "4"), PolicyFault::wrong_type},
          Case{remote("fDisableTerminalServerTooltip", 2), PolicyFault::not_a_switch},
          Case{remote("LicenseServers", 7), PolicyFault::wrong_type},
          Case{remote("LicenseServers", " , "), PolicyFault::bad_text},
          Case{own("Contact", "a\nb"), PolicyFault::bad_text},
          Case{own("Contact", std::string(1025, 'x')), PolicyFault::bad_text},
          Case{own("Language", "de"), PolicyFault::bad_language},
          Case{own("ServerCaFile", "ca.pem"), PolicyFault::bad_text},
          Case{own("BudgetMs", 99), PolicyFault::out_of_range},
          Case{own("BudgetMs", 2001), PolicyFault::out_of_range},
          Case{text_entry(below("Services"), "sshd", "No product!"), PolicyFault::bad_product},
          Case{own("Langage", "fr"), PolicyFault::unknown_value},
          Case{own("**perhaps.Contact", ""), PolicyFault::unknown_directive}}) {
        const HostPolicy policy = read_host_policy({each.entry});
        EXPECT_THAT(faults(policy), ElementsAre(each.fault)) << utf8_of(each.entry.value);
        HostPolicy nothing = policy;
        nothing.problems.clear();
        nothing.states = {};
        const HostPolicy none = read_host_policy({});
        EXPECT_EQ(nothing.license_servers, none.license_servers);
        EXPECT_EQ(nothing.mode, none.mode);
        EXPECT_EQ(nothing.contact + nothing.language + nothing.server_ca_file, "");
        EXPECT_EQ(nothing.budget_ms, none.budget_ms);
        EXPECT_TRUE(nothing.services.empty());
    }
}

TEST(HostPolicy, TheLaterEntryCountsAndCaseDoesNot) {
    PolicyEntry shouted = remote("LicensingMode", 4);
    shouted.key = u"SOFTWARE\\POLICIES\\MICROSOFT\\WINDOWS NT\\TERMINAL SERVICES";
    shouted.value = u"LICENSINGMODE";
    EXPECT_EQ(read_host_policy({remote("LicensingMode", 2), shouted}).mode,
              LicensingMode::per_user);
}

TEST(HostPolicy, DirectivesTakeAwayWhatStoodBefore) {
    const PolicyEntry mode = remote("LicensingMode", 2);
    const auto state_after = [&](const PolicyEntry& directive) {
        return read_host_policy({mode, directive}).state(PolicySetting::licensing_mode);
    };
    EXPECT_EQ(state_after(remote("**del.LicensingMode", " ")), PolicyState::disabled);
    EXPECT_EQ(state_after(remote("**DeleteValues", "a;LicensingMode")), PolicyState::disabled);
    EXPECT_EQ(state_after(remote("**DelVals", "")), PolicyState::disabled);
    EXPECT_EQ(state_after(remote("**delvals.", " ")), PolicyState::disabled);
    EXPECT_EQ(
        state_after(text_entry(R"(Software\Policies\Microsoft)", "**DeleteKeys", "Windows NT")),
        PolicyState::disabled);
    EXPECT_EQ(state_after(remote("**del.Other", " ")), PolicyState::enabled);
    EXPECT_EQ(state_after(remote("**SecureKey=1", " ")), PolicyState::enabled);
    EXPECT_EQ(read_host_policy({remote("**delvals.", " "), mode}).mode, LicensingMode::per_device);
}

TEST(HostPolicy, AListHasAMost) {
    RegistryPol entries;
    for (size_t i = 0; i <= kPolicyListMax; ++i)
        entries.push_back(text_entry(below("Services"), "s" + std::to_string(i), "p"));
    const HostPolicy policy = read_host_policy(entries);
    EXPECT_EQ(policy.services.size(), kPolicyListMax);
    EXPECT_THAT(faults(policy), ElementsAre(PolicyFault::too_many));
}

RegistryPol with_others() {
    return {text_entry(R"(Software\Policies\Other)", "LicensingMode", "x"),
            remote("LicensingMode", 2), remote("fAllowToGetHelp", 1),
            PolicyEntry{.key = u"K", .value = u"", .type = RegistryType::none}};
}

TEST(PolicyEdit, WhatIsEnabledIsReadAndWhatIsNotIsNot) {
    for (const PolicyItem& item : policy_items()) {
        RegistryPol entries = with_others();
        switch (item.form) {
            case PolicyForm::flag: set_flag(entries, item); break;
            case PolicyForm::number:
                set_number(entries, item, item.setting == PolicySetting::budget_ms ? 900 : 4);
                break;
            case PolicyForm::text:
                set_text(entries, item,
                         item.setting == PolicySetting::language ? "fr" : "/some/text");
                break;
            case PolicyForm::list: set_list(entries, item, {{"a", "p-1"}, {"b", "p-2"}}); break;
        }
        EXPECT_EQ(read_host_policy(entries).state(item.setting), PolicyState::enabled)
            << item.value;
        EXPECT_THAT(read_host_policy(entries).problems, IsEmpty()) << item.value;
        EXPECT_EQ(count_others(entries), 3);
        set_disabled(entries, item);
        EXPECT_EQ(read_host_policy(entries).state(item.setting), PolicyState::disabled)
            << item.value;
        set_not_configured(entries, item);
        EXPECT_EQ(read_host_policy(entries).state(item.setting), PolicyState::not_configured)
            << item.value;
        EXPECT_EQ(count_others(entries), 3);
    }
}

TEST(PolicyEdit, OtherEntriesStayWhereTheyAre) {
    RegistryPol entries = with_others();
    set_number(entries, item_of(PolicySetting::licensing_mode), 4);
    RegistryPol expected = with_others();
    expected[1] = remote("LicensingMode", 4);
    EXPECT_EQ(entries, expected);
    set_disabled(entries, item_of(PolicySetting::licensing_mode));
    expected[1] = remote("**del.LicensingMode", " ");
    EXPECT_EQ(entries, expected);
    set_not_configured(entries, item_of(PolicySetting::licensing_mode));
    expected.erase(expected.begin() + 1);
    EXPECT_EQ(entries, expected);
}

}  // namespace
}  // namespace calm
