// What a loan writes, what it refuses, and that undoing it is the identity. Its rules are played in
// tests/scenarios/loan_*.calm.
#include "core/loans.h"

#include <gtest/gtest.h>

#include "core/invariants.h"
#include "core/test_kit.h"

namespace calm {
namespace {

using test::code_of;
using test::Kit;
using test::read_back;

class Loans : public testing::Test {
  protected:
    Kit kit;
    HostId users;
    PackId pack;
    SubjectId anna;
    SubjectId bruno;
    CalId cal;

    void SetUp() override {
        users = kit.host(LicensingMode::per_user);
        kit.set("p-1");
        pack = kit.pack("p-1", PackKind::per_user, 1);
        anna = kit.subject(HolderKind::user);
        bruno = kit.subject(HolderKind::user);
        cal = kit.admit(kit.by_user(anna, users, "p-1")).cal;
    }
    Result<Entries> lend(SubjectId to, Instant until) {
        return decide_loan(kit.ledger, {.cal = cal, .to = to, .until = until}, kit.now);
    }
    void lend() { kit.add(lend(bruno, kit.now + days(30))); }
};

TEST_F(Loans, TheStandInsCalStatesTheWholeRightAndSpendsNoSeat) {
    const auto entries = decide_loan(
        kit.ledger,
        {.cal = cal, .to = bruno, .until = kit.now + days(30), .why = LoanReason::repair}, kit.now);
    ASSERT_EQ(entries->size(), 1u);
    const auto& lent = std::get<entry::CalLent>(entries->front());
    EXPECT_EQ(lent.why, LoanReason::repair);
    EXPECT_EQ(lent.cal.holder, bruno);
    EXPECT_EQ(lent.cal.pack, pack);
    EXPECT_EQ(lent.cal.of, cal);
    EXPECT_EQ(lent.cal.expires_at, kit.now + days(30));
    kit.add(entries);
    EXPECT_EQ(kit.ledger.pack(pack).used, 1u);
    EXPECT_FALSE(kit.ledger.cal(lent.cal.cal).spends_seat());
    EXPECT_TRUE(kit.ledger.is_lent(cal, kit.now));
    EXPECT_FALSE(kit.ledger.is_lent(cal, kit.now + days(30)));
    EXPECT_EQ(broken_invariant(kit.ledger, kit.now), std::nullopt);
}

TEST_F(Loans, UndoingEachStepLeavesTheStateAsItWas) {
    for (const auto& verb : {lend(bruno, kit.now + days(100)), lend(bruno, kit.now + days(3))}) {
        for (const EntryBody& body : *verb) {
            const std::string before = kit.bytes();
            kit.ledger.undo(kit.ledger.apply({kit.ledger.size(), kit.now, {}, body}));
            EXPECT_EQ(kit.bytes(), before);
        }
    }
    lend();
    const std::string lent = kit.bytes();
    const auto recalled = decide_recall(kit.ledger, cal, kit.now);
    ASSERT_EQ(recalled->size(), 1u);
    kit.ledger.undo(kit.ledger.apply({kit.ledger.size(), kit.now, {}, recalled->front()}));
    EXPECT_EQ(kit.bytes(), lent);
}

TEST_F(Loans, ASnapshotHasThem) {
    lend();
    Ledger again;
    ASSERT_TRUE(read_back(again, kit.bytes()));
    EXPECT_TRUE(again.is_lent(cal, kit.now));
}

TEST_F(Loans, HostsAreToldNotToHonourTheOwnersToken) {
    lend();
    const auto list = kit.ledger.withdrawn(kit.now);
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list.front().cal, cal);
    EXPECT_TRUE(kit.ledger.withdrawn(kit.now + days(30)).empty());
    const CalId stand_in = kit.ledger.loan_of(cal)->stand_in;
    kit.add(decide_recall(kit.ledger, stand_in, kit.now));
    ASSERT_EQ(kit.ledger.withdrawn(kit.now).size(), 1u);
    EXPECT_EQ(kit.ledger.withdrawn(kit.now).front().cal, stand_in);
}

TEST_F(Loans, WhatCannotBeLentIsSaid) {
    const Instant until = kit.now + days(30);
    EXPECT_EQ(code_of(lend(anna, until)), "loan_needless");
    EXPECT_EQ(code_of(lend(kit.subject(HolderKind::device), until)), "subject_unknown");
    EXPECT_EQ(code_of(lend(bruno, kit.now)), "bad_loan_end");
    EXPECT_EQ(code_of(lend(bruno, kit.now + days(367))), "bad_loan_end");
    EXPECT_EQ(code_of(decide_recall(kit.ledger, cal, kit.now)), "loan_unknown");
    EXPECT_EQ(code_of(decide_recall(kit.ledger, {99}, kit.now)), "cal_unknown");
    EXPECT_EQ(code_of(decide_loan(kit.ledger, {.cal = {99}, .until = until}, kit.now)),
              "cal_unknown");
    lend();
    EXPECT_EQ(code_of(lend(bruno, until)), "loan_exists");
    kit.now = kit.now + days(70);
    EXPECT_EQ(code_of(lend(bruno, kit.now + days(1))), "cal_not_live");
}

TEST_F(Loans, ALogThatTakesALentCalOrStatesItAnewIsRefused) {
    lend();
    const auto objection = [&](const EntryBody& body) {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, body}).value_or("");
    };
    EXPECT_EQ(objection(entry::CalReturned{cal}), "CAL 1 is lent");
    EXPECT_EQ(objection(entry::CalRevoked{cal}), "CAL 1 is lent");
    CalStatement shorter = statement_of(kit.ledger, cal);
    shorter.expires_at = kit.now + days(1);
    EXPECT_EQ(objection(entry::CalRenewed{shorter}), "CAL 1 is lent");
    CalStatement stand_in = statement_of(kit.ledger, kit.ledger.loan_of(cal)->stand_in);
    stand_in.of = cal;
    EXPECT_EQ(objection(entry::CalRenewed{stand_in}), "a loan is an entry of its own");
    EXPECT_EQ(objection(entry::CalLent{stand_in}), "the stand-in's CAL is a new one");
    stand_in.cal = kit.ledger.next_cal();
    EXPECT_EQ(objection(entry::CalLent{stand_in}), "there is no such CAL, or it is lent already");
}

}  // namespace
}  // namespace calm
