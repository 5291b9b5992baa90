#include "core/warnings.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/test_kit.h"

namespace calm {
namespace {

using test::kBegin;
using test::Kit;

std::optional<Warning> find(const std::vector<Warning>& all, WarningKind kind) {
    const auto found = std::ranges::find(all, kind, &Warning::kind);
    return found == all.end() ? std::nullopt : std::optional(*found);
}

class Warnings : public testing::Test {
  protected:
    Kit kit;
    WarningTerms terms;
    HostId users;

    void SetUp() override {
        users = kit.host(LicensingMode::per_user);
        kit.set("ts-2022");
    }
    void admit_users(uint32_t count, std::string_view code = "ts-2022") {
        for (uint32_t i = 0; i < count; ++i)
            kit.admit(kit.by_user(kit.subject(HolderKind::user), users, code));
    }
    std::optional<Warning> warned(WarningKind kind) {
        return find(warnings(kit.ledger, terms, kit.now), kind);
    }
};

TEST_F(Warnings, an_empty_ledger_gives_none) {
    EXPECT_TRUE(warnings(Ledger{}, terms, kBegin).empty());
}

TEST_F(Warnings, a_pool_is_all_packs_of_one_product_and_kind) {
    kit.pack("ts-2022", PackKind::per_user, 3);
    kit.pack("ts-2022", PackKind::per_user, 2);
    kit.pack("ts-2022", PackKind::per_device, 100);
    admit_users(3);
    EXPECT_FALSE(warned(WarningKind::pool_filling));
    admit_users(1);
    const auto pool = warned(WarningKind::pool_filling);
    ASSERT_TRUE(pool);
    EXPECT_EQ(pool->level, 80);
    EXPECT_EQ(pool->used, 4U);
    EXPECT_EQ(pool->owned, 5U);
    EXPECT_EQ(pool->about, kit.ledger.find_product("ts-2022").value);
    EXPECT_EQ(pool->part, static_cast<uint32_t>(PackKind::per_user));
}

TEST_F(Warnings, pools_are_the_same_at_once_as_by_slices) {
    kit.pack("ts-2022", PackKind::per_user, 5);
    kit.pack("ts-2022", PackKind::per_device, 2);
    admit_users(3);
    WarningSweep sweep(terms);
    while (!sweep.step(kit.ledger, kit.now, 1)) {
    }
    const Pools pools = pools_of(kit.ledger, kit.now);
    ASSERT_EQ(pools.size(), 2u);
    EXPECT_EQ(pools.begin()->second.used, 3u);
    EXPECT_EQ(pools.begin()->second.owned, 5u);
    for (const auto& [key, seats] : sweep.pools()) {
        EXPECT_EQ(pools.at(key).used, seats.used);
        EXPECT_EQ(pools.at(key).owned, seats.owned);
    }
}

TEST_F(Warnings, percents_are_not_rounded_up) {
    kit.pack("ts-2022", PackKind::per_user, 9);
    admit_users(8);  // 88.9 %
    EXPECT_EQ(warned(WarningKind::pool_filling)->level, 80);
    admit_users(1);
    EXPECT_EQ(warned(WarningKind::pool_filling)->level, 100);
}

TEST_F(Warnings, a_full_pool_is_critical_only_where_the_product_is_enforced) {
    kit.pack("ts-2022", PackKind::per_user, 1);
    admit_users(1);
    EXPECT_EQ(warned(WarningKind::pool_filling)->severity, Severity::critical);
    ProductRules rules = test::kPlain;
    rules.requirement = CalRequirement::trusted;
    kit.set("ts-2022", rules);
    EXPECT_EQ(warned(WarningKind::pool_filling)->severity, Severity::warning);
    rules.requirement = CalRequirement::none;
    kit.set("ts-2022", rules);
    EXPECT_FALSE(warned(WarningKind::pool_filling));
}

TEST_F(Warnings, the_thresholds_are_what_the_terms_say) {
    kit.pack("ts-2022", PackKind::per_user, 2);
    admit_users(1);
    EXPECT_FALSE(warned(WarningKind::pool_filling));
    terms.pool_percents = {50};
    EXPECT_EQ(warned(WarningKind::pool_filling)->level, 50);
    terms.pool_percents = {};
    EXPECT_FALSE(warned(WarningKind::pool_filling));
}

TEST_F(Warnings, over_use_is_told_with_its_number) {
    admit_users(3);
    EXPECT_EQ(warned(WarningKind::over_use)->used, 3U);
}

TEST_F(Warnings, a_removed_pack_does_not_end) {
    const PackId pack = kit.pack("ts-2022", PackKind::per_user, 3, kBegin + days(5));
    ASSERT_TRUE(warned(WarningKind::pack_expiring));
    EXPECT_EQ(warned(WarningKind::pack_expiring)->about, pack.value);
    kit.add(entry::PackRemoved{pack});
    EXPECT_FALSE(warned(WarningKind::pack_expiring));
}

TEST_F(Warnings, that_a_pack_has_ended_is_told_for_30_days) {
    kit.pack("ts-2022", PackKind::per_user, 3, kBegin + days(5));
    kit.now = kBegin + days(35) - seconds(1);
    EXPECT_EQ(warned(WarningKind::pack_expiring)->level, kLevelOver);
    EXPECT_EQ(warned(WarningKind::pack_expiring)->severity, Severity::critical);
    kit.now = kBegin + days(35);
    EXPECT_FALSE(warned(WarningKind::pack_expiring));
}

TEST_F(Warnings, a_host_is_told_of_only_in_its_initial_grace) {
    EXPECT_FALSE(warned(WarningKind::initial_grace));  // `users` has none
    const HostId host = kit.host(LicensingMode::per_user, PackKind::per_user, days(120));
    EXPECT_EQ(warned(WarningKind::initial_grace)->level, kLevelStarted);
    EXPECT_EQ(warned(WarningKind::initial_grace)->about, host.value);
    kit.add(entry::HostGraceEnded{host});
    EXPECT_FALSE(warned(WarningKind::initial_grace));
}

TEST_F(Warnings, a_removed_host_is_not_told_of) {
    kit.add(entry::HostRemoved{kit.host(LicensingMode::per_user, PackKind::per_user, days(10))});
    EXPECT_FALSE(warned(WarningKind::initial_grace));
}

TEST(Countdown, comes_at_the_very_second) {
    const WarningTerms terms;
    const Instant until = kBegin + days(100);
    EXPECT_EQ(countdown(terms, until, until - days(30) - seconds(1)), std::nullopt);
    EXPECT_EQ(countdown(terms, until, until - days(30)), (Countdown{30, false}));
    EXPECT_EQ(countdown(terms, until, until - days(1)), (Countdown{1, false}));
    EXPECT_EQ(countdown(terms, until, until - seconds(1)), (Countdown{1, false}));
    EXPECT_EQ(countdown(terms, until, until), (Countdown{kLevelOver, false}));
}

TEST(Countdown, before_a_holiday_says_the_nearest_that_falls_into_it) {
    const Instant until = kBegin + days(100);
    WarningTerms terms;
    terms.holidays = {{until - days(8), until - days(6)}};
    EXPECT_EQ(countdown(terms, until, until - days(11) - seconds(1)), (Countdown{14, false}));
    EXPECT_EQ(countdown(terms, until, until - days(11)), (Countdown{7, true}));
    EXPECT_EQ(countdown(terms, until, until - days(8)), (Countdown{14, false}));
    EXPECT_EQ(countdown(terms, until, until - days(7)), (Countdown{7, false}));
}

TEST(Countdown, a_holiday_into_which_nothing_falls_changes_nothing) {
    const Instant until = kBegin + days(100);
    WarningTerms terms;
    terms.holidays = {{until - days(13), until - days(8)}};
    EXPECT_EQ(countdown(terms, until, until - days(14)), (Countdown{14, false}));
    EXPECT_EQ(countdown(terms, until, until - days(13) - seconds(1)), (Countdown{14, false}));
}

RC_GTEST_PROP(Countdown, holidays_only_add_warnings, ()) {
    const Instant until = kBegin + days(100);
    const Instant now = kBegin + hours(*rc::gen::inRange<int64_t>(0, 110 * 24));
    WarningTerms plain;
    WarningTerms with = plain;
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
        const Instant first = kBegin + days(*rc::gen::inRange<int64_t>(0, 110));
        with.holidays.push_back({first, first + days(*rc::gen::inRange<int64_t>(1, 20))});
    }
    const auto without = countdown(plain, until, now);
    const auto told = countdown(with, until, now);
    if (without) RC_ASSERT(told && told->level <= without->level);
    if (told && !told->early) RC_ASSERT(told == without);
}

RC_GTEST_PROP(Countdown, time_only_makes_it_more_urgent, ()) {
    const WarningTerms terms;
    const Instant until = kBegin + days(100);
    const Instant now = kBegin + hours(*rc::gen::inRange<int64_t>(0, 110 * 24));
    const auto before = countdown(terms, until, now);
    const auto after = countdown(terms, until, now + hours(1));
    if (before) RC_ASSERT(after && after->level <= before->level);
}

RC_GTEST_PROP(WarningSweep, slices_of_any_size_find_the_same, ()) {
    Kit kit;
    kit.set("ts-2022");
    kit.set("sql-2012");
    for (int n = *rc::gen::inRange(0, 6); n > 0; --n)
        kit.pack("ts-2022", PackKind::per_user, 5, kBegin + days(n * 5));
    for (int n = *rc::gen::inRange(0, 6); n > 0; --n)
        kit.host(LicensingMode::per_user, PackKind::per_user, days(n));
    WarningSweep sweep{WarningTerms{}};
    const auto slice = *rc::gen::inRange<size_t>(1, 5);
    int steps = 0;
    while (!sweep.step(kit.ledger, kit.now, slice))
        RC_ASSERT(++steps < 100);
    RC_ASSERT(sweep.found() == warnings(kit.ledger, WarningTerms{}, kit.now));
}

TEST(Urgency, rises_towards_the_end_and_towards_full) {
    const auto dated = [](uint16_t level) {
        return urgency({.kind = WarningKind::pack_expiring, .level = level});
    };
    EXPECT_LT(dated(kLevelStarted), dated(30));
    EXPECT_LT(dated(30), dated(1));
    EXPECT_LT(dated(1), dated(kLevelOver));
    EXPECT_LT(urgency({.level = 80}), urgency({.level = 100}));
    EXPECT_GT(urgency({.kind = WarningKind::clock_stands}), 0U);
}

TEST(ClockWarning, tells_a_clock_that_stands_from_one_that_is_behind) {
    using State = TrustedClock::State;
    EXPECT_FALSE(clock_warning({.now = kBegin, .state = State::agrees, .difference = {}}));
    EXPECT_EQ(clock_warning({.now = kBegin, .state = State::wall_ahead, .difference = {}})->kind,
              WarningKind::clock_stands);
    EXPECT_EQ(clock_warning({.now = kBegin, .state = State::wall_behind, .difference = {}})->kind,
              WarningKind::clock_behind);
}

TEST(CertificateWarning, counts_down_like_a_pack) {
    const WarningTerms terms;
    EXPECT_FALSE(certificate_warning(terms, kBegin + days(31), kBegin));
    EXPECT_EQ(certificate_warning(terms, kBegin + days(6), kBegin)->level, 7);
    EXPECT_EQ(certificate_warning(terms, kBegin, kBegin)->severity, Severity::critical);
}

}  // namespace
}  // namespace calm
