// What hosts tell after a restore, where the present log has something else: CALs on loan, of the
// other kind, of a pack that is over, or validated meanwhile.
#include <gtest/gtest.h>

#include "core/reassertion.h"
#include "core/stations.h"
#include "core/test_kit.h"

namespace calm {
namespace {

using test::code_of;
using test::kBegin;
using test::Kit;

class ToldAgain : public testing::Test {
  protected:
    Kit kit;
    PackId pack, floating;
    HostId host;
    SubjectId anna;
    SubjectId kiosk;

    ToldAgain() {
        kit.set("app-1");
        pack = kit.pack("app-1", PackKind::per_user, 2, kBegin + days(90));
        floating = kit.ledger.next_pack();
        entry::PackInstalled terms{.pack = floating, .product = "app-1", .quantity = 2};
        terms.document.fill(50);
        terms.metric = PackMetric::concurrent;
        kit.add(terms);
        host = kit.host(LicensingMode::per_user);
        anna = kit.subject(HolderKind::user);
        kiosk = kit.subject(HolderKind::device);
    }
    void restore() {
        kit.add(entry::EpochStarted{1});
        kit.now = kit.now + hours(1);
    }
    Reassertion told(SubjectId holder) const {
        Reassertion told{.holder = Kit::known(holder), .epoch = 0, .sequence = 40, .host = host};
        told.holder_kind = kit.ledger.subject(holder).kind;
        told.cal = {.cal = {17}, .holder = {12}, .product = "app-1", .pack = pack};
        told.cal.issued_at = kBegin - days(1);
        told.cal.expires_at = kBegin + days(59);
        return told;
    }
    Result<Entries> decide(const Reassertion& told) const {
        return decide_reassertion(kit.ledger, told, kit.now);
    }
    CalStatement given(const Reassertion& told) const {
        const auto entries = decide(told);
        if (!entries || entries->empty()) return {};
        return std::get<entry::CalReasserted>(entries->back()).cal;
    }
    CalId give(SubjectId holder, PackId from, auto change) {
        CalStatement cal{.cal = kit.ledger.next_cal(), .holder = holder, .product = "app-1"};
        if (kit.ledger.subject(holder).kind == HolderKind::device) cal.kind = PackKind::per_device;
        cal.pack = from;
        cal.overuse = !from;
        cal.issued_at = kit.now;
        cal.expires_at = kit.now + days(10);
        change(cal);
        kit.add(entry::CalIssued{cal});
        return cal.cal;
    }
};

TEST_F(ToldAgain, ALoanIsNothingThatIsToldAndNothingThatStaysInTheWay) {
    const SubjectId bruno = kit.subject(HolderKind::user);
    const CalId own = give(anna, pack, [](auto&) {});
    CalStatement loan{.cal = kit.ledger.next_cal(), .holder = bruno, .product = "app-1"};
    loan.pack = pack;
    loan.issued_at = kit.now;
    loan.expires_at = kit.now + days(5);
    loan.of = own;
    kit.add(entry::CalLent{loan});
    restore();
    Reassertion lent = told(bruno);
    EXPECT_EQ(given(lent).pack, pack);  // its own seat, beside the loan
    lent.cal.of = own;
    EXPECT_EQ(code_of(decide(lent)), "cal_not_live");
}

TEST_F(ToldAgain, AFirstContactStaysValidatedWhicheverLogKnewIt) {
    const auto first_days = [](CalStatement& c) {
        c.overuse = false;
        c.state = CalState::temporary;
    };
    give(kiosk, {}, first_days);
    const SubjectId other = kit.subject(HolderKind::device);
    give(other, {}, [&](auto& c) {
        first_days(c);
        c.validated = true;
    });
    restore();
    const auto told_of = [&](SubjectId device, bool validated) {
        Reassertion told = this->told(device);
        told.cal.kind = PackKind::per_device;
        told.cal.pack = {};
        told.cal.state = CalState::temporary;
        told.cal.validated = validated;
        return given(told);
    };
    EXPECT_FALSE(told_of(kiosk, false).validated);
    EXPECT_TRUE(told_of(kiosk, true).validated);
    EXPECT_TRUE(told_of(other, false).validated);
    EXPECT_EQ(told_of(other, false).cal, CalId{2});
}

TEST_F(ToldAgain, AConcurrentSeatIsWorthLessThanOneThatLasts) {
    give(anna, floating, [](auto& c) { c.lease = true; });
    restore();
    const auto entries = decide(told(anna));
    ASSERT_EQ(entries->size(), 2u);
    EXPECT_EQ(entries->front(), EntryBody(entry::CalReturned{CalId{1}}));
    Reassertion borrowed = told(anna);
    borrowed.cal.pack = floating;
    borrowed.cal.lease = borrowed.cal.borrowed = true;
    EXPECT_EQ(decide(borrowed)->size(), 2u);
    borrowed.cal.borrowed = false;
    EXPECT_EQ(code_of(decide(borrowed)), "cal_not_live");
}

TEST_F(ToldAgain, APackThatIsNoneOfThisCalGivesNoSeat) {
    const auto overuse_of = [&](auto change) {
        Reassertion told = this->told(kit.subject(HolderKind::user));
        change(told);
        return given(told).overuse;
    };
    restore();
    EXPECT_FALSE(overuse_of([](auto&) {}));
    kit.set("mail");
    EXPECT_TRUE(overuse_of([](auto& t) { t.cal.product = "mail"; }));
    EXPECT_TRUE(overuse_of([&](auto& t) {
        t.holder = Kit::known(kiosk);
        t.holder_kind = HolderKind::device;
        t.cal.kind = PackKind::per_device;
    }));
    EXPECT_TRUE(overuse_of([](auto& t) { t.cal.pack = {99}; }));
    EXPECT_TRUE(overuse_of([](auto& t) { t.document = Bytes16{99}; }));
    // A converted pack is found by its number, not by its source's document.
    EXPECT_FALSE(overuse_of([](auto& t) {
        t.document = Bytes16{99};
        t.cal.converted = true;
    }));
    const PackId later = kit.pack("app-1", PackKind::per_user, 2);
    EXPECT_TRUE(overuse_of([&](auto& t) { t.cal.pack = later; }));
}

TEST_F(ToldAgain, APackThatIsOverGivesNoSeat) {
    const PackId short_lived = kit.pack("app-1", PackKind::per_user, 1, kBegin + minutes(30));
    restore();
    Reassertion told = this->told(anna);
    told.cal.pack = short_lived;
    EXPECT_TRUE(given(told).overuse);
}

TEST_F(ToldAgain, ASeatThatIsOverIsTakenOverByItsOwnHolderToo) {
    give(anna, pack, [](auto& c) { c.expires_at = c.issued_at + minutes(30); });
    give(kit.subject(HolderKind::user), pack, [](auto&) {});
    restore();
    const auto entries = decide(told(anna));
    ASSERT_EQ(entries->size(), 2u);
    EXPECT_EQ(entries->front(), EntryBody(entry::CalExpired{CalId{1}}));
}

TEST_F(ToldAgain, OfTwoInItsPlaceTheNewestIsIt) {
    give(anna, pack, [](auto&) {});
    const CalId newest = give(anna, pack, [](auto&) {});
    restore();
    EXPECT_EQ(given(told(anna)).cal, newest);
}

TEST_F(ToldAgain, AStationThatTheBackupLacksHasNothing) {
    const SubjectId desk = kit.ledger.next_subject();
    kit.add(decide_station(kit.ledger, {.host = host}));
    const SubjectId gone = kit.ledger.next_subject();
    kit.add(decide_station(kit.ledger, {.host = host}));
    kit.add(decide_station_removal(kit.ledger, gone));
    restore();
    EXPECT_EQ(given(told(desk)).pack, pack);
    EXPECT_EQ(code_of(decide(told(gone))), "station_unknown");
    Reassertion stranger = told(desk);
    stranger.holder = Kit::stranger(9);
    EXPECT_EQ(code_of(decide(stranger)), "station_unknown");
}

}  // namespace
}  // namespace calm
