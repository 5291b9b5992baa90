// What positions, pool warnings and forecasts make of packs and CALs that hardly anybody has.
#include <gtest/gtest.h>

#include "core/forecast.h"
#include "core/position.h"
#include "core/test_kit.h"
#include "core/warnings.h"

namespace calm {
namespace {

using test::Kit;
using test::kPlain;

class Standing : public testing::Test {
  protected:
    Kit kit;
    SubjectId anna;
    SubjectId kiosk;

    void SetUp() override {
        for (const char* code : {"p-1", "p-2", "q"})
            kit.set(code);
        anna = kit.subject(HolderKind::user);
        kiosk = kit.subject(HolderKind::device);
    }
    PackId pack(std::string product, uint32_t quantity, auto change) {
        const PackId id = kit.ledger.next_pack();
        entry::PackInstalled terms{.pack = id, .product = std::move(product), .quantity = quantity};
        terms.document.fill(static_cast<uint8_t>(id.value));
        change(terms);
        kit.add(terms);
        return id;
    }
    CalStatement cal(SubjectId holder, PackId from, std::string product) const {
        CalStatement cal{.cal = kit.ledger.next_cal(), .holder = holder};
        if (kit.ledger.subject(holder).kind == HolderKind::device) cal.kind = PackKind::per_device;
        cal.product = std::move(product);
        cal.pack = from;
        cal.overuse = !from;
        cal.issued_at = kit.now;
        cal.expires_at = kit.now + days(60);
        return cal;
    }
    CalId give(SubjectId holder, PackId from, std::string product) {
        const CalStatement given = cal(holder, from, std::move(product));
        kit.add(entry::CalIssued{given});
        return given.cal;
    }
    PositionRow row(std::string_view code, PackKind kind) const {
        const Position position = position_of(kit.ledger, kit.now);
        for (const PositionRow& each : position.rows) {
            if (each.product == kit.ledger.find_product(code) && each.kind == kind) return each;
        }
        return {};
    }
    PositionRow users(std::string_view code) const { return row(code, PackKind::per_user); }
};

// Two of one holder that cover the same are counted once: a seat before what spends none, an active
// one before the first days.
TEST_F(Standing, OfTwoCalsForTheSameTheBetterIsCounted) {
    const PackId devices = pack("p-1", 2, [](auto& p) { p.kind = PackKind::per_device; });
    CalStatement first_days = cal(kiosk, {}, "p-1");
    first_days.overuse = false;
    first_days.state = CalState::temporary;
    kit.add(entry::CalIssued{first_days});
    give(kiosk, {}, "p-1");
    EXPECT_EQ(row("p-1", PackKind::per_device).required, 1u);
    EXPECT_EQ(row("p-1", PackKind::per_device).temporary, 1u);
    EXPECT_TRUE(position_of(kit.ledger, kit.now).uncovered.empty());
    give(kiosk, devices, "p-1");
    EXPECT_EQ(row("p-1", PackKind::per_device).required, 1u);
    EXPECT_EQ(row("p-1", PackKind::per_device).short_of, 0u);
}

TEST_F(Standing, WhatIsOverOrOnLoanOfAHolderCoversNothing) {
    const PackId from = pack("p-1", 3, [](auto&) {});
    CalStatement over = cal(anna, from, "p-1");
    over.expires_at = kit.now + days(1);
    kit.add(entry::CalIssued{over});
    kit.now = kit.now + days(1);
    const SubjectId bruno = kit.subject(HolderKind::user);
    const CalId own = give(bruno, from, "p-1");
    CalStatement loan = cal(anna, from, "p-1");
    loan.of = own;
    loan.expires_at = kit.now + days(3);
    kit.add(entry::CalLent{loan});
    give(anna, {}, "p-1");
    EXPECT_EQ(users("p-1").required, 2u);
    EXPECT_EQ(users("p-1").owned, 3u);
}

// A CAL out of a pack that reaches further now is lent by what is owned to what it states.
TEST_F(Standing, ACalThatIsOlderThanItsPacksReachIsLent) {
    const PackId from = pack("p-1", 2, [&](auto& p) { p.maintained_until = kit.now + days(200); });
    give(anna, from, "p-1");
    Product later = test::product("p-3", kPlain);
    later.released = kit.now + days(100);
    kit.add(entry::ProductSet{later});
    EXPECT_EQ(users("p-1").required, 1u);
    EXPECT_EQ(users("p-1").borrowed, 1u);
    EXPECT_EQ(users("p-3").owned, 2u);
    EXPECT_EQ(users("p-3").lent, 1u);
    EXPECT_EQ(users("p-3").spare, 1u);
}

TEST_F(Standing, ASeatOfAPackThatIsGoneOrOfTheOtherKindCoversNobody) {
    const PackId ends = pack("p-1", 1, [&](auto& p) { p.expires_at = kit.now + days(60); });
    pack("p-1", 1, [](auto& p) { p.kind = PackKind::per_device; });
    give(anna, ends, "p-1");
    EXPECT_EQ(users("p-1").short_of, 0u);
    kit.now = kit.now + days(60);
    EXPECT_EQ(users("p-1").owned, 0u);
    EXPECT_EQ(users("p-1").required, 0u);  // it ended with its pack
    give(anna, {}, "p-1");
    EXPECT_EQ(users("p-1").short_of, 1u);
}

TEST_F(Standing, ASuiteServesWhoLacksMoreOnlyAsFarAsItReaches) {
    pack("p-1", 1, [](auto& p) { p.also = {"q"}; });
    kit.set("r");
    give(anna, {}, "p-1");
    give(anna, {}, "q");
    give(anna, {}, "r");
    EXPECT_EQ(users("p-1").short_of, 0u);
    EXPECT_EQ(users("q").borrowed, 1u);
    EXPECT_EQ(users("q").short_of, 0u);
    EXPECT_EQ(users("r").short_of, 1u);
}

TEST_F(Standing, ASuiteWhoseOwnProductNobodyLacksIsLentOnce) {
    pack("p-2", 1, [](auto& p) { p.also = {"q"}; });
    give(anna, {}, "p-1");
    give(anna, {}, "q");
    EXPECT_EQ(users("p-1").borrowed, 1u);
    EXPECT_EQ(users("q").borrowed, 1u);
    EXPECT_EQ(users("p-2").lent, 1u);
    EXPECT_TRUE(position_of(kit.ledger, kit.now).uncovered.empty());
}

TEST_F(Standing, NewerSeatsServeWhereNothingKeepsThemAndEqualOnesAlways) {
    ProductRules kept = kPlain;
    kept.prevent_upgrade = true;
    kit.set("p-1", kept);
    pack("p-2", 1, [](auto&) {});
    give(anna, {}, "p-1");
    EXPECT_EQ(users("p-1").short_of, 1u);
    pack("p-1", 1, [](auto&) {});
    EXPECT_EQ(users("p-1").short_of, 0u);
}

TEST_F(Standing, APositionIsTheSameByAnySlices) {
    pack("p-1", 1, [](auto&) {});
    give(anna, {}, "p-1");
    PositionSweep sweep;
    EXPECT_FALSE(sweep.step(kit.ledger, kit.now, 1));
    const PackId came = pack("p-2", 1, [](auto&) {});  // while it is counted
    give(kit.subject(HolderKind::user), came, "p-2");
    while (!sweep.step(kit.ledger, kit.now, 1)) {
    }
    const Position sliced = sweep.take();
    EXPECT_EQ(sliced.rows, position_of(kit.ledger, kit.now).rows);
}

TEST_F(Standing, APoolWarnsOnlyOfWhatIsOwnedAndRequired) {
    ProductRules none = kPlain;
    none.requirement = CalRequirement::none;
    kit.set("free", none);
    const PackId of_none = pack("free", 1, [](auto&) {});
    give(anna, of_none, "free");
    EXPECT_TRUE(warnings(kit.ledger, {}, kit.now).empty());
    give(anna, {}, "free");
    EXPECT_TRUE(warnings(kit.ledger, {}, kit.now).empty());
    const PackId all_converted = pack("p-1", 1, [](auto&) {});
    kit.add(entry::PackConverted{all_converted, kit.ledger.next_pack(), 1});
    EXPECT_TRUE(warnings(kit.ledger, {}, kit.now).empty());
    pack("p-1", 1, [](auto& p) { p.kind = PackKind::server; });
    EXPECT_TRUE(warnings(kit.ledger, {}, kit.now).empty());
}

TEST_F(Standing, NoLookAlikeIsToldOfWhereNobodyLooks) {
    kit.add(entry::DeviceDoubted{kiosk, kit.subject(HolderKind::device)});
    EXPECT_EQ(warnings(kit.ledger, {}, kit.now).size(), 1u);
    const Undo off = kit.add(entry::PolicySet{{.quarantine_days = 0}});
    EXPECT_TRUE(warnings(kit.ledger, {}, kit.now).empty());
    kit.ledger.undo(off);
    kit.add(entry::SubjectErased{kiosk});
    EXPECT_TRUE(warnings(kit.ledger, {}, kit.now).empty());
}

TEST(UrgencyOf, WhatEndsRisesTowardsItsEnd) {
    for (const WarningKind kind : {WarningKind::initial_grace, WarningKind::pack_expiring,
                                   WarningKind::certificate_expiring}) {
        EXPECT_GT(urgency({.kind = kind, .level = 1}), urgency({.kind = kind, .level = 14}));
    }
    EXPECT_LT(urgency({.kind = WarningKind::over_use, .level = 1}),
              urgency({.kind = WarningKind::over_use, .level = 14}));
}

TEST(AHoliday, BringsAWarningForwardWhereNoneIsDue) {
    const Instant now = test::kBegin;
    WarningTerms terms;
    EXPECT_EQ(countdown(terms, now + days(40), now), std::nullopt);
    terms.holidays.push_back({.first = now + days(1), .after = now + days(15)});
    const auto said = countdown(terms, now + days(40), now);
    ASSERT_TRUE(said.has_value());
    EXPECT_EQ(said->level, 30);
    EXPECT_TRUE(said->early);
}

TEST(AWarningSweep, ThatIsDoneFindsNothingTwice) {
    Kit kit;
    kit.set("p-1");
    kit.pack("p-1", PackKind::per_user, 1, kit.now + days(1));
    WarningSweep sweep({});
    ASSERT_TRUE(sweep.step(kit.ledger, kit.now, 1000));
    const size_t found = sweep.found().size();
    EXPECT_EQ(found, 1u);
    EXPECT_TRUE(sweep.step(kit.ledger, kit.now, 1000));
    EXPECT_EQ(sweep.found().size(), found);
}

TEST_F(Standing, APoolsSeatsChangeWhenItsOwnPacksBeginAndEnd) {
    const ProductId p = kit.ledger.find_product("p-1");
    const Instant later = kit.now + days(9);
    const auto changes = [&] { return seat_changes(kit.ledger, {p, PackKind::per_user}, kit.now); };
    pack("q", 3, [&](auto& t) { t.not_before = later; });
    pack("p-1", 3, [&](auto& t) {
        t.kind = PackKind::per_device;
        t.not_before = later;
    });
    const PackId gone = pack("p-1", 3, [&](auto& t) { t.not_before = later; });
    kit.add(entry::PackRemoved{gone});
    EXPECT_TRUE(changes().empty());
    pack("p-1", 4, [&](auto& t) {
        t.not_before = later;
        t.expires_at = later + days(1);
    });
    ASSERT_EQ(changes().size(), 2u);
    EXPECT_EQ(changes()[0].seats, 4);
    EXPECT_EQ(changes()[1].seats, -4);
}

TEST(AForecast, LeavesOutDaysThatAreNotOver) {
    constexpr uint32_t kToday = 20'000;
    std::vector<PoolDay> history;
    for (uint32_t ago = 1; ago <= 30; ++ago)
        history.push_back({.day = kToday - ago, .used = 100 - ago});
    const Instant now{int64_t{kToday} * 86400};
    const PoolSeats pool{.owned = 200, .used = 100};
    const Forecast before = forecast(history, pool, {}, now, 90);
    history.push_back({.day = kToday, .used = 5});
    history.push_back({.day = kToday + 1, .used = 5});
    const Forecast after = forecast(history, pool, {}, now, 90);
    EXPECT_EQ(before.samples, 31u);
    EXPECT_EQ(after.samples, before.samples);
    EXPECT_EQ(after.day, before.day);
}

}  // namespace
}  // namespace calm
