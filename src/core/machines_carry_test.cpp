// What goes over when devices become one machine, and what comes back, where little is left: packs
// that are full, over or overdrawn, and CALs that others may not touch.
#include <gtest/gtest.h>

#include "core/invariants.h"
#include "core/loans.h"
#include "core/machines.h"
#include "core/test_kit.h"

namespace calm {
namespace {

using test::code_of;
using test::Kit;

class Carrying : public testing::Test {
  protected:
    Kit kit;
    SubjectId first;
    SubjectId second;

    void SetUp() override {
        for (const char* code : {"p-1", "p-2", "q", "r"})
            kit.set(code);
        first = kit.subject(HolderKind::device);
        second = kit.subject(HolderKind::device);
    }
    PackId pack(uint32_t quantity, auto change) {
        const PackId id = kit.ledger.next_pack();
        entry::PackInstalled terms{.pack = id, .product = "p-1", .kind = PackKind::per_device};
        terms.document.fill(static_cast<uint8_t>(id.value));
        terms.quantity = quantity;
        change(terms);
        kit.add(terms);
        return id;
    }
    PackId pack(uint32_t quantity) {
        return pack(quantity, [](auto&) {});
    }
    CalId give(SubjectId holder, PackId from, auto change) {
        CalStatement cal{.cal = kit.ledger.next_cal(),
                         .holder = holder,
                         .kind = PackKind::per_device,
                         .product = from ? kit.ledger.pack(from).terms.product : "p-1",
                         .pack = from,
                         .overuse = !from,
                         .issued_at = kit.now,
                         .expires_at = kit.now + days(60)};
        change(cal);
        kit.add(entry::CalIssued{cal});
        return cal.cal;
    }
    CalId give(SubjectId holder, PackId from) {
        return give(holder, from, [](auto&) {});
    }
    void merge() { kit.add(decide_merge(kit.ledger, first, second, kit.now)); }
    void separate() { kit.add(decide_separation(kit.ledger, second, kit.now)); }
    bool live(CalId id) const { return kit.ledger.cal(id).live(kit.now); }
    size_t held(SubjectId holder) const {
        size_t count = 0;
        for (CalId id = kit.ledger.subject(holder).first; id; id = kit.ledger.cal(id).next)
            count += live(id) ? 1 : 0;
        return count;
    }
    // Gives the first of them what makes the second's superfluous, and merges them.
    CalId merged_with_the_same_of_both(PackId from, auto change) {
        give(first, from, change);
        const CalId superfluous = give(second, from, change);
        merge();
        EXPECT_FALSE(live(superfluous));
        return superfluous;
    }
};

TEST_F(Carrying, IsRefusedWhileACalIsLent) {
    const PackId from = pack(3);
    give(first, pack(1, [](auto& p) { p.product = "q"; }));
    const CalId cal = give(first, from);
    give(first, pack(1, [](auto& p) { p.product = "r"; }));
    const SubjectId third = kit.subject(HolderKind::device);
    kit.add(
        decide_loan(kit.ledger, {.cal = cal, .to = third, .until = kit.now + days(5)}, kit.now));
    EXPECT_EQ(code_of(decide_merge(kit.ledger, first, second, kit.now)), "loan_exists");
    EXPECT_EQ(code_of(decide_merge(kit.ledger, second, third, kit.now)), "loan_exists");
    kit.now = kit.now + days(5);
    EXPECT_EQ(code_of(decide_merge(kit.ledger, first, second, kit.now)), "(done)");
}

TEST_F(Carrying, LeavesOutWhoeverWasErased) {
    kit.add(entry::SubjectErased{second});
    EXPECT_EQ(code_of(decide_merge(kit.ledger, first, second, kit.now)), "subject_unknown");
}

TEST_F(Carrying, GivesWhatTheOtherMakesSuperfluousBackOnce) {
    const auto suite = [&](const char* with) { return pack(1, [&](auto& p) { p.also = {with}; }); };
    const CalId own = give(first, pack(1));
    give(second, suite("q"));
    give(second, suite("r"));
    const auto entries = decide_merge(kit.ledger, first, second, kit.now);
    EXPECT_EQ(std::ranges::count(*entries, EntryBody(entry::CalReturned{own})), 1);
    kit.add(entries);
    EXPECT_EQ(held(first), 2u);
}

TEST_F(Carrying, BringsNoOverUseBesideAConcurrentSeatAndTheFirstDaysOfADevice) {
    const PackId floating = pack(2, [](auto& p) { p.metric = PackMetric::concurrent; });
    give(first, floating, [](auto& c) { c.lease = true; });
    const CalId over = give(second, {});
    const CalId days_of_its_own = give(second, {}, [](auto& c) {
        c.overuse = false;
        c.state = CalState::temporary;
    });
    const CalId lease = give(second, floating, [](auto& c) { c.lease = true; });
    merge();
    // The first days last, and come along; the rest the seat does as well.
    EXPECT_FALSE(live(over) || live(lease) || live(days_of_its_own));
    EXPECT_TRUE(kit.ledger.cal(days_of_its_own).carried());
    EXPECT_FALSE(kit.ledger.cal(over).carried() || kit.ledger.cal(lease).carried());
    EXPECT_EQ(held(first), 2u);
    separate();
    EXPECT_FALSE(live(lease));  // its sessions ask again
    EXPECT_TRUE(live(days_of_its_own) && live(over));
}

TEST_F(Carrying, MovesInstallationsThatTheMachineLacks) {
    const auto box = [&] { return pack(2, [](auto& p) { p.kind = PackKind::installation; }); };
    const PackId both = box();
    const PackId one = box();
    kit.add(entry::InstallationClaimed{both, first});
    kit.add(entry::InstallationClaimed{both, second});
    kit.add(entry::InstallationClaimed{one, second});
    merge();
    ASSERT_EQ(kit.ledger.installations().size(), 2u);
    for (const Installation& each : kit.ledger.installations())
        EXPECT_EQ(each.computer, first);
}

TEST_F(Carrying, GivesASeatAgainAsLongAsOneIsLeft) {
    const PackId from = pack(2);
    const CalId again = merged_with_the_same_of_both(from, [](auto&) {});
    const SubjectId third = kit.subject(HolderKind::device);
    const CalId shorter = give(third, from, [&](auto& c) { c.expires_at = kit.now + days(9); });
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 1u);  // none is left
    kit.now = kit.now + days(9);
    const auto separated = decide_separation(kit.ledger, second, kit.now);  // one is over
    EXPECT_EQ(std::ranges::count(*separated, EntryBody(entry::CalExpired{shorter})), 1);
    kit.add(separated);
    EXPECT_TRUE(live(again));
    EXPECT_EQ(broken_invariant(kit.ledger, kit.now), std::nullopt);
}

TEST_F(Carrying, GivesNoSeatAgainOutOfAPackThatEndedMeanwhile) {
    const PackId from = pack(2, [&](auto& p) { p.expires_at = kit.now + days(70); });
    const CalId again =
        merged_with_the_same_of_both(from, [&](auto& c) { c.expires_at = kit.now + days(70); });
    kit.now = kit.now + days(69);
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 2u);
    kit.now = kit.now + days(1);
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 1u);
    EXPECT_FALSE(live(again));
}

