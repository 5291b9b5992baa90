// What a host goes by: the policy first, then the license server, then host.toml.
#include "agent/effective.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/policy_edit.h"

namespace calm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kFile = R"(
[host]
mode = "per_user"
contact = "poste 1234"
[[server]]
address = "https://Pinned.example.org:8443"
fingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
[[server]]
address = "unix:/srv/calmd.sock"
[service.sshd]
product = "p-1"
mode = "user"
)";

HostConfig file(const char* text = kFile) {
    return *parse_host_config(text);
}

EffectiveHost in_force(const RegistryPol& entries, const char* text = kFile) {
    return put_in_force(file(text), read_host_policy(entries), "RDS1.example.org");
}

PolicyEntry servers(std::string_view list) {
    return text_entry(kRemoteDesktopKey, "LicenseServers", list);
}

std::vector<std::string> addresses(const EffectiveHost& host) {
    std::vector<std::string> out;
    for (const ServerConfig& server : host.config.servers)
        out.push_back(to_string(server.address));
    return out;
}

EffectiveValue value(const EffectiveHost& host, PolicySetting setting,
                     LicensingMode at_server = LicensingMode::not_configured) {
    return effective_values(host, at_server)[static_cast<size_t>(setting)];
}

TEST(EffectiveHost, WithoutAPolicyTheFileCounts) {
    const EffectiveHost host = in_force({});
    EXPECT_EQ(host.config, file());
    EXPECT_EQ(value(host, PolicySetting::contact).source, SettingSource::file);
    EXPECT_EQ(value(host, PolicySetting::budget_ms).source, SettingSource::built_in);
    EXPECT_EQ(value(host, PolicySetting::budget_ms).value, "1800");
}

TEST(EffectiveHost, ThePolicyBeatsTheFile) {
    RegistryPol entries;
    set_text(entries, item_of(PolicySetting::contact), "poste 9");
    set_text(entries, item_of(PolicySetting::language), "fr");
    set_number(entries, item_of(PolicySetting::budget_ms), 900);
    set_flag(entries, item_of(PolicySetting::admit_offline));
    set_flag(entries, item_of(PolicySetting::hide_notices));
    set_list(entries, item_of(PolicySetting::services), {{"sshd", "p-2"}, {"xrdp", "p-3"}});
    const EffectiveHost host = in_force(entries);
    EXPECT_EQ(host.config.contact, "poste 9");
    EXPECT_EQ(host.config.language, Language::fr);
    EXPECT_EQ(host.config.budget.count(), 900);
    EXPECT_EQ(host.config.offline, OfflinePolicy::admit);
    EXPECT_TRUE(host.config.hide_notices);
    ASSERT_EQ(host.config.services.size(), 2);
    EXPECT_EQ(host.config.find_service("sshd")->product, "p-2");
    EXPECT_EQ(host.config.find_service("sshd")->mode, AskFor::user);
    EXPECT_EQ(host.config.find_service("xrdp")->product, "p-3");
    for (const PolicySetting setting : {PolicySetting::contact, PolicySetting::services,
                                        PolicySetting::hide_notices, PolicySetting::budget_ms})
        EXPECT_EQ(value(host, setting).source, SettingSource::policy);
}

TEST(EffectiveHost, WhatThePolicyDisablesIsNotWhatTheFileSays) {
    RegistryPol entries;
    set_disabled(entries, item_of(PolicySetting::admit_offline));
    set_disabled(entries, item_of(PolicySetting::contact));
    const EffectiveHost host = in_force(entries, "[host]\noffline = \"admit\"\ncontact = \"x\"\n");
    EXPECT_EQ(host.config.offline, OfflinePolicy::refuse);
    EXPECT_EQ(value(host, PolicySetting::admit_offline).source, SettingSource::policy);
    // A text that is taken away leaves the next in the order.
    EXPECT_EQ(host.config.contact, "x");
    EXPECT_EQ(value(host, PolicySetting::contact).source, SettingSource::file);
}

TEST(EffectiveHost, TheModeComesFromThePolicyThenTheServerThenTheFile) {
    const EffectiveHost free = in_force({});
    RegistryPol entries;
    set_number(entries, item_of(PolicySetting::licensing_mode), 2);
    const EffectiveHost bound = in_force(entries);
    const auto mode = [](const EffectiveHost& host, LicensingMode at_server) {
        const EffectiveValue got = value(host, PolicySetting::licensing_mode, at_server);
        return std::pair(got.value, got.source);
    };
    using Mode = std::pair<std::string, SettingSource>;
    EXPECT_EQ(mode(bound, LicensingMode::either), Mode("per_device", SettingSource::policy));
    EXPECT_EQ(mode(free, LicensingMode::either), Mode("either", SettingSource::license_server));
    EXPECT_EQ(mode(free, LicensingMode::not_configured), Mode("per_user", SettingSource::file));
    EXPECT_EQ(mode(in_force({}, ""), LicensingMode::not_configured),
              Mode("not_configured", SettingSource::built_in));
    EXPECT_EQ(value(free, PolicySetting::either_cal, LicensingMode::either).value, "yes");
}

