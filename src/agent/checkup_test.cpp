// What the doctor of a host makes of what it sees: every state of the reference's diagnoser has a
// finding (docs/hosts/doctor.md), every finding a text and a mend in both languages.
#include "agent/checkup.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calm {
namespace {

using Level = Finding::Level;
using std::chrono::milliseconds;

constexpr Instant kNow{1'800'000'000};

wire::Checkup checkup_with(const wire::CheckupProduct& product) {
    return {.version = "1.0",
            .ledger_time = kNow,
            .host = {1},
            .name = "ssh1",
            .mode = LicensingMode::per_user,
            .product = product};
}

wire::CheckupProduct product_with(const wire::CheckupStock& users,
                                  const wire::CheckupStock& devices = {}) {
    return {.product = "sql-2012", .per_user = users, .per_device = devices};
}

AskedServer answering() {
    return {.name = "https://ls1:7443",
            .took = milliseconds(3),
            .clock = kNow,
            .of = {checkup_with(product_with({.seats = 10, .free = 5}))}};
}

AskedServer failing(const char* code) {
    return {.name = "https://ls1:7443", .trouble = Error{code, "why"}};
}

Findings judged(const AskedServer& server) {
    return judge_server(server, milliseconds(1800), kNow, "1.0");
}

// CHECK:KEY:LEVEL of each that is not good, in their order.
std::string bad_ones(const Findings& findings) {
    std::string out;
    for (const Finding& each : findings) {
        if (each.level == Level::good) continue;
        out += (out.empty() ? "" : " ") + each.check + ":" + each.key + ":" +
               std::string(level_name(each.level));
    }
    return out;
}

TEST(HostCheckup, AServerThatAnswersWellIsGood) {
    EXPECT_EQ(bad_ones(judged(answering())), "");
}

TEST(HostCheckup, WhatAServerAnswersInsteadIsNamed) {
    for (const auto& [code, key] : {std::pair("server_unreachable", "server_silent"),
                                    std::pair("server_untrusted", "server_untrusted"),
                                    std::pair("answer_malformed", "server_nonsense"),
                                    std::pair("host_token_unknown", "server_knows_no_host"),
                                    std::pair("host_token_altered", "server_knows_no_host"),
                                    std::pair("host_token_foreign", "server_other_ledger"),
                                    std::pair("host_token_expired", "server_clock_far"),
                                    std::pair("forbidden", "server_refuses")}) {
        EXPECT_EQ(bad_ones(judged(failing(code))), std::string("server:") + key + ":bad");
    }
    EXPECT_EQ(bad_ones(judged(failing("no_such_route"))), "server:server_older:warning");
}

TEST(HostCheckup, ClocksVersionsAndSlownessAreSaid) {
    AskedServer server = answering();
    server.clock = kNow + Seconds{59};
    EXPECT_EQ(bad_ones(judged(server)), "");
    server.clock = kNow + minutes(2);
    EXPECT_EQ(bad_ones(judged(server)), "clock_skew:skew_behind:warning");
    server.clock = kNow - minutes(2);
    EXPECT_EQ(bad_ones(judged(server)), "clock_skew:skew_ahead:warning");
    server = answering();
    server.took = milliseconds(1801);
    EXPECT_EQ(bad_ones(judged(server)), "server:server_slow:warning");
    server = answering();
    server.of.front().version = "1.1";
    EXPECT_EQ(bad_ones(judged(server)), "version:version_differs:note");
}

TEST(HostCheckup, HowTheServerDoesIsSaid) {
    AskedServer server = answering();
    wire::Checkup& checkup = server.of.front();
    checkup.clock = wire::ServerClock::ahead;
    checkup.issuing = false;
    checkup.restoring = true;
    checkup.not_activated = {"Contoso"};
    EXPECT_EQ(bad_ones(judged(server)),
              "ledger_time:ledger_time_stands:bad issuing:issuing_stopped:bad "
              "restore:restoring:warning activation:activation_missing:warning");
    server = answering();
    server.of.front().clock = wire::ServerClock::behind;
    EXPECT_EQ(bad_ones(judged(server)), "ledger_time:ledger_time_ahead:warning");
}

std::string packs(const wire::CheckupProduct& product,
                  LicensingMode mode = LicensingMode::per_user) {
    return bad_ones(judge_product("sql-2012", checkup_with(product), mode));
}

TEST(HostCheckup, PacksAreJudgedByTheHostsMode) {
    const wire::CheckupStock some{.seats = 10, .free = 1};
    EXPECT_EQ(packs(product_with(some)), "");
    EXPECT_EQ(packs(product_with({}, some)), "packs:packs_other_kind:bad");
    EXPECT_EQ(packs(product_with({}, some), LicensingMode::per_device), "");
    EXPECT_EQ(packs(product_with(some), LicensingMode::per_device), "packs:packs_other_kind:bad");
    EXPECT_EQ(packs(product_with({}, some), LicensingMode::either), "");
    EXPECT_EQ(packs(product_with({}, some), LicensingMode::not_configured), "");
    EXPECT_EQ(packs(product_with({})), "packs:packs_none:bad");
    EXPECT_EQ(packs(product_with({.older = 5})), "packs:packs_older:bad");
    EXPECT_EQ(packs(product_with({.elsewhere = 5})), "packs:packs_elsewhere:bad");
    EXPECT_EQ(packs(product_with({.not_activated = 5})), "packs:packs_not_activated:bad");
    EXPECT_EQ(
        bad_ones(judge_product("sql-2012", {.version = "1.0", .ledger_time = kNow, .host = {1}},
                               LicensingMode::per_user)),
        "packs:product_unknown:bad");
}

TEST(HostCheckup, FewCalsAndNoneAreTold) {
    EXPECT_EQ(packs(product_with({.seats = 100, .free = 9})), "packs:packs_few:warning");
    EXPECT_EQ(packs(product_with({.seats = 100, .free = 10})), "");
    EXPECT_EQ(packs(product_with({.seats = 100})), "packs:packs_used_up:bad");
    wire::CheckupProduct over = product_with({.seats = 100}, {.seats = 100});
    over.overuse = true;
    EXPECT_EQ(packs(over), "packs:packs_overuse:warning");
    // Over-use is for users.
    EXPECT_EQ(packs(over, LicensingMode::per_device), "packs:packs_used_up:bad");
    over.requirement = CalRequirement::trusted;
    EXPECT_EQ(packs(over), "");
    wire::CheckupProduct free = product_with({});
    free.requirement = CalRequirement::none;
    EXPECT_EQ(packs(free), "");
}

TEST(HostCheckup, TheInitialGraceIsCounted) {
    wire::CheckupProduct product = product_with({});
    product.grace_until = kNow + days(100);
    EXPECT_EQ(packs(product), "grace:grace_runs:note packs:packs_none:warning");
    product.grace_until = kNow + days(14);
    EXPECT_EQ(packs(product), "grace:grace_runs:warning packs:packs_none:warning");
    product.grace_until = kNow;
    EXPECT_EQ(packs(product), "grace:grace_over:bad packs:packs_none:bad");
    product.per_user = {.seats = 5, .free = 5};
    EXPECT_EQ(packs(product), "");
}

HostState remembered() {
    HostState state;
    state.last_contact = kNow - days(2);
    state.products = {{.product = "sql-2012", .outage_days = 7}};
    return state;
}

std::string memory(const Result<HostState>& state, bool answered) {
    return bad_ones(judge_memory(state, {"sql-2012"}, answered, kNow));
}

TEST(HostCheckup, WhatTheHostRemembersIsJudged) {
    EXPECT_EQ(memory(remembered(), true), "");
    EXPECT_EQ(memory(remembered(), false), "outage:outage_runs:warning");
    HostState state = remembered();
    state.last_contact = kNow - days(7);
    EXPECT_EQ(memory(state, false), "outage:outage_over:bad");
    // Its initial grace admits as well.
    state.products[0].grace_until = kNow + days(1);
    EXPECT_EQ(memory(state, false), "outage:outage_runs:warning");
    state.products[0].requirement = CalRequirement::trusted;
    EXPECT_EQ(memory(state, false), "");
    EXPECT_EQ(memory(HostState{}, true), "contact:contact_awaited:warning");
    EXPECT_EQ(memory(HostState{}, false), "contact:contact_never:bad");
    const Result<HostState> lost = fail("host_state_malformed", "it was edited");
    EXPECT_EQ(memory(lost, true), "memory:memory_lost:warning");
    EXPECT_EQ(memory(lost, false), "memory:memory_lost:bad");
    state = remembered();
    state.rollback = {.at = kNow, .detail = "shorter"};
    state.decisions.push_back({.at = kNow, .product = "sql-2012"});
    state.successor = "https://ls2:7443";
    EXPECT_EQ(memory(state, true),
              "history:history_rolled_back:bad untold:untold:note successor:successor:note");
}

TEST(HostCheckup, SettingsModeAndEnrolmentAreJudged) {
    EXPECT_EQ(bad_ones(judge_settings({})),
              "servers:servers_none:bad services:services_none:warning");
    HostConfig config;
    config.servers = {{.address = *parse_server_address("https://ls1")}};
    config.services = {{.name = "sshd", .product = "sql-2012"}};
    EXPECT_EQ(bad_ones(judge_settings(config)), "");
    EXPECT_EQ(judge_mode({}).key, "mode_missing");
    EXPECT_EQ(judge_mode({.mode = LicensingMode::per_user}).level, Level::good);
    EXPECT_EQ(judge_identity({"host_not_enrolled", ""}, true).key, "enrolment_missing");
    EXPECT_EQ(judge_identity({"host_key_malformed", ""}, true).key, "enrolment_key");
    EXPECT_EQ(judge_identity({"host_not_enrolled", ""}, false).key, "enrolment_closed");
}

TEST(HostCheckup, APolicyOverHostTomlIsSaid) {
    HostConfig file;
    file.mode = LicensingMode::per_user;
    file.contact = "IT";
    HostPolicy policy;
    policy.mode = LicensingMode::per_device;
    policy.contact = "IT";
    for (const PolicySetting setting : {PolicySetting::licensing_mode, PolicySetting::contact})
        policy.states[static_cast<size_t>(setting)] = PolicyState::enabled;
    policy.problems = {
        {PolicyFault::bad_server, PolicySetting::license_servers, "LicenseServers", "a b"}};
    PolicyFiles files;
    files.unusable = {{"/etc/calm/Registry.pol", Error{"registry_pol_malformed", "cut short"}}};
    const EffectiveHost host = put_in_force(file, policy, "ssh1");
    EXPECT_EQ(bad_ones(judge_policy(files, host, file)),
              "policy:policy_unusable:bad policy:policy_value:warning "
              "policy:policy_overrides:note");
    EXPECT_EQ(bad_ones(judge_policy({}, put_in_force(file, {}, "ssh1"), file)), "");
}

TEST(HostCheckup, EveryFindingHasItsTexts) {
    for (const Language language : {Language::en, Language::fr}) {
        size_t texts = 0;
        for (const std::string_view key : message_keys(language)) {
            if (!key.starts_with("hostd.doctor.") || key.ends_with("_mend")) continue;
            ++texts;
            EXPECT_FALSE(message(language, key).empty());
        }
        EXPECT_GE(texts, 60U);
    }
    const Findings findings = judged(failing("host_token_unknown"));
    const Telling french{.language = Language::fr, .texts = "hostd.doctor"};
    EXPECT_THAT(told(findings, french),
                testing::AllOf(testing::HasSubstr("MAUVAIS"), testing::HasSubstr("ne connaît pas"),
                               testing::HasSubstr("calm host token")));
    const auto json = to_json(findings, french);
    EXPECT_EQ(json.at("level").as_string(), "bad");
    EXPECT_EQ(json.at("checks").at(0).at("finding").as_string(), "server_knows_no_host");
}

}  // namespace
}  // namespace calm