TEST_F(Carrying, GivesNoSeatAgainOutOfAPackThatIsRemoved) {
    const PackId from = pack(2);
    merged_with_the_same_of_both(from, [](auto&) {});
    kit.add(entry::CalReturned{CalId{1}});
    kit.add(entry::PackRemoved{from});
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 1u);
}

TEST_F(Carrying, GivesNoSeatAgainWhileHostsTellWhatABackupLacks) {
    kit.host(LicensingMode::per_device);
    merged_with_the_same_of_both(pack(2), [](auto&) {});
    kit.add(entry::EpochStarted{1});
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 1u);
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.ledger.restore_window_end())->size(), 2u);
}

TEST_F(Carrying, GivesOverUseAgainAsFarAsTheVendorAllows) {
    const PackId from = pack(1, [](auto& p) { p.overdraft = 2; });
    const CalId again = merged_with_the_same_of_both(from, [](auto& c) { c.overuse = true; });
    const SubjectId third = kit.subject(HolderKind::device);
    const CalId shorter = give(third, from, [&](auto& c) {
        c.overuse = true;
        c.expires_at = kit.now + days(9);
    });
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 1u);  // all is drawn
    kit.now = kit.now + days(9);
    const auto entries = decide_separation(kit.ledger, second, kit.now);  // one is over
    EXPECT_EQ(std::ranges::count(*entries, EntryBody(entry::CalExpired{shorter})), 1);
    kit.add(entries);
    EXPECT_TRUE(live(again));
    EXPECT_EQ(kit.ledger.pack(from).overdrawn, 2u);
}