TEST(EffectiveHost, ServersAreNamedAsThePolicyAlwaysDid) {
    EXPECT_THAT(addresses(in_force({servers("Server1, Server2.example.com:99,192.168.1.1,[::1]")})),
                ElementsAre("https://Server1:7443", "https://Server2.example.com:99",
                            "https://192.168.1.1:7443", "https://[::1]:7443"));
    EXPECT_THAT(addresses(in_force({servers("https://a:1,unix:/x")})),
                ElementsAre("https://a:1", "unix:/x"));
}

TEST(EffectiveHost, TheLocalComputerIsAskedAtItsSocket) {
    for (const char* name : {"rds1", "RDS1.Example.org", "localhost"}) {
        EXPECT_THAT(addresses(in_force({servers(name)})), ElementsAre("unix:/srv/calmd.sock"))
            << name;
        EXPECT_THAT(addresses(in_force({servers(name)}, "")),
                    ElementsAre("unix:/run/calm/calmd.sock"))
            << name;
    }
    EXPECT_THAT(addresses(in_force({servers("rds1,rds1.example.org")})),
                ElementsAre("unix:/srv/calmd.sock"));
    EXPECT_THAT(addresses(in_force({servers("rds1.other.org")})),
                ElementsAre("https://rds1.other.org:7443"));
}

TEST(EffectiveHost, AServerThatTheFileKnowsHasItsProofOfIdentity) {
    const EffectiveHost host = in_force({servers("pinned.EXAMPLE.org")});
    EXPECT_THAT(addresses(host), ElementsAre("https://Pinned.example.org:8443"));
    EXPECT_EQ(host.config.servers[0].fingerprint, file().servers[0].fingerprint);
    EXPECT_EQ(in_force({servers("pinned.example.org:8443")}).config.servers, host.config.servers);
    EXPECT_FALSE(in_force({servers("pinned.example.org:1")}).config.servers[0].fingerprint);
}

TEST(EffectiveHost, ThePolicyProvesWhoAServerIs) {
    RegistryPol entries{servers("ls1,ls2")};
    set_list(entries, item_of(PolicySetting::server_fingerprints),
             {{"LS1", std::string(64, 'a')}, {"ls2", "none"}});
    set_text(entries, item_of(PolicySetting::server_ca_file), "/etc/ca.pem");
    const EffectiveHost host = in_force(entries);
    ASSERT_EQ(host.config.servers.size(), 2);
    ASSERT_TRUE(host.config.servers[0].fingerprint);
    EXPECT_EQ(to_fingerprint(*host.config.servers[0].fingerprint), std::string(64, 'a'));
    EXPECT_FALSE(host.config.servers[1].fingerprint);
    EXPECT_EQ(host.config.servers[1].ca_file, "/etc/ca.pem");
    EXPECT_THAT(host.policy.problems,
                ElementsAre(PolicyProblem{PolicyFault::bad_fingerprint,
                                          PolicySetting::server_fingerprints, "ls2", "none"}));
}

TEST(EffectiveHost, AServerThatIsNoneIsNamedAndTheOthersCount) {
    const EffectiveHost host = in_force({servers("good,b a d")});
    EXPECT_THAT(addresses(host), ElementsAre("https://good:7443"));
    ASSERT_EQ(host.policy.problems.size(), 1);
    EXPECT_EQ(host.policy.problems[0].fault, PolicyFault::bad_server);
    EXPECT_EQ(host.policy.problems[0].found, "b a d");
    const EffectiveHost none = in_force({servers("b a d")});
    EXPECT_EQ(none.config.servers, file().servers);
    EXPECT_EQ(value(none, PolicySetting::license_servers).source, SettingSource::file);
}

TEST(EffectiveHost, ThereIsAMostOfServers) {
    std::string list;
    for (size_t i = 0; i <= kServersMax; ++i)
        list += "s" + std::to_string(i) + ",";
    const EffectiveHost host = in_force({servers(list)});
    EXPECT_EQ(host.config.servers.size(), kServersMax);
    EXPECT_EQ(host.policy.problems.at(0).fault, PolicyFault::too_many);
}

TEST(EffectiveHost, WhatALicenseServerActsOnIsANoteOnly) {
    RegistryPol entries;
    set_disabled(entries, item_of(PolicySetting::secure_licensing));
    const EffectiveHost host = in_force(entries);
    ASSERT_EQ(host.policy.problems.size(), 1);
    EXPECT_TRUE(is_only_a_note(host.policy.problems[0].fault));
    EXPECT_EQ(value(host, PolicySetting::secure_licensing).value, "yes");
    set_flag(entries, item_of(PolicySetting::secure_licensing));
    EXPECT_THAT(in_force(entries).policy.problems, IsEmpty());
    set_flag(entries, item_of(PolicySetting::prevent_upgrade));
    const EffectiveHost kept = in_force(entries);
    ASSERT_EQ(kept.policy.problems.size(), 1);
    EXPECT_EQ(kept.policy.problems[0].fault, PolicyFault::at_the_server);
    EXPECT_TRUE(is_only_a_note(kept.policy.problems[0].fault));
}

}  // namespace
}  // namespace calm
