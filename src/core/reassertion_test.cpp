#include "core/reassertion.h"

#include <gtest/gtest.h>

#include "core/test_kit.h"

namespace calm {
namespace {

using test::code_of;
using test::kBegin;
using test::Kit;

// A ledger that was restored an hour ago, with one host that is awaited and a pack of two.
class Restored : public testing::Test {
  protected:
    Restored() {
        kit.set("app-1");
        pack = kit.pack("app-1", PackKind::per_user, 2);
        host = kit.host(LicensingMode::per_user);
        anna = kit.subject(HolderKind::user);
        kit.add(entry::EpochStarted{1});
        kit.now = kBegin + hours(1);
    }

    // What the lost log stated of somebody whom the backup does not know.
    Reassertion told() const {
        Reassertion told{.holder = Kit::stranger(9), .epoch = 0, .sequence = 40, .host = host};
        told.cal = {.cal = {17},
                    .holder = {12},
                    .product = "app-1",
                    .pack = pack,
                    .issued_at = kBegin - days(1),
                    .expires_at = kBegin + days(59)};
        return told;
    }
    Result<Entries> decide(const Reassertion& told) const {
        return decide_reassertion(kit.ledger, told, kit.now);
    }
    CalStatement given(const Reassertion& told) {
        const auto entries = decide(told);
        if (!entries || entries->empty()) {
            ADD_FAILURE() << code_of(entries);
            return {};
        }
        kit.add(entries);
        return std::get<entry::CalReasserted>(entries->back()).cal;
    }

    Kit kit;
    PackId pack;
    HostId host;
    SubjectId anna;
};

TEST_F(Restored, AStrangerBecomesASubjectAndHasTheSeatAgain) {
    const auto entries = decide(told());
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 2U);
    EXPECT_EQ(std::get<entry::SubjectAdded>((*entries)[0]).subject, kit.ledger.next_subject());
    const auto& back = std::get<entry::CalReasserted>((*entries)[1]);
    EXPECT_EQ(back.epoch, 0U);
    EXPECT_EQ(back.sequence, 40U);
    EXPECT_EQ(back.cal.pack, pack);
    EXPECT_EQ(back.cal.issued_at, kBegin - days(1));
    EXPECT_EQ(back.cal.expires_at, kBegin + days(59));
    kit.add(entries);
    EXPECT_EQ(kit.ledger.pack(pack).used, 1U);
}

TEST_F(Restored, TheSameTokenTwiceIsPaidOnce) {
    Reassertion first = told();
    first.holder = Kit::known(anna);
    given(first);
    const auto again = decide(first);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->empty());
}

TEST_F(Restored, ALaterEndIsTakenOverAndAnEarlierOneIsNot) {
    Reassertion mine = told();
    mine.holder = Kit::known(anna);
    const CalId cal = given(mine).cal;
    mine.cal.expires_at = kBegin + days(30);
    EXPECT_TRUE(decide(mine)->empty());
    mine.cal.expires_at = kBegin + days(70);
    const CalStatement longer = given(mine);
    EXPECT_EQ(longer.cal, cal);
    EXPECT_EQ(longer.expires_at, kBegin + days(70));
    EXPECT_EQ(kit.ledger.pack(pack).used, 1U);
}

TEST_F(Restored, WithoutAFreeSeatItIsOverUse) {
    for (int i = 0; i < 2; ++i) {
        Reassertion other = told();
        other.holder = Kit::known(kit.subject(HolderKind::user));
        EXPECT_FALSE(given(other).overuse);
    }
    Reassertion third = told();
    third.holder = Kit::known(anna);
    const CalStatement cal = given(third);
    EXPECT_TRUE(cal.overuse);
    EXPECT_EQ(cal.pack, PackId{});
    EXPECT_EQ(kit.ledger.pack(pack).used, 2U);
}

TEST_F(Restored, APackOfTheSameNumberThatCameLaterIsAnotherOne) {
    const PackId later = kit.pack("app-1", PackKind::per_user, 5);
    Reassertion mine = told();
    mine.cal.pack = later;
    EXPECT_TRUE(given(mine).overuse);
    // Unless its document says that it is the one.
    mine.holder = Kit::known(anna);
    mine.document = kit.ledger.pack(later).terms.document;
    EXPECT_EQ(given(mine).pack, later);
}

