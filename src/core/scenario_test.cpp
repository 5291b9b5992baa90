// The parser of `.calm` and the comparison of what is seen with what is expected.
#include "core/scenario.h"

#include <gtest/gtest.h>

namespace calm::scenario {
namespace {

Scenario parsed(std::string_view text) {
    auto scenario = parse_scenario(text);
    EXPECT_TRUE(scenario.has_value()) << scenario.error().detail;
    return scenario.has_value() ? *std::move(scenario) : Scenario{};
}

template <class S>
S only(std::string_view text) {
    const Scenario scenario = parsed(text);
    if (scenario.lines.size() != 1 || !std::holds_alternative<S>(scenario.lines[0].step)) {
        ADD_FAILURE() << text;
        return {};
    }
    return std::get<S>(scenario.lines[0].step);
}

Expectation expectation(std::string_view line, std::string_view before = "") {
    const Scenario scenario = parsed(std::string(before) + std::string(line));
    return scenario.lines.empty() ? Expectation{} : scenario.lines.back().expected;
}

std::string error_of(std::string_view text) {
    const auto scenario = parse_scenario(text);
    if (scenario) return "(none)";
    EXPECT_TRUE(scenario.error().code == "scenario_malformed" ||
                scenario.error().code == "scenario_too_large");
    return scenario.error().detail;
}

TEST(Scenario, TheFirstCommentIsItsRule) {
    EXPECT_EQ(parsed("\n#   A device CAL covers everyone.  \n# More.\n").rule,
              "A device CAL covers everyone.");
    EXPECT_EQ(parsed("# \n#\n").rule, "");
    EXPECT_EQ(parsed("#\n# Second\n").rule, "Second");
    EXPECT_EQ(parsed("sweep # not this\n").rule, "");
}

TEST(Scenario, BlankLinesAndCommentsAreNoSteps) {
    const Scenario scenario = parsed("\n  \t\n# c\nsweep # c\r\n\n\tsweep");
    ASSERT_EQ(scenario.lines.size(), 2u);
    EXPECT_EQ(scenario.lines[0].number, 4u);
    EXPECT_EQ(scenario.lines[1].number, 6u);
    EXPECT_EQ(scenario.lines[1].text, "\tsweep");
    EXPECT_TRUE(parsed("").lines.empty());
}

TEST(Scenario, AProductHasTheReferencesNumbersUnlessStated) {
    const auto plain = only<SetProduct>("product sql-2012 requires activated").product;
    EXPECT_EQ(plain.code, "sql-2012");
    EXPECT_EQ(plain.family, "sql");
    EXPECT_EQ(plain.version, 2012);
    EXPECT_EQ(plain.rules, ProductRules{});
    EXPECT_EQ(only<SetProduct>("product web requires none").product.rules.requirement,
              CalRequirement::none);
}

TEST(Scenario, AProductStatesAnyOfItsRules) {
    const Product product =
        only<SetProduct>(
            "product p requires trusted temporary 10d user 50d device 40d..45d renewal 3d grace 5d "
            "outage 2d overuse refuse revoke 30% prevent-upgrade grace-ends-with-first-cal family "
            "f "
            "version 7")
            .product;
    const ProductRules expected{.requirement = CalRequirement::trusted,
                                .overuse = OverUse::refuse,
                                .temporary_days = 10,
                                .user_days = 50,
                                .device_days_min = 40,
                                .device_days_max = 45,
                                .renewal_days = 3,
                                .initial_grace_days = 5,
                                .outage_days = 2,
                                .revoke_percent = 30,
                                .prevent_upgrade = true,
                                .grace_ends_with_first_cal = true};
    EXPECT_EQ(product.rules, expected);
    EXPECT_EQ(product.family, "f");
    EXPECT_EQ(product.version, 7);
    const auto fixed = only<SetProduct>("product p requires activated device 70d").product.rules;
    EXPECT_EQ(fixed.device_days_min, 70);
    EXPECT_EQ(fixed.device_days_max, 70);
}

TEST(Scenario, APackHasDatesAndAWayIn) {
    const auto pack =
        only<InstallPack>("pack P1 sql per_device 5 from 3d until 2026-12-31 declared");
    EXPECT_EQ(pack.name, "P1");
    EXPECT_EQ(pack.product, "sql");
    EXPECT_EQ(pack.kind, PackKind::per_device);
    EXPECT_EQ(pack.quantity, 5u);
    EXPECT_EQ(pack.from->from(kStart), kStart + days(3));
    EXPECT_EQ(to_rfc3339(pack.until->from(kStart)), "2026-12-31T00:00:00Z");
    EXPECT_TRUE(pack.declared);
    EXPECT_FALSE(pack.stranger);
    EXPECT_TRUE(only<InstallPack>("pack P sql per_user 1 stranger").stranger);
    EXPECT_EQ(expectation("pack P sql per_user 0 refused pack_malformed").refused,
              "pack_malformed");
}

TEST(Scenario, AHostStatesOnlyWhatItChanges) {
    const auto host = only<SetHost>("host h mode per_device preferred per_device grace 120d");
    EXPECT_EQ(host.name, "h");
    EXPECT_EQ(host.mode, LicensingMode::per_device);
    EXPECT_EQ(host.preferred, PackKind::per_device);
    EXPECT_EQ(host.grace, days(120));
    EXPECT_FALSE(host.removed);
    EXPECT_FALSE(only<SetHost>("host h").mode.has_value());
    EXPECT_TRUE(only<SetHost>("host h removed").removed);
}

TEST(Scenario, AnAdmissionNamesWhoWhereAndHow) {
    const auto admit =
        only<Admit>("admit anna pc sql on h id r1 admin 1 service token chance 7 allow cal_held");
    EXPECT_EQ(admit.user, "anna");
    EXPECT_EQ(admit.device, "pc");
    EXPECT_EQ(admit.product, "sql");
    EXPECT_EQ(admit.host, "h");
    EXPECT_EQ(admit.id, "r1");
    EXPECT_EQ(admit.administrators, 1u);
    EXPECT_TRUE(admit.service && admit.token);
    EXPECT_EQ(admit.chance, 7u);

    const auto plain = only<Admit>("admit - - sql");
    EXPECT_TRUE(plain.user.empty() && plain.device.empty() && plain.id.empty());
    EXPECT_EQ(plain.host, "host-1");
    EXPECT_FALSE(plain.administrators.has_value());
}

TEST(Scenario, ChanceFollowsFromTheLine) {
    const Scenario once = parsed("admit a - p\nadmit a - p\n");
    const Scenario again = parsed("admit a - p\nadmit a - p\n");
    const auto chance = [](const Scenario& s, size_t i) {
        return std::get<Admit>(s.lines[i].step).chance;
    };
    EXPECT_EQ(chance(once, 0), chance(again, 0));
    EXPECT_NE(chance(once, 0), chance(once, 1));
}

TEST(Scenario, AnAdmissionExpectsAReasonAndAnEnd) {
    const Expectation none = expectation("admit a - p");
    EXPECT_FALSE(none.reason || none.lasts || none.repeated || !none.refused.empty());
    EXPECT_EQ(expectation("admit a - p deny no_cal_available").reason, Reason::no_cal_available);
    const Expectation held = expectation("admit a - p allow cal_held repeated expires 52d..89d");
    EXPECT_EQ(held.reason, Reason::cal_held);
    EXPECT_TRUE(held.repeated);
    EXPECT_EQ(held.lasts->min, days(52));
    EXPECT_EQ(held.lasts->max, days(89));
    EXPECT_EQ(expectation("admit a - p allow cal_held expires 60d").lasts->max, days(60));
    EXPECT_EQ(expectation("admit a - p id r refused request_id_reused").refused,
              "request_id_reused");
}

TEST(Scenario, VerbsNameAHolderOfTheLinesBefore) {
    const Scenario scenario = parsed(
        "admit anna pc p\nlogon pc p\nrelease anna p\nrevoke pc p refused revoke_limit_reached\n"
        "erase anna\nremove P1\n");
    EXPECT_EQ(std::get<Logon>(scenario.lines[1].step).device, "pc");
    EXPECT_EQ(std::get<Release>(scenario.lines[2].step).holder.kind, HolderKind::user);
    EXPECT_EQ(std::get<Revoke>(scenario.lines[3].step).holder.kind, HolderKind::device);
    EXPECT_EQ(scenario.lines[3].expected.refused, "revoke_limit_reached");
    EXPECT_EQ(std::get<Erase>(scenario.lines[4].step).holder.name, "anna");
    EXPECT_EQ(std::get<RemovePack>(scenario.lines[5].step).name, "P1");
}

TEST(Scenario, TimePassesAndClocksLie) {
    EXPECT_EQ(only<Advance>("advance 1d12h").by, hours(36));
    EXPECT_EQ(only<SetClock>("clock ahead 10d").by, days(10));
    EXPECT_EQ(only<SetClock>("clock back 365d").by, days(-365));
    EXPECT_EQ(only<SetClock>("clock right").by, Seconds{});
    EXPECT_TRUE(only<SetClock>("clock accept").accept);
    EXPECT_EQ(only<Restart>("restart").after, Seconds{});
    EXPECT_EQ(only<Restart>("restart after 30d").after, days(30));
    EXPECT_TRUE(only<SetServer>("server up").up);
    EXPECT_FALSE(only<SetServer>("server down").up);
}

TEST(Scenario, CountsAndHoldingsAreExpected) {
    const auto free = only<Count>("expect free sql per_device 3");
    EXPECT_EQ(free.what, Count::What::free);
    EXPECT_EQ(free.kind, PackKind::per_device);
    EXPECT_EQ(only<Count>("expect used P1 3").name, "P1");
    EXPECT_EQ(only<Count>("expect overuse sql 3").what, Count::What::overuse);
    const auto missing = only<Count>("expect short sql per_device 3");
    EXPECT_EQ(missing.what, Count::What::short_of);
    EXPECT_EQ(missing.kind, PackKind::per_device);
    EXPECT_EQ(expectation("expect temporary sql 3").count, 3u);

    const std::string before = "admit anna pc sql\n";
    const Expectation active =
        expectation("expect holds anna sql active from P1 expires 60d", before);
    EXPECT_EQ(*active.holding, (Holding{Holding::What::active, "P1"}));
    EXPECT_EQ(active.lasts->min, days(60));
    EXPECT_EQ(expectation("expect holds pc sql nothing", before).holding->what,
              Holding::What::nothing);
    EXPECT_EQ(expectation("expect holds pc sql temporary", before).holding->what,
              Holding::What::temporary);
    EXPECT_EQ(expectation("expect holds pc sql overuse", before).holding->what,
              Holding::What::overuse);
}

TEST(Scenario, NamesMayBeInAnyScript) {
    EXPECT_EQ(only<Admit>("admit José 机器 p").user, "José");
    for (const char* bad : {"admit a\x01 - p", "admit a\x7F - p", "admit \xC0\xAF - p",
                            "admit \xED\xA0\x80 - p", "admit \xC3 - p", "admit \xC2\x85 - p",
                            "admit \xF5\x80\x80\x80 - p", "admit \xE0\x80\x80 - p"}) {
        EXPECT_EQ(error_of(bad), "line 1: there is a control character or broken UTF-8");
    }
}

TEST(Scenario, EveryErrorNamesItsLineAndSaysWhatIsWrong) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"\n\nbuy 3", "line 3: `buy` is no step; there are product, pack, "},
        {"product", "line 1: the product is missing"},
        {"product Sql requires none", "line 1: `Sql` is not a product code such as sql-2012"},
        {"product sql", "line 1: `requires none|trusted|activated` is missing"},
        {"product sql requires much",
         "line 1: what it requires is `much`, not one of: none, trusted, activated"},
        {"product sql requires none user 36h", "line 1: `36h` is not a number of whole days"},
        {"product sql requires none user x", "line 1: `x` is not a duration like 90d, 12h or 30m"},
        {"product sql requires none device 9d..8d", "line 1: `sql`: "},
        {"product sql requires none revoke x%", "line 1: a percentage is like 20%"},
        {"product sql requires none revoke 999%", "line 1: a percentage is like 20%"},
        {"product sql requires none version 70000", "line 1: a version is at most 65535"},
        {"product sql requires none perhaps", "line 1: `perhaps` is not understood here"},
        {"pack P sql perday 1",
         "line 1: the kind of CAL is `perday`, not one of: per_user, per_device"},
        {"pack P sql per_user many", "line 1: the number of CALs is a number, not `many`"},
        {"pack P sql per_user 1 agreement gold:1",
         "line 1: `gold:1` is no agreement such as open:12345678"},
        {"pack P sql per_user 1 overdraft some", "line 1: how many CALs beyond is a number"},
        {"pack P sql per_user 4294967296",
         "line 1: the number of CALs is a number, not `4294967296`"},
        {"pack P sql per_user 1 until 2026-02-30", "line 1: `2026-02-30` is neither a date"},
        {"pack P sql per_user 1 until 2200-01-01", "line 1: `2200-01-01` is neither a date"},
        {"pack P sql per_user 1 until 3651d", "line 1: `3651d` is longer than 3650d"},
        {"host h grace 3651d", "line 1: `3651d` is longer than 3650d"},
        {"host h grace", "line 1: the initial grace is missing"},
        {"host h mode fast", "line 1: the mode is `fast`, not one of: per_device, per_user, "},
        {"admit anna", "line 1: the device (or -) is missing"},
        {"admit anna - p allow", "line 1: the reason is missing"},
        {"admit anna - p allow no_cal_available", "line 1: `no_cal_available` is a reason to deny"},
        {"admit anna - p deny cal_held", "line 1: `cal_held` is a reason to allow"},
        {"admit anna - p cal_held", "line 1: `cal_held` is not understood here"},
        {"admit anna - p\nadmit - anna p",
         "line 2: `anna` is a user in the lines before and cannot be a device too"},
        {"release anna p", "line 1: `anna` was not admitted in the lines before"},
        {"advance", "line 1: how long is missing"},
        {"advance 9999999d", "line 1: `9999999d` is too long"},
        {"advance 18000d\nadvance 300d", "line 2: the scenario lasts longer than 50 years"},
        {"clock sideways",
         "line 1: a clock goes `ahead 10d`, `back 10d` or `right`, or is to `accept`"},
        {"server asleep", "line 1: a server is `up` or `down`"},
        {"expect rain",
         "line 1: expect `free`, `used`, `overuse`, `overdraft`, `temporary`, `waiting`, "
         "`required`, "
         "`owned`, `short`, `spare`, `holds` or `warning`"},
        {"admit a - p\nexpect holds a p much", "line 2: a holder holds `nothing`, or a CAL"},
        {"sweep now", "line 1: `now` is not understood here"},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_TRUE(error_of(text).starts_with(expected))
            << text << "\n  gives: " << error_of(text);
    }
}

