#include "core/position.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/test_kit.h"

namespace calm {
namespace {

using test::Kit;

class Positions : public testing::Test {
  protected:
    Kit kit;

    void SetUp() override { kit.set("ts-2022"); }

    // A CAL as an entry states it: on a seat of `pack`, or without one.
    SubjectId give(std::string_view code, PackId pack, SubjectId holder = {},
                   CalState state = CalState::active) {
        if (!holder) holder = kit.subject(HolderKind::user);
        const bool device = kit.ledger.subject(holder).kind == HolderKind::device;
        kit.add(entry::CalIssued{{.cal = kit.ledger.next_cal(),
                                  .holder = holder,
                                  .kind = device ? PackKind::per_device : PackKind::per_user,
                                  .product = std::string(code),
                                  .pack = pack,
                                  .state = state,
                                  .overuse = !pack && state == CalState::active,
                                  .issued_at = kit.now,
                                  .expires_at = kit.now + days(60)}});
        return holder;
    }
    SubjectId over(std::string_view code, SubjectId holder = {}) { return give(code, {}, holder); }

    PackId suite(std::string_view code, uint32_t quantity, std::vector<std::string> also) {
        const PackId id = kit.ledger.next_pack();
        entry::PackInstalled terms{.pack = id,
                                   .product = std::string(code),
                                   .kind = PackKind::per_user,
                                   .quantity = quantity,
                                   .vendor = test::key_of(2),
                                   .also = std::move(also)};
        terms.document[0] = static_cast<uint8_t>(id.value);
        kit.add(terms);
        return id;
    }

