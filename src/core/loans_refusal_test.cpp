// Loans and concurrent seats that cannot be, and what they leave of a stand-in's own CALs.
#include <gtest/gtest.h>

#include "core/leases.h"
#include "core/loans.h"
#include "core/stations.h"
#include "core/test_kit.h"

namespace calm {
namespace {

using test::code_of;
using test::Kit;

class WhatIsHeld : public testing::Test {
  protected:
    Kit kit;
    HostId host;
    HostId other;
    PackId named, floating, here;
    SubjectId anna, bruno, desk;

    void SetUp() override {
        kit.set("p-1");
        kit.set("p-2");
        ProductRules lingering = kPlainWithLinger;
        kit.set("cad", lingering);
        kit.set("cam");
        host = kit.host(LicensingMode::per_user);
        other = kit.host(LicensingMode::per_user);
        named = pack("p-2", [](auto&) {});
        floating = pack("cad", [&](auto& p) {
            p.metric = PackMetric::concurrent;
            p.expires_at = kit.now + minutes(12);
        });
        here = pack("cad", [](auto& p) {
            p.metric = PackMetric::per_server;
            p.overdraft = 2;
        });
        kit.add(entry::PackAssigned{here, host});
        anna = kit.subject(HolderKind::user);
        bruno = kit.subject(HolderKind::user);
        desk = kit.ledger.next_subject();
        kit.add(decide_station(kit.ledger, {.host = host}));
    }
    static constexpr ProductRules kPlainWithLinger{
        .temporary_days = 0, .initial_grace_days = 0, .linger_minutes = 30};