TEST(Scenario, ItsSizeIsBounded) {
    EXPECT_EQ(error_of(std::string(kBytesMax + 1, '\n')),
              "the scenario has more than 1048576 bytes");
    EXPECT_EQ(error_of(std::string(kLinesMax + 1, '\n')), "the scenario has more than 10000 lines");
    EXPECT_EQ(error_of(std::string(kLinesMax, '\n')), "(none)");
    EXPECT_EQ(error_of("admit " + std::string(65, 'a') + " - p"),
              "line 1: `aaaaaaaaaaaaaaaaaaaa…` is longer than 64 bytes");
}

// Answers every step with the same observation.
ScenarioReport played(std::string_view text, const Observed& observed) {
    return play(parsed(text), [&](const Step&) -> Result<Observed> { return observed; });
}

TEST(Scenario, WhatComesAsExpectedPasses) {
    Observed held;
    held.reason = Reason::cal_held;
    held.lasts = days(60);
    EXPECT_TRUE(played("admit a - p allow cal_held expires 60d", held).passed());
    EXPECT_TRUE(played("admit a - p allow cal_held expires 50d..60d", held).passed());
    EXPECT_TRUE(played("admit a - p", held).passed());
    Observed three;
    three.count = 3;
    EXPECT_TRUE(played("expect used P 3", three).passed());
    Observed active;
    active.holding = Holding{Holding::What::active, "P1"};
    EXPECT_TRUE(played("admit a - p\nexpect holds a p active", active).passed());
    EXPECT_TRUE(played("admit a - p\nexpect holds a p active from P1", active).passed());
    Observed refused;
    refused.refused = "pack_in_use";
    EXPECT_TRUE(played("remove P refused pack_in_use", refused).passed());
}