TEST_F(Restored, ASeatReplacesTheOverUseAndTheFirstDaysThatItCovers) {
    Reassertion over = told();
    over.holder = Kit::known(anna);
    over.cal.overuse = true;
    over.cal.pack = {};
    const CalId lesser = given(over).cal;
    Reassertion seat = told();
    seat.holder = Kit::known(anna);
    EXPECT_EQ(given(seat).pack, pack);
    EXPECT_EQ(kit.ledger.cal(lesser).state, CalState::returned);
    // What is worth less is not given beside it.
    EXPECT_TRUE(decide(over)->empty());
}

TEST_F(Restored, ABorrowedSeatIsGivenBackAndOneOfMinutesIsNot) {
    Reassertion seat = told();
    seat.cal.lease = true;
    EXPECT_EQ(code_of(decide(seat)), "cal_not_live");
    entry::PackInstalled terms{.pack = kit.ledger.next_pack(),
                               .product = "app-1",
                               .quantity = 1,
                               .metric = PackMetric::concurrent};
    terms.document[0] = 7;
    terms.vendor = test::key_of(2);
    kit.add(terms);
    seat.cal.borrowed = true;
    seat.document = terms.document;
    const CalStatement cal = given(seat);
    EXPECT_TRUE(cal.lease && cal.borrowed && !cal.overuse);
    EXPECT_EQ(cal.expires_at, kBegin + days(59));
    // Beyond the pack's seats it is nothing.
    seat.holder = Kit::known(anna);
    EXPECT_EQ(decide(seat), Entries{});
}

TEST_F(Restored, WhatCannotBeGivenBackIsSaid) {
    Reassertion wrong = told();
    wrong.epoch = 1;
    EXPECT_EQ(code_of(decide(wrong)), "token_of_this_epoch");
    wrong = told();
    wrong.cal.product = "later-1";
    EXPECT_EQ(code_of(decide(wrong)), "product_unknown");
    wrong = told();
    wrong.cal.expires_at = kit.now;
    EXPECT_EQ(code_of(decide(wrong)), "cal_not_live");
    wrong = told();
    wrong.holder_kind = HolderKind::station;
    EXPECT_EQ(code_of(decide(wrong)), "station_unknown");
    wrong = told();
    wrong.host = {7};
    EXPECT_EQ(code_of(decide(wrong)), "restore_window_closed");
}

TEST_F(Restored, AHostThatHasToldAllTellsNoMore) {
    EXPECT_TRUE(kit.ledger.restore_window(kit.now));
    kit.add(decide_reasserted(kit.ledger, host, kit.now));
    EXPECT_FALSE(kit.ledger.restore_window(kit.now));
    EXPECT_EQ(code_of(decide(told())), "restore_window_closed");
    EXPECT_EQ(code_of(decide_reasserted(kit.ledger, host, kit.now)), "restore_window_closed");
}

TEST_F(Restored, TheWindowEndsByTimeOrBySetting) {
    const Instant end = kBegin + hours(kRestoreHours);
    EXPECT_EQ(kit.ledger.restore_window_end(), end);
    EXPECT_TRUE(kit.ledger.restore_window(end - seconds(1)));
    EXPECT_FALSE(kit.ledger.restore_window(end));
    Policy policy = kit.ledger.policy();
    policy.restore_hours_max = 0;
    kit.add(entry::PolicySet{policy});
    EXPECT_FALSE(kit.ledger.restore_window(kit.now));
}

TEST_F(Restored, AHostThatEnrolsNowIsNotAwaited) {
    kit.add(entry::HostRemoved{host});
    EXPECT_FALSE(kit.ledger.restore_window(kit.now));
    kit.host(LicensingMode::per_user);
    EXPECT_FALSE(kit.ledger.restore_window(kit.now));
}

TEST_F(Restored, AnAcceptedClockCountsTheHoursAnew) {
    kit.now = kBegin + days(30);
    EXPECT_FALSE(kit.ledger.restore_window(kit.now));
    const Restoration before = kit.ledger.restoration();
    const Undo undo = kit.add(entry::ClockAccepted{});
    EXPECT_TRUE(kit.ledger.restore_window(kit.now));
    kit.ledger.undo(undo);
    EXPECT_EQ(kit.ledger.restoration(), before);
}

TEST(Restoring, ALedgerThatWasNeverRestoredAwaitsNobody) {
    Kit kit;
    const HostId host = kit.host(LicensingMode::per_user);
    kit.add(entry::ClockAccepted{});
    EXPECT_FALSE(kit.ledger.restore_window(kit.now));
    EXPECT_EQ(code_of(decide_reasserted(kit.ledger, host, kit.now)), "restore_window_closed");
}

}  // namespace
}  // namespace calm