    Position position() const { return position_of(kit.ledger, kit.now); }
    PositionRow row(std::string_view code, PackKind kind = PackKind::per_user) const {
        for (const PositionRow& each : position().rows) {
            if (each.product == kit.ledger.find_product(code) && each.kind == kind) return each;
        }
        return {};
    }
    std::vector<SubjectId> uncovered() const {
        std::vector<SubjectId> out;
        for (const Uncovered& each : position().uncovered)
            out.push_back(each.holder);
        return out;
    }
};

TEST_F(Positions, an_empty_ledger_has_none) {
    EXPECT_TRUE(position_of(Ledger{}, {}).rows.empty());
    EXPECT_TRUE(position().rows.empty());
}

TEST_F(Positions, thirty_one_stations_twenty_five_cals_six_missing_these) {
    const PackId pack = kit.pack("ts-2022", PackKind::per_user, 25);
    std::vector<SubjectId> late;
    for (int i = 0; i < 31; ++i) {
        const SubjectId station = kit.subject(HolderKind::station);
        give("ts-2022", i < 25 ? pack : PackId{}, station);
        if (i >= 25) late.push_back(station);
    }
    const PositionRow stations = row("ts-2022");
    EXPECT_EQ(stations.required, 31U);
    EXPECT_EQ(stations.holders[static_cast<size_t>(HolderKind::station)], 31U);
    EXPECT_EQ(stations.owned, 25U);
    EXPECT_EQ(stations.held, 25U);
    EXPECT_EQ(stations.overuse, 6U);
    EXPECT_EQ(stations.short_of, 6U);
    EXPECT_EQ(stations.spare, 0U);
    EXPECT_EQ(uncovered(), late);
}

TEST_F(Positions, seats_bought_since_cover_the_first_of_those_who_wait) {
    const SubjectId first = over("ts-2022");
    kit.now = kit.now + days(1);
    const SubjectId second = over("ts-2022");
    EXPECT_EQ(uncovered(), (std::vector{first, second}));
    kit.pack("ts-2022", PackKind::per_user, 1);
    EXPECT_EQ(row("ts-2022").short_of, 1U);
    EXPECT_EQ(uncovered(), std::vector{second});
    EXPECT_EQ(position().uncovered[0].since, kit.now);
    kit.pack("ts-2022", PackKind::per_user, 5);
    EXPECT_EQ(row("ts-2022").short_of, 0U);
    EXPECT_EQ(row("ts-2022").spare, 4U);
}

TEST_F(Positions, a_temporary_cal_is_required_and_not_owned) {
    kit.pack("ts-2022", PackKind::per_device, 1);
    for (int i = 0; i < 2; ++i)
        give("ts-2022", {}, kit.subject(HolderKind::device), CalState::temporary);
    const PositionRow devices = row("ts-2022", PackKind::per_device);
    EXPECT_EQ(devices.required, 2U);
    EXPECT_EQ(devices.temporary, 2U);
    EXPECT_EQ(devices.held, 0U);
    EXPECT_EQ(devices.short_of, 1U);
    EXPECT_TRUE(position().uncovered.at(0).temporary);
}

TEST_F(Positions, what_is_over_is_required_no_more) {
    const PackId pack = kit.pack("ts-2022", PackKind::per_user, 3);
    give("ts-2022", pack);
    over("ts-2022");
    kit.now = kit.now + days(60);
    EXPECT_EQ(row("ts-2022").required, 0U);
    EXPECT_EQ(row("ts-2022").held, 0U);
    EXPECT_EQ(row("ts-2022").spare, 3U);
}

TEST_F(Positions, a_pack_that_ended_or_was_removed_is_not_owned) {
    kit.pack("ts-2022", PackKind::per_user, 3, kit.now + days(10));
    kit.add(entry::PackRemoved{kit.pack("ts-2022", PackKind::per_user, 4)});
    EXPECT_EQ(row("ts-2022").owned, 3U);
    kit.now = kit.now + days(10);
    over("ts-2022");
    EXPECT_EQ(row("ts-2022").owned, 0U);
    EXPECT_EQ(row("ts-2022").short_of, 1U);
}

TEST_F(Positions, entered_by_hand_counts_and_is_told) {
    ProductRules trusted = test::kPlain;
    trusted.requirement = CalRequirement::trusted;
    kit.set("ex-2010", trusted);
    const PackId id = kit.ledger.next_pack();
    kit.add(entry::PackInstalled{.pack = id,
                                 .product = "ex-2010",
                                 .kind = PackKind::per_user,
                                 .quantity = 2,
                                 .declared = true});
    for (int i = 0; i < 3; ++i)
        over("ex-2010");
    EXPECT_EQ(row("ex-2010").owned, 2U);
    EXPECT_EQ(row("ex-2010").declared, 2U);
    EXPECT_EQ(row("ex-2010").short_of, 1U);
}

TEST_F(Positions, nothing_is_required_of_a_product_that_requires_none) {
    over("ts-2022");
    ProductRules none = test::kPlain;
    none.requirement = CalRequirement::none;
    kit.set("ts-2022", none);
    EXPECT_EQ(row("ts-2022").required, 0U);
    EXPECT_EQ(row("ts-2022").overuse, 1U);
    EXPECT_TRUE(uncovered().empty());
}

TEST_F(Positions, spare_seats_of_later_versions_cover_the_lowest_sufficient_first) {
    for (const char* code : {"ts-2016", "ts-2019", "ts-2025"})
        kit.set(code);
    kit.pack("ts-2022", PackKind::per_user, 1);
    kit.pack("ts-2025", PackKind::per_user, 1);
    over("ts-2016");
    EXPECT_EQ(row("ts-2016").borrowed, 1U);
    EXPECT_EQ(row("ts-2022").lent, 1U);
    EXPECT_EQ(row("ts-2025").spare, 1U);
    // Whoever needs the later version comes first: what is short then can be bought in any version.
    over("ts-2025");
    over("ts-2022");
    EXPECT_EQ(row("ts-2025").short_of, 0U);
    EXPECT_EQ(row("ts-2022").short_of, 0U);
    EXPECT_EQ(row("ts-2016").short_of, 1U);
    kit.pack("ts-2016", PackKind::per_user, 9);
    EXPECT_EQ(row("ts-2016").short_of, 0U);
}

TEST_F(Positions, an_earlier_version_covers_no_later_one) {
    kit.set("ts-2019");
    kit.pack("ts-2019", PackKind::per_user, 5);
    over("ts-2022");
    EXPECT_EQ(row("ts-2022").short_of, 1U);
    EXPECT_EQ(row("ts-2019").spare, 5U);
}

TEST_F(Positions, newer_seats_are_kept_back_where_the_rule_says_so) {
    ProductRules rules = test::kPlain;
    rules.prevent_upgrade = true;
    kit.set("ts-2019", rules);
    kit.pack("ts-2022", PackKind::per_user, 5);
    over("ts-2019");
    EXPECT_EQ(row("ts-2019").short_of, 1U);
    EXPECT_EQ(row("ts-2022").spare, 5U);
}

TEST_F(Positions, who_needs_a_later_version_is_not_counted_for_the_earlier_one_as_well) {
    kit.set("ts-2019");
    const PackId old = kit.pack("ts-2019", PackKind::per_user, 1);
    const SubjectId anna = give("ts-2019", old);
    over("ts-2022", anna);
    EXPECT_EQ(row("ts-2019").required, 0U);
    EXPECT_EQ(row("ts-2019").held, 1U);
    EXPECT_EQ(row("ts-2019").spare, 1U);
    EXPECT_EQ(row("ts-2022").required, 1U);
    EXPECT_EQ(row("ts-2022").short_of, 1U);
}

TEST_F(Positions, a_seat_of_a_suite_is_counted_once) {
    kit.set("win-2022");
    const PackId both = suite("win-2022", 2, {"ts-2022"});
    give("win-2022", both);
    EXPECT_EQ(row("win-2022").required, 1U);
    EXPECT_EQ(row("ts-2022").required, 0U);
    over("ts-2022");
    EXPECT_EQ(row("ts-2022").borrowed, 1U);
    EXPECT_EQ(row("ts-2022").short_of, 0U);
    EXPECT_EQ(row("win-2022").lent, 1U);
    EXPECT_EQ(row("win-2022").spare, 0U);
}

TEST_F(Positions, one_seat_of_a_suite_serves_a_holder_for_all_that_it_covers) {
    kit.set("win-2022");
    suite("win-2022", 1, {"ts-2022"});
    const SubjectId anna = over("ts-2022");
    over("win-2022", anna);
    EXPECT_TRUE(uncovered().empty());
    EXPECT_EQ(row("win-2022").spare, 0U);
    EXPECT_EQ(row("win-2022").lent, 0U);
    EXPECT_EQ(row("ts-2022").borrowed, 1U);
}

TEST_F(Positions, a_suite_is_not_spent_on_who_can_be_served_otherwise) {
    kit.set("win-2022");
    kit.set("sql-2022");
    suite("win-2022", 1, {"ts-2022", "sql-2022"});
    kit.pack("win-2022", PackKind::per_user, 1);
    kit.pack("ts-2022", PackKind::per_user, 1);
    over("win-2022", over("ts-2022"));
    over("sql-2022");
    EXPECT_TRUE(uncovered().empty());
}

TEST_F(Positions, a_suite_goes_where_no_narrower_seat_is_left) {
    kit.set("win-2022");
    kit.set("ts-2019");
    suite("win-2022", 1, {"ts-2019"});
    kit.pack("ts-2022", PackKind::per_user, 1);
    over("ts-2019");
    over("win-2022");
    EXPECT_TRUE(uncovered().empty());
    EXPECT_EQ(row("ts-2022").lent, 1U);
}

TEST_F(Positions, a_seat_is_passed_on_when_that_serves_more) {
    // Exchange comes first and takes the first suite; sharepoint can have no other, so exchange
    // moves on to the second.
    kit.set("exchange-2013");
    kit.set("sharepoint-2010");
    suite("exchange-2013", 1, {"sharepoint-2010"});
    suite("exchange-2013", 1, {"ts-2022"});
    over("exchange-2013");
    over("sharepoint-2010");
    EXPECT_TRUE(uncovered().empty());
    EXPECT_EQ(row("exchange-2013").spare, 0U);
}

// Random ledgers: nobody stays short beside a seat that would serve, and the sums agree.
RC_GTEST_PROP(PositionsOfAny, AddUpAndLeaveNoSeatUnused, ()) {
    Kit kit;
    const std::vector<std::string> codes{"a-1", "a-2", "a-3", "b-1", "b-2"};
    for (const std::string& code : codes)
        kit.set(code);
    const auto some_code = rc::gen::elementOf(codes);
    const auto packs = *rc::gen::inRange(0, 6);
    for (int i = 0; i < packs; ++i) {
        const PackId id = kit.ledger.next_pack();
        entry::PackInstalled terms{.pack = id,
                                   .product = *some_code,
                                   .kind = PackKind::per_user,
                                   .quantity = *rc::gen::inRange<uint32_t>(1, 4),
                                   .vendor = test::key_of(2)};
        terms.document[0] = static_cast<uint8_t>(i + 1);
        const std::string also = *some_code;
        if (*rc::gen::arbitrary<bool>() && also != terms.product) terms.also = {also};
        kit.add(terms);
    }
    std::vector<SubjectId> holders;
    const auto cals = *rc::gen::inRange(0, 14);
    for (int i = 0; i < cals; ++i) {
        if (holders.empty() || *rc::gen::inRange(0, 3) > 0)
            holders.push_back(kit.subject(HolderKind::user));
        entry::CalIssued issued{{.cal = kit.ledger.next_cal(),
                                 .holder = *rc::gen::elementOf(holders),
                                 .product = *some_code,
                                 .issued_at = kit.now,
                                 .expires_at = kit.now + days(9)}};
        for (size_t pack = 0; pack < kit.ledger.packs().size(); ++pack) {
            const Pack& each = kit.ledger.packs()[pack];
            if (each.terms.product == issued.cal.product && each.free() > 0)
                issued.cal.pack = each.terms.pack;
        }
        if (*rc::gen::arbitrary<bool>()) issued.cal.pack = {};
        issued.cal.overuse = !issued.cal.pack;
        kit.add(issued);
    }
    const Position position = position_of(kit.ledger, kit.now);
    std::map<ProductId, uint64_t> missing;
    for (const Uncovered& each : position.uncovered)
        ++missing[each.product];
    for (const PositionRow& row : position.rows) {
        RC_ASSERT(row.short_of == missing[row.product]);
        RC_ASSERT(row.owned - row.lent - row.spare == row.required - row.borrowed - row.short_of);
        if (row.spare == 0) continue;
        // A spare seat of a product alone serves nobody who is short in its family.
        for (const PositionRow& other : position.rows) {
            const ProductState& mine = kit.ledger.product(row.product);
            const ProductState& theirs = kit.ledger.product(other.product);
            if (mine.family == theirs.family && theirs.product.version <= mine.product.version)
                RC_ASSERT(other.short_of == 0U);
        }
    }
    PositionSweep slices;
    while (!slices.step(kit.ledger, kit.now, 1)) {
    }
    const Position sliced = slices.take();
    RC_ASSERT(sliced.rows == position.rows);
    RC_ASSERT(sliced.uncovered == position.uncovered);
}

}  // namespace
}  // namespace calm