TEST(Scenario, WhatComesOtherwiseIsSaid) {
    Observed held;
    held.reason = Reason::cal_held;
    held.lasts = seconds(60 * 86400 - 1);
    EXPECT_EQ(played("\nadmit a - p deny no_cal_available", held).first_problem(),
              "line 2: expected deny no_cal_available, got allow cal_held, expires 59d86399s");
    EXPECT_EQ(played("admit a - p allow cal_held expires 60d", held).first_problem(),
              "line 1: expected expires 60d, got allow cal_held, expires 59d86399s");
    EXPECT_EQ(played("admit a - p allow cal_held expires 60d..61d", held).first_problem(),
              "line 1: expected expires 60d..61d, got allow cal_held, expires 59d86399s");
    EXPECT_EQ(played("admit a - p allow cal_held repeated", held).first_problem(),
              "line 1: expected the answer given before, got allow cal_held, expires 59d86399s");
    EXPECT_EQ(played("remove P refused pack_in_use", Observed{}).first_problem(),
              "line 1: expected refused pack_in_use, got done");
    Observed refused;
    refused.refused = "pack_in_use";
    refused.detail = "3 CALs";
    EXPECT_EQ(played("remove P", refused).first_problem(),
              "line 1: expected done, got refused pack_in_use (3 CALs)");
    Observed two;
    two.count = 2;
    EXPECT_EQ(played("expect used P 3", two).first_problem(), "line 1: expected 3, got 2");
    Observed active;
    active.reason = Reason::cal_held;
    active.holding = Holding{Holding::What::active, "P2"};
    EXPECT_EQ(played("admit a - p\nexpect holds a p active from P1", active).first_problem(),
              "line 2: expected active from P1, got active from P2");
}

TEST(Scenario, PlayGoesOnBehindAMismatchAndStopsWhereTheRunnerStops) {
    int steps = 0;
    const auto report = play(parsed("sweep\nremove P refused x\nsweep\nsweep"),
                             [&](const Step&) -> Result<Observed> {
                                 if (++steps == 4) return fail("disk_full", "no room");
                                 return Observed{};
                             });
    ASSERT_EQ(report.outcomes.size(), 3u);
    EXPECT_EQ(report.outcomes[0].mismatch, "");
    EXPECT_NE(report.outcomes[1].mismatch, "");
    EXPECT_EQ(report.stopped->code, "disk_full");
    EXPECT_EQ(report.stopped->detail, "line 4: no room");
    EXPECT_FALSE(report.passed());
}

}  // namespace
}  // namespace calm::scenario
