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
    const CalId cal = give(first, from);
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

// A log may give a machine two of the same; the one that lasts longest is the device's again, of
// equals the one whose user has logged on.
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
    give(first, {}, temporary(days(20), true));
    const CalId longest = give(first, {}, temporary(days(30), false));
    const auto brought = [&] {
        const auto entries = decide_separation(kit.ledger, second, kit.now);
        return std::get<entry::CalReturned>((*entries)[1]).cal;
    };
    EXPECT_EQ(brought(), longest);
    kit.add(entry::CalReturned{longest});
    EXPECT_EQ(brought(), CalId{carried.value + 1});
    kit.add(entry::CalReturned{CalId{carried.value + 1}});
    EXPECT_EQ(brought(), carried);
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

TEST_F(Carrying, AnErasureSettlesTheDoubtsOfItsOtherNames) {
    const SubjectId third = kit.subject(HolderKind::device);
    kit.add(entry::DeviceDoubted{second, third});
    kit.add(entry::DevicesMerged{second, first});
    kit.add(entry::DevicesMerged{third, first});
    Entries parted;
    part(kit.ledger, first, parted);
    EXPECT_EQ(parted.size(), 3u);
    EXPECT_EQ(std::ranges::count(parted, EntryBody(entry::DeviceAccepted{second})), 1);
    kit.add(entry::DeviceAccepted{second});
    parted.clear();
    part(kit.ledger, first, parted);
    EXPECT_EQ(parted.size(), 2u);
}

TEST_F(Carrying, ADoubtThatWasSettledIsNotSettledAgain) {
    kit.add(entry::DeviceDoubted{second, first});
    kit.add(entry::DevicesMerged{second, first});
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 2u);
    kit.add(entry::DeviceAccepted{second});
    EXPECT_EQ(decide_separation(kit.ledger, second, kit.now)->size(), 1u);
}

TEST_F(Carrying, AnAcceptanceValidatesWhatADeviceWasGivenMeanwhile) {
    kit.add(entry::DeviceDoubted{second, first});
    const auto temporary = [&](bool validated) {
        return [=, this](CalStatement& c) {
            c.overuse = false;
            c.state = CalState::temporary;
            c.validated = validated;
            c.expires_at = kit.now + days(9);
        };
    };
    const CalId first_days = give(second, {}, temporary(false));
    give(second, {}, temporary(true));
    give(second, pack(1));
    const auto accepted = decide_acceptance(kit.ledger, second, kit.now);
    ASSERT_EQ(accepted->size(), 2u);
    EXPECT_EQ(std::get<entry::CalValidated>(accepted->back()).cal.cal, first_days);
    EXPECT_EQ(decide_acceptance(kit.ledger, second, kit.now + days(9))->size(), 1u);
}

TEST_F(Carrying, ADoubtAboutWhoeverWasErasedIsNone) {
    kit.add(entry::DeviceDoubted{second, first});
    EXPECT_TRUE(kit.ledger.is_doubted(second));
    kit.add(entry::SubjectErased{first});
    EXPECT_FALSE(kit.ledger.is_doubted(second));
}

}  // namespace
}  // namespace calm
