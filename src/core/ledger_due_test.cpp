// What is due in packs and pools after CALs went from one to another, and how far seats of one host
// reach.
#include <gtest/gtest.h>

#include "core/coverage.h"
#include "core/request_memory.h"
#include "core/state_test_kit.h"
#include "core/verbs.h"

namespace calm {
namespace {

using test::WholeLedger;

class WhatIsDue : public testing::Test {
  protected:
    WholeLedger kit;

    PackId pack(std::string product, auto change) {
        const PackId id = kit.ledger.next_pack();
        entry::PackInstalled terms{.pack = id, .product = std::move(product), .quantity = 4};
        terms.document.fill(static_cast<uint8_t>(200 + id.value));
        change(terms);
        kit.step(terms);
        return id;
    }
    CalId give(SubjectId holder, PackId from, auto change) {
        CalStatement cal = kit.seat(holder, from, kit.ledger.pack(from).terms.product);
        change(cal);
        kit.step(entry::CalIssued{cal});
        return cal.cal;
    }
};

TEST_F(WhatIsDue, InAPackIsNoCalThatBecameOverUse) {
    const PackId from = pack("mail", [](auto&) {});
    const CalId cal = give(kit.dora, from, [](auto&) {});
    const Instant end{int64_t{kit.ledger.cal(cal).expires_at}};
    EXPECT_EQ(kit.ledger.due_in(from, end), cal);
    CalStatement over = statement_of(kit.ledger, cal);
    over.pack = {};
    over.overuse = true;
    kit.step(entry::CalRenewed{over});
    EXPECT_EQ(kit.ledger.due_in(from, end), CalId{});
    CalStatement other = over;
    other.overuse = false;
    other.pack = pack("mail", [](auto&) {});
    kit.step(entry::CalRenewed{other});
    EXPECT_EQ(kit.ledger.due_in(from, end), CalId{});
    EXPECT_EQ(kit.ledger.due_in(other.pack, end), cal);
}

// Its place in the queue is not taken back with it.
TEST_F(WhatIsDue, IsNoCalThatWasTakenBack) {
    const PackId from = pack("mail", [](auto& p) { p.overdraft = 2; });
    const Instant end = kit.now + days(100);
    const std::vector<CalId> before = kit.ledger.due(end, 1000);
    for (const bool over : {false, true}) {
        SCOPED_TRACE(over);
        CalStatement cal = kit.seat(kit.dora, from, "mail");
        cal.overuse = over;
        const Undo undo = kit.add(entry::CalIssued{cal});
        EXPECT_NE(kit.ledger.due(end, 1000), before);
        kit.ledger.undo(undo);
        EXPECT_EQ(kit.ledger.due_in(from, end), CalId{});
        EXPECT_EQ(kit.ledger.all_due_in(from, end), std::vector<CalId>{});
        EXPECT_EQ(kit.ledger.overdraft_due_in(from, end), CalId{});
        EXPECT_EQ(kit.ledger.due(end, 1000), before);
    }
}

TEST_F(WhatIsDue, OfAnOverdraftIsItsPacksOwn) {
    const auto with_overdraft = [](auto& p) { p.overdraft = 2; };
    const PackId one = pack("mail", with_overdraft);
    const PackId two = pack("mail", with_overdraft);
    const auto over = [](CalStatement& c) { c.overuse = true; };
    const CalId of_one = give(kit.dora, one, over);
    const CalId of_two = give(kit.anna, two, over);
    const Instant end = kit.now + days(61);
    EXPECT_EQ(kit.ledger.overdraft_due_in(one, end), of_one);
    EXPECT_EQ(kit.ledger.overdraft_due_in(two, end), of_two);
    EXPECT_EQ(kit.ledger.all_overdraft_due_in(two, end), std::vector{of_two});
    EXPECT_EQ(kit.ledger.overdraft_due_in(one, kit.now), CalId{});
}

// CALs of a maintained pack may state several products; the first that is due is enough.
TEST_F(WhatIsDue, OfAMaintainedPacksOverdraftIsFoundWhateverItStates) {
    const PackId from = pack("ts-2019", [&](auto& p) {
        p.overdraft = 2;
        p.maintained_until = kit.now;
    });
    const auto over = [](CalStatement& c) { c.overuse = true; };
    const CalId old = give(kit.dora, from, over);
    const CalId later = give(kit.subject(HolderKind::user), from, [](auto& c) {
        c.overuse = true;
        c.product = "ts-2025";
    });
    const Instant end = kit.now + days(61);
    EXPECT_EQ(kit.ledger.overdraft_due_in(from, end), old);
    EXPECT_EQ(kit.ledger.all_overdraft_due_in(from, end), (std::vector{old, later}));
}

TEST_F(WhatIsDue, IsNoMoreThanWasAskedFor) {
    const Instant end = kit.now + days(100);
    const size_t all = kit.ledger.due(end, 1000).size();
    ASSERT_GT(all, 6u);
    EXPECT_TRUE(kit.ledger.due(end, 0).empty());
    for (size_t limit = 1; limit <= all; ++limit) {
        const std::vector<CalId> some = kit.ledger.due(end, limit);
        EXPECT_TRUE(!some.empty() && some.size() <= limit) << limit;
        EXPECT_EQ(std::ranges::adjacent_find(some), some.end());
    }
}

// A seat that counts at one host makes up for a CAL only where that admits too.
TEST_F(WhatIsDue, SeatsOfOneHostReachNoFurther) {
    const auto at_host = [](auto& p) { p.metric = PackMetric::per_server; };
    const PackId here = pack("cad", at_host);
    const PackId also_here = pack("cad", at_host);
    const PackId elsewhere = pack("cad", at_host);
    const PackId nowhere = pack("cad", at_host);
    kit.step(entry::PackAssigned{here, kit.front});
    kit.step(entry::PackAssigned{also_here, kit.front});
    kit.step(entry::PackAssigned{elsewhere, kit.back});
    const auto lease = [](CalStatement& c) { c.lease = true; };
    const Cal at_front = kit.ledger.cal(give(kit.dora, here, lease));
    const Cal anywhere = kit.ledger.cal(kit.leased);
    Cal over = at_front;
    over.pack = {};
    const auto covers = [&](PackId with, const Cal& cal) {
        return covers_all(kit.ledger, kit.ledger.pack(with), cal);
    };
    EXPECT_TRUE(covers(also_here, at_front));
    EXPECT_FALSE(covers(elsewhere, at_front));
    EXPECT_FALSE(covers(nowhere, at_front));
    EXPECT_FALSE(covers(here, anywhere));
    EXPECT_FALSE(covers(here, over));
    EXPECT_TRUE(covers(kit.floating, at_front));
    EXPECT_FALSE(covers_all(kit.ledger, at_front, anywhere));
    EXPECT_TRUE(covers_all(kit.ledger, anywhere, at_front));
}

// An id that was used again within what is kept has its newest answer, however often the index is
// made anew, and the one before when that is taken back.
TEST(AnAnswerGivenAgain, IsTheNewestUntilItIsTakenBack) {
    RequestMemory memory;
    const auto answer = [](uint8_t id, uint32_t at, uint64_t content) {
        RememberedAnswer made;
        made.id = test::request_id(id);
        made.at = at;
        made.content = content;
        return made;
    };
    constexpr uint32_t kDay = 86400;
    for (uint8_t old = 100; old < 110; ++old)
        memory.add(answer(old, 0, 0));
    memory.add(answer(1, 1000, 10));
    memory.add(answer(2, kDay, 0));
    memory.add(answer(3, kDay + 1, 0));
    memory.add(answer(1, kDay + 1000, 20));
    memory.forget(Instant{kDay + 1});
    ASSERT_EQ(memory.size(), 4u);
    EXPECT_EQ(memory.find(test::request_id(1), Instant{kDay + 1000})->content, 20u);
    memory.pop_last();
    EXPECT_EQ(memory.find(test::request_id(1), Instant{kDay + 500})->content, 10u);
    EXPECT_EQ(memory.find(test::request_id(100), Instant{kDay + 1}), nullptr);
}

}  // namespace
}  // namespace calm
