// What a forged log could make of a ledger, entry by entry without asking for objections:
// broken_invariant() names it.
#include <gtest/gtest.h>

#include "core/invariants.h"
#include "core/state_test_kit.h"

namespace calm {
namespace {

using test::row;
using test::WholeLedger;

class AForgery : public testing::Test {
  protected:
    WholeLedger kit;

    // What broken_invariant() says when this entry is taken as it is.
    std::string after(const EntryBody& body) {
        const LedgerEntry entry{kit.ledger.size(), kit.now, {}, body};
        EXPECT_NE(kit.ledger.objection(entry), std::nullopt) << "this is no forgery";
        kit.ledger.apply(entry);
        return broken_invariant(kit.ledger, kit.now).value_or("(none)");
    }
    std::string after_cal(SubjectId holder, PackId pack, std::string product, auto change) {
        CalStatement cal = kit.seat(holder, pack, std::move(product));
        change(cal);
        return after(entry::CalIssued{cal});
    }
    std::string next_cal() const { return std::to_string(kit.ledger.next_cal().value); }
};

TEST_F(AForgery, OfATemporaryCalAtASeatIsNamed) {
    const std::string cal = next_cal();
    EXPECT_EQ(after_cal(kit.alike, kit.devices, "ts-2022",
                        [](auto& c) { c.state = CalState::temporary; }),
              "temporary CAL " + cal + " spends a seat");
}

TEST_F(AForgery, OfATemporaryOverUseIsNamed) {
    const std::string cal = next_cal();
    EXPECT_EQ(after_cal(kit.alike, {}, "ts-2022", [](auto& c) { c.state = CalState::temporary; }),
              "temporary CAL " + cal + " spends a seat");
}

TEST_F(AForgery, OfACalThatRestsOnNothingIsNamed) {
    const std::string cal = next_cal();
    EXPECT_EQ(after_cal(kit.alike, {}, "ts-2022", [](auto& c) { c.overuse = false; }),
              "CAL " + cal + " rests on nothing");
}

TEST_F(AForgery, OfAnErasureIsNamed) {
    EXPECT_EQ(after(entry::SubjectErased{kit.anna}),
              "CAL " + std::to_string(kit.annas.value) + " is held by somebody who was erased");
}

TEST_F(AForgery, OfALoanThatNobodyGaveIsNamed) {
    const std::string cal = next_cal();
    EXPECT_EQ(after_cal(kit.dora, kit.users, "ts-2022", [&](auto& c) { c.of = kit.annas; }),
              "CAL " + cal + " is on loan from nobody");
}

TEST_F(AForgery, OfConcurrentSeatsIsNamed) {
    const std::string cal = next_cal();
    EXPECT_EQ(after_cal(kit.dora, kit.suite, "ts-2022", [](auto& c) { c.lease = true; }),
              "CAL " + cal + " is a concurrent seat of a pack without any");
}

TEST_F(AForgery, OfASeatTakenFromItsHostIsNamed) {
    const std::string cal = next_cal();
    EXPECT_EQ(
        after_cal(kit.dora, kit.per_server, "cad", [](auto& c) { c.lease = c.borrowed = true; }),
        "CAL " + cal + " is borrowed, and no concurrent seat");
}

TEST_F(AForgery, OfABorrowedOverUseIsNamed) {
    const PackId pack = kit.ledger.next_pack();
    kit.step(entry::PackInstalled{.pack = pack,
                                  .document = {77},
                                  .product = "cad",
                                  .quantity = 1,
                                  .metric = PackMetric::concurrent,
                                  .overdraft = 1});
    const std::string cal = next_cal();
    EXPECT_EQ(
        after_cal(kit.dora, pack, "cad", [](auto& c) { c.overuse = c.lease = c.borrowed = true; }),
        "CAL " + cal + " is borrowed, and no concurrent seat");
}

TEST_F(AForgery, OfACalOfAnotherPackIsNamed) {
    const std::string cal = next_cal();
    EXPECT_EQ(after_cal(kit.dora, kit.suite, "cad", [](auto&) {}),
              "CAL " + cal + " is not one of its pack");
}

TEST_F(AForgery, OfACalOfAnotherKindIsNamed) {
    const std::string cal = next_cal();
    EXPECT_EQ(after_cal(kit.alike, kit.suite, "ts-2022", [](auto&) {}),
              "CAL " + cal + " is not one of its pack");
}

TEST_F(AForgery, OfARemovedHostIsNamed) {
    EXPECT_EQ(after(entry::HostRemoved{kit.front}), "a removed host has licenses");
}

TEST_F(AForgery, OfAHostThatTakesCalsIsNamed) {
    EXPECT_EQ(after(entry::HostLicensed{kit.back, kit.suite, 1}),
              "pack " + std::to_string(kit.suite.value) + " is not one of hosts");
}

TEST_F(AForgery, OfAnInstallationOfCalsIsNamed) {
    EXPECT_EQ(after(entry::InstallationClaimed{kit.suite, kit.kiosk}),
              "pack " + std::to_string(kit.suite.value) + " is not one of installations");
}

TEST_F(AForgery, OfAnErasedComputerIsNamed) {
    kit.step(entry::CalReturned{kit.kiosks, ReturnReason::left});
    EXPECT_EQ(after(entry::SubjectErased{kit.kiosk}),
              "somebody who was erased has an installation");
}

TEST_F(AForgery, OfARemovedPackWithOverUseIsNamed) {
    kit.step(entry::PackInstalled{.pack = kit.ledger.next_pack(),
                                  .document = {77},
                                  .product = "ts-2022",
                                  .quantity = 1,
                                  .overdraft = 1});
    const PackId pack{kit.ledger.next_pack().value - 1};
    CalStatement beyond = kit.seat(kit.gone, pack, "ts-2022");
    beyond.holder = kit.ledger.next_subject();
    kit.step(entry::SubjectAdded{beyond.holder, HolderKind::user, {}});
    beyond.kind = PackKind::per_user;
    beyond.overuse = true;
    kit.step(entry::CalIssued{beyond});
    EXPECT_EQ(after(entry::PackRemoved{pack}),
              "removed pack " + std::to_string(pack.value) + " has CALs out");
}

TEST_F(AForgery, OfALoanWithoutAStandInIsNamed) {
    CalStatement cal = kit.seat(kit.dora, kit.users, "ts-2022");
    cal.of = kit.annas;
    cal.state = CalState::expired;
    EXPECT_EQ(after(entry::CalLent{cal}),
              "the loan of CAL " + std::to_string(kit.annas.value) + " has no stand-in");
}

TEST_F(AForgery, OfALoanOfNothingIsNamed) {
    const CalStatement cal = kit.seat(kit.dora, kit.suite, "ts-2022");
    EXPECT_EQ(after(entry::CalLent{cal}), "the loan of CAL 0 has no stand-in");
}

// Each lends a CAL that is not there for it, in one of the ways.
TEST_F(AForgery, OfALoanOfWhatIsNotThereIsNamed) {
    const auto lent = [](CalId cal) {
        return "CAL " + std::to_string(cal.value) + " is lent and not there";
    };
    CalStatement loan = kit.seat(kit.dora, kit.users, "ts-2022");
    const auto after_loan = [&](CalId of, Seconds length) {
        WholeLedger fresh;
        std::swap(kit, fresh);
        loan.of = of;
        loan.expires_at = kit.now + length;
        return after(entry::CalLent{loan});
    };
    EXPECT_EQ(after_loan(kit.overdrawn, days(5)), lent(kit.overdrawn));  // spends no seat
    EXPECT_EQ(after_loan(kit.leased, days(5)), lent(kit.leased));        // of another pack
    EXPECT_EQ(after_loan(kit.annas, days(90)), lent(kit.annas));         // too long
    EXPECT_EQ(after_loan(kit.returned, days(5)), lent(kit.returned));    // given back
    loan.holder = kit.anna;
    EXPECT_EQ(after_loan(kit.annas, days(5)), lent(kit.annas));  // to its owner
}

TEST_F(AForgery, OfACalThatIsLentAndGivenBackIsNamed) {
    EXPECT_EQ(after(entry::CalReturned{kit.lent, ReturnReason::left}),
              "CAL " + std::to_string(kit.lent.value) + " is lent and not there");
}

TEST_F(AForgery, OfACalUnderAnotherNameIsNamed) {
    const auto merge = [&](SubjectId device, SubjectId into) {
        const LedgerEntry entry{kit.ledger.size(), kit.now, {}, entry::DevicesMerged{device, into}};
        EXPECT_EQ(kit.ledger.objection(entry), std::nullopt);
        kit.ledger.apply(entry);
        return broken_invariant(kit.ledger, kit.now);
    };
    EXPECT_EQ(merge(kit.kiosk, kit.laptop),
              "CAL " + std::to_string(kit.kiosks.value) + " is held by another name of a machine");
}

TEST_F(AForgery, OfASeatBesideOverUseForTheSameIsNamed) {
    for (const char* product : {"ts-2022", "ts-2025"}) {
        WholeLedger fresh;
        const CalStatement over = fresh.seat(fresh.anna, {}, product);
        fresh.step(entry::CalIssued{over});
        EXPECT_EQ(broken_invariant(fresh.ledger, fresh.now),
                  "CALs " + std::to_string(over.cal.value) + " and " +
                      std::to_string(fresh.annas.value) + " of one holder cover the same");
    }
}

// A holder's CAL that its chain leaves out is counted for the pack and not for the group.
TEST_F(AForgery, OfAChainThatLeavesACalOutIsNamed) {
    Cal last = kit.ledger.cal(kit.leased);
    const std::string before = row(last);
    ASSERT_EQ(last.next, kit.annas);
    last.next = {};
    Ledger ledger;
    const auto read = test::read_back(ledger, test::damaged(kit.bytes(), before, row(last)));
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(broken_invariant(ledger, kit.now), "what `sales` uses of pack 1 is miscounted");
}

}  // namespace
}  // namespace calm