TEST_F(Carrying, GivesOverUseAgainOnlyOutOfAPackThatIsUsable) {
    const PackId from = pack(1, [&](auto& p) {
        p.overdraft = 2;
        p.expires_at = kit.now + days(30);
    });
    merged_with_the_same_of_both(from, [](auto& c) { c.overuse = true; });
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 2u);
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now + days(30))->size(), 1u);
}

// A log may give a machine several of the same; the one that lasts longest is the device's again,
// of equals the newest on which somebody has logged on.
TEST_F(Carrying, BringsTheBestBack) {
    const auto temporary = [&](Seconds length, bool validated) {
        return [=, this](CalStatement& c) {
            c.overuse = false;
            c.state = CalState::temporary;
            c.expires_at = kit.now + length;
            c.validated = validated;
        };
    };
    give(second, {}, temporary(days(20), false));
    merge();
    const CalId carried = kit.ledger.subject(first).first;
    const CalId older = give(first, {}, temporary(days(20), true));
    const CalId best = give(first, {}, temporary(days(20), true));
    give(first, {}, temporary(days(20), false));
    give(first, {}, temporary(days(10), false));
    give(first, {});  // over-use is something else
    const auto brought = [&] {
        const auto entries = decide_separation(kit.ledger, second, kit.now);
        return std::get<entry::CalReturned>((*entries)[1]).cal;
    };
    EXPECT_EQ(brought(), best);
    kit.add(entry::CalReturned{best});
    EXPECT_EQ(brought(), older);
    for (CalId id = kit.ledger.subject(first).first; id; id = kit.ledger.cal(id).next) {
        if (id != carried && live(id)) kit.add(entry::CalReturned{id});
    }
    EXPECT_EQ(brought(), carried);
}

TEST_F(Carrying, BringsEachOfTwoOfAKindBack) {
    const auto first_days = [&](Seconds length) {
        return [=, this](CalStatement& c) {
            c.overuse = false;
            c.state = CalState::temporary;
            c.expires_at = kit.now + length;
        };
    };
    const CalId one = give(second, {}, first_days(days(10)));
    const CalId other = give(second, {}, first_days(days(20)));
    merge();
    EXPECT_EQ(held(first), 2u);
    separate();
    EXPECT_EQ(held(first), 0u);
    EXPECT_TRUE(live(one) && live(other));
}

TEST_F(Carrying, BringsBackNothingThatIsLentOrOnLoan) {
    const PackId from = pack(3);
    const CalId seat = give(second, from);
    merge();
    const CalId carried = kit.ledger.subject(first).first;
    const SubjectId third = kit.subject(HolderKind::device);
    const CalId thirds = give(third, pack(1, [](auto& p) { p.product = "q"; }));
    const auto lend = [&](CalId cal, SubjectId to) {
        kit.add(
            decide_loan(kit.ledger, {.cal = cal, .to = to, .until = kit.now + days(5)}, kit.now));
    };
    lend(thirds, first);
    lend(carried, kit.subject(HolderKind::device));
    separate();  // it has another seat of the pack again
    EXPECT_TRUE(live(carried) && live(seat));
    EXPECT_EQ(kit.ledger.pack(from).used, 2u);
    EXPECT_EQ(broken_invariant(kit.ledger, kit.now), std::nullopt);
}

TEST_F(Carrying, BringsBackEachOfTwoThatWentOver) {
    const PackId from = pack(2);
    const CalId seat = give(second, from);
    const CalId other = give(second, pack(1, [](auto& p) { p.product = "q"; }));
    merge();
    EXPECT_EQ(held(second), 0u);
    separate();
    EXPECT_TRUE(live(seat) && live(other));
    EXPECT_EQ(held(first), 0u);
    EXPECT_EQ(broken_invariant(kit.ledger, kit.now), std::nullopt);
}

}  // namespace
}  // namespace calm