    PackId pack(std::string product, auto change) {
        const PackId id = kit.ledger.next_pack();
        entry::PackInstalled terms{.pack = id, .product = std::move(product), .quantity = 3};
        terms.document.fill(static_cast<uint8_t>(id.value));
        change(terms);
        kit.add(terms);
        return id;
    }
    CalId give(SubjectId holder, PackId from, auto change) {
        CalStatement cal{.cal = kit.ledger.next_cal(), .holder = holder, .product = "p-2"};
        if (from) cal.product = kit.ledger.pack(from).terms.product;
        cal.pack = from;
        cal.overuse = !from;
        cal.issued_at = kit.now;
        cal.expires_at = kit.now + days(60);
        cal.host = host;
        change(cal);
        kit.add(entry::CalIssued{cal});
        return cal.cal;
    }
    CalId give(SubjectId holder, PackId from) {
        return give(holder, from, [](auto&) {});
    }
    CalId lease(SubjectId holder, PackId from, Seconds length) {
        return give(holder, from, [&](auto& c) {
            c.lease = true;
            c.expires_at = kit.now + length;
        });
    }
    Result<Entries> lend(CalId cal, SubjectId to, Seconds length = days(5)) const {
        return decide_loan(kit.ledger, {.cal = cal, .to = to, .until = kit.now + length}, kit.now);
    }
};

TEST_F(WhatIsHeld, IsLentOnlyWhenItIsAnOwnSeat) {
    EXPECT_EQ(code_of(lend(give(anna, named), bruno)), "(done)");
    EXPECT_EQ(code_of(lend(give(desk, named), bruno)), "loan_needs_seat");
    EXPECT_EQ(code_of(lend(give(bruno, {}), anna)), "loan_needs_seat");
    EXPECT_EQ(code_of(lend(lease(anna, floating, minutes(10)), bruno)), "loan_needs_seat");
}

TEST_F(WhatIsHeld, IsLentOnlyToWhomIsThere) {
    const CalId cal = give(anna, named);
    EXPECT_EQ(code_of(lend(cal, {99})), "subject_unknown");
    kit.add(entry::SubjectErased{bruno});
    EXPECT_EQ(code_of(lend(cal, bruno)), "subject_unknown");
}

TEST_F(WhatIsHeld, IsNotLentToWhomItsOwnIsLent) {
    const CalId cal = give(anna, named);
    const SubjectId clara = kit.subject(HolderKind::user);
    const PackId cams = pack("cam", [](auto&) {});
    give(bruno, cams);
    kit.add(lend(give(bruno, named), clara));
    kit.set("cat");
    give(bruno, pack("cat", [](auto&) {}));
    EXPECT_EQ(code_of(lend(cal, bruno)), "loan_exists");
    // Nor to whom stands in for somebody else with as much.
    EXPECT_EQ(code_of(lend(cal, clara)), "loan_needless");
}

TEST_F(WhatIsHeld, LeavesAStandInWhatDoesMoreOrLasts) {
    const CalId cal = give(anna, named);
    const PackId cams = pack("cam", [](auto&) {});
    give(bruno, cams);
    kit.set("cat");
    const SubjectId dora = kit.subject(HolderKind::user);
    kit.add(lend(give(dora, pack("cat", [](auto&) {})), bruno));
    lease(bruno, floating, minutes(10));  // of another product
    const CalId over = give(bruno, {});   // the loan does as much
    const auto lent = lend(cal, bruno);
    ASSERT_EQ(lent->size(), 2u);
    EXPECT_EQ(lent->front(), EntryBody(entry::CalReturned{over}));
    kit.add(lent);
    // While it lasts, another loan to the same one is needless.
    const CalId second = give(kit.subject(HolderKind::user), named);
    EXPECT_EQ(code_of(lend(second, bruno)), "loan_needless");
}

TEST_F(WhatIsHeld, IsRecalledOnlyWhileItIsAway) {
    const CalId cal = give(anna, named);
    kit.add(lend(cal, bruno));
    EXPECT_EQ(code_of(decide_recall(kit.ledger, cal, kit.now)), "(done)");
    EXPECT_EQ(code_of(decide_recall(kit.ledger, cal, kit.now + days(5))), "loan_unknown");
}

TEST_F(WhatIsHeld, IsKeptForAWhileButNotBeyondItsPack) {
    const ProductId cad = kit.ledger.find_product("cad");
    const SessionOver over{.host = host, .product = cad, .user = anna};
    const auto left = [&](SubjectId user) {
        SessionOver each = over;
        each.user = user;
        const auto entries = decide_session_end(kit.ledger, each, kit.now);
        return std::get<entry::SeatLeft>(entries->front()).cal.expires_at;
    };
    lease(anna, floating, minutes(10));
    EXPECT_EQ(left(anna), kit.now + minutes(12));
    lease(bruno, here, minutes(10));
    EXPECT_EQ(left(bruno), kit.now + minutes(30));
    const SubjectId clara = kit.subject(HolderKind::user);
    give(clara, {}, [](auto& c) {
        c.product = "cad";
        c.lease = true;
    });
    EXPECT_EQ(left(clara), kit.now + minutes(30));
    EXPECT_EQ(code_of(decide_session_end(kit.ledger, {.host = host, .product = {99}, .user = anna},
                                         kit.now)),
              "product_unknown");
}

TEST_F(WhatIsHeld, EndsWithTheSessionsOfTheProductThatItServes) {
    const auto ended = [&](const char* product) {
        const SessionOver over{
            .host = host, .product = kit.ledger.find_product(product), .user = anna};
        return decide_session_end(kit.ledger, over, kit.now)->size();
    };
    const PackId older = pack("p-1", [](auto& p) { p.metric = PackMetric::concurrent; });
    lease(anna, older, minutes(10));
    EXPECT_EQ(ended("p-2"), 0u);  // a later version
    EXPECT_EQ(ended("cam"), 0u);  // another product
    EXPECT_EQ(ended("p-1"), 1u);
}

TEST_F(WhatIsHeld, IsAskedForAgainOnlyWhenItIsAConcurrentSeat) {
    const ProductId cad = kit.ledger.find_product("cad");
    const auto again = [&](CalId id, HostId at) {
        return ask_again_at(kit.ledger, id, at, cad, kit.now);
    };
    const CalId seat = lease(anna, floating, minutes(10));
    EXPECT_EQ(again(seat, host), kit.now + minutes(5));
    EXPECT_EQ(again(seat, other), std::nullopt);
    EXPECT_EQ(again({99}, host), std::nullopt);
    EXPECT_EQ(again(give(bruno, named), host), std::nullopt);
}

TEST_F(WhatIsHeld, IsBorrowedOnlyByUsersAndDevices) {
    const CalId cal = lease(desk, floating, minutes(10));
    EXPECT_EQ(code_of(decide_borrowing(kit.ledger, cal, kit.now + days(3), kit.now)),
              "borrow_needs_seat");
    const CalId at_host = lease(anna, here, minutes(10));
    EXPECT_EQ(code_of(decide_borrowing(kit.ledger, at_host, kit.now + days(3), kit.now)),
              "borrow_needs_seat");
}

TEST_F(WhatIsHeld, LeavesAPackThatGoesToAnotherHostWhenItIsOver) {
    lease(anna, here, minutes(10));
    give(bruno, here, [&](auto& c) {
        c.lease = c.overuse = true;
        c.expires_at = kit.now + minutes(10);
    });
    EXPECT_EQ(code_of(decide_assignment(kit.ledger, here, other, kit.now)), "pack_in_use");
    const auto moved = decide_assignment(kit.ledger, here, other, kit.now + minutes(10));
    ASSERT_EQ(moved->size(), 3u);
    kit.now = kit.now + minutes(10);
    kit.add(moved);
    EXPECT_EQ(kit.ledger.pack(here).host, other);
    EXPECT_EQ(kit.ledger.pack(here).overdrawn, 0u);
}

TEST_F(WhatIsHeld, IsWaitedForInALineOfEachKindAndFamily) {
    const SubjectId kiosk = kit.subject(HolderKind::device);
    const ProductId cad = kit.ledger.find_product("cad");
    const auto join = [&](SubjectId holder, PackKind kind, const char* product, Seconds time) {
        kit.add(entry::QueueJoined{holder, kind, product, kit.now + time});
    };
    join(kiosk, PackKind::per_device, "cad", minutes(9));
    join(bruno, PackKind::per_user, "cam", minutes(9));
    join(desk, PackKind::per_user, "cad", minutes(2));
    join(anna, PackKind::per_user, "cad", minutes(9));
    const auto place = [&](Instant at) {
        const auto line = line_of(kit.ledger, at);
        return line.back().place;
    };
    EXPECT_EQ(place(kit.now), 2u);
    EXPECT_EQ(place(kit.now + minutes(2)), 1u);
    EXPECT_EQ(count_ahead(kit.ledger, nullptr, PackKind::per_device, cad, kit.now), 1u);
}

}  // namespace
}  // namespace calm
