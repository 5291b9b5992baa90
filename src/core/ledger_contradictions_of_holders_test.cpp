// Records of a snapshot that contradict each other, each alone, about holders and what they hold:
// the snapshot is refused.
#include <gtest/gtest.h>

#include "core/state_test_kit.h"

namespace calm {
namespace {

using test::kBefore1970;
using test::kTooLate;
using test::row;
using test::WholeLedger;

class AContradictionOfHolders : public testing::Test {
  protected:
    const WholeLedger kit;
    const std::string bytes = kit.bytes();

    void refuses(const char* what, const std::string& from, const std::string& to) const {
        SCOPED_TRACE(what);
        Ledger ledger;
        const auto read = test::read_back(ledger, test::damaged(bytes, from, to));
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error().code, "snapshot_malformed");
    }
    // With the CAL's record as `change` leaves it.
    void refuses_cal(const char* what, CalId id, auto change) const {
        Cal cal = kit.ledger.cal(id);
        const auto from = row(cal);
        change(cal);
        refuses(what, from, row(cal));
    }
    void refuses_subject(const char* what, SubjectId id, auto change) const {
        Subject subject = kit.ledger.subject(id);
        const auto from = row(subject);
        change(subject);
        refuses(what, from, row(subject));
    }
};

TEST_F(AContradictionOfHolders, OfASubjectIsRefused) {
    refuses_subject("a CAL that is not", kit.anna, [](auto& s) { s.first = {99}; });
    refuses_subject("somebody else's CAL", kit.anna, [&](auto& s) { s.first = kit.kiosks; });
    refuses_subject("no CAL, and it has one", kit.kiosk, [](auto& s) { s.first = {}; });
    refuses_subject("its kind", kit.gone, [](auto& s) { s.kind = HolderKind{9}; });
    refuses_subject("half erased", kit.gone, [](auto& s) { s.erased = 2; });
    refuses_subject("its entry", kit.gone, [](auto& s) { s.added_at_high = 1; });
}

TEST_F(AContradictionOfHolders, OfACalsNumbersIsRefused) {
    refuses_cal("no product", kit.annas, [](Cal& c) { c.product = {}; });
    refuses_cal("a product that is not", kit.annas, [](Cal& c) { c.product = {99}; });
    refuses_cal("a pack that is not", kit.annas, [](Cal& c) { c.pack = {99}; });
    refuses_cal("nobody's", kit.annas, [](Cal& c) { c.holder = {}; });
    refuses_cal("a holder that is not", kit.annas, [](Cal& c) { c.holder = {99}; });
    refuses_cal("its own next", kit.annas, [&](Cal& c) { c.next = kit.annas; });
    refuses_cal("the next is another's", kit.leased, [&](Cal& c) { c.next = kit.kiosks; });
    refuses_cal("its entry", kit.annas, [&](Cal& c) { c.sequence = kit.ledger.size(); });
    refuses_cal("its state", kit.annas, [](Cal& c) { c.state = CalState{9}; });
    refuses_cal("a flag that is none", kit.annas, [](Cal& c) { c.flags = Cal::kFlagsMax + 1; });
    refuses_cal("its end", kit.annas, [](Cal& c) { c.expires_at = c.issued_at - 1; });
}

TEST_F(AContradictionOfHolders, OfACalAndItsPackIsRefused) {
    refuses_cal("rests on nothing", kit.annas, [](Cal& c) { c.pack = {}; });
    refuses_cal("over-use without flag", kit.over, [](Cal& c) { c.flags = 0; });
    refuses_cal("temporary and over-use", kit.laptops, [](Cal& c) { c.flags |= Cal::kOveruse; });
    refuses_cal("temporary at a seat", kit.kiosks, [](Cal& c) { c.state = CalState::temporary; });
    refuses_cal("another product's", kit.kiosks, [](Cal& c) { c.product = {1}; });
    refuses_cal("of a product too late for it", kit.desks,
                [&](Cal& c) { c.product = kit.ledger.find_product("cad"); });
    refuses_cal("another kind's", kit.kiosks, [](Cal& c) { c.flags = 0; });
    refuses_cal("a pack that is removed", kit.annas, [&](Cal& c) {
        c.pack = kit.removed;
        c.product = kit.ledger.find_product("ts-2022");
    });
    refuses_cal("on loan and of no pack", kit.stand_in, [](Cal& c) { c.pack = {}; });
    refuses_cal("on loan and over-use", kit.stand_in, [](Cal& c) { c.flags |= Cal::kOveruse; });
    refuses_cal("borrowed and no lease", kit.borrowed, [](Cal& c) { c.flags = Cal::kBorrowed; });
    refuses_cal("borrowed and over-use", kit.borrowed, [](Cal& c) { c.flags |= Cal::kOveruse; });
    const Pack& users = kit.ledger.pack(kit.users);
    const auto overdraft = row(uint32_t{1}, uint8_t{1}, *users.terms.maintained_until);
    refuses("overdrawn too far", overdraft,
            row(uint32_t{0}, uint8_t{1}, *users.terms.maintained_until));
}

TEST_F(AContradictionOfHolders, OfALoanToItsOwnerIsRefused) {
    WholeLedger other;
    const CalId second = other.ledger.next_cal();
    other.step(entry::CalIssued{other.seat(other.clara, other.users, "ts-2022")});
    Ledger ledger;
    const auto loan = [](CalId own, CalId stand_in) { return row(own, stand_in, uint8_t{1}); };
    EXPECT_FALSE(
        test::read_back(ledger, test::damaged(other.bytes(), loan(other.lent, other.stand_in),
                                              loan(second, other.stand_in)))
            .has_value());
}

TEST_F(AContradictionOfHolders, OfAStationIsRefused) {
    const auto station = [&](SubjectId subject, HostId host, uint8_t kind, SubjectId shows) {
        return row(subject, host, kind, shows);
    };
    const auto stated = station(kit.desk, kit.front, 0, kit.desktop);
    refuses("its subject", stated, station({99}, kit.front, 0, kit.desktop));
    refuses("a device", stated, station(kit.kiosk, kit.front, 0, kit.desktop));
    refuses("no host", stated, station(kit.desk, {}, 0, kit.desktop));
    refuses("a host that is not", stated, station(kit.desk, {4}, 0, kit.desktop));
    refuses("its kind", stated, station(kit.desk, kit.front, 9, kit.desktop));
    refuses("what it shows", stated, station(kit.desk, kit.front, 0, {99}));
    refuses("one twice", stated, station(kit.desktop, kit.front, 0, kit.desktop));
}

TEST_F(AContradictionOfHolders, OfAnInstallationIsRefused) {
    const Installation first = kit.ledger.installations()[0];
    const Installation second = kit.ledger.installations()[1];
    const auto installed = [&](PackId pack, SubjectId computer, Instant since) {
        return row(pack, computer, since);
    };
    const auto one = installed(first.pack, first.computer, first.since);
    const auto two = installed(second.pack, second.computer, second.since);
    refuses("out of order", one + two, two + one);
    refuses("one twice", two, one);
    refuses("a pack that is not", two, installed({99}, second.computer, second.since));
    refuses("another kind of pack", two, installed(kit.floating, second.computer, second.since));
    refuses("a computer that is not", two, installed(second.pack, {99}, second.since));
    refuses("a user", one, installed(first.pack, kit.anna, first.since));
    refuses("an erased computer", two, installed(second.pack, kit.gone, second.since));
    refuses("its day", two, installed(second.pack, second.computer, kBefore1970));
    refuses("its day", two, installed(second.pack, second.computer, kTooLate));
    const Pack& pack = kit.ledger.pack(kit.installs);
    const auto terms = row(pack.terms.document, "desk", PackKind::installation);
    refuses("one too many", terms + row(uint32_t{2}), terms + row(uint32_t{1}));
}

TEST_F(AContradictionOfHolders, OfALoanIsRefused) {
    const auto loan = [](CalId own, CalId other, uint8_t why) { return row(own, other, why); };
    const auto stated = row(uint64_t{1}) + loan(kit.lent, kit.stand_in, 1);
    const auto refuses_loan = [&](const char* what, CalId own, CalId other, uint8_t why = 1) {
        refuses(what, stated, row(uint64_t{1}) + loan(own, other, why));
    };
    refuses_loan("nobody's CAL", {}, kit.stand_in);
    refuses_loan("a CAL that is not", {99}, kit.stand_in);
    refuses_loan("a stand-in's that is not", kit.lent, {99});
    refuses_loan("why", kit.lent, kit.stand_in, 9);
    refuses_loan("a stand-in's that is returned", kit.lent, kit.returned);
    refuses_loan("a stand-in's own", kit.lent, kit.desks);
    refuses_loan("what spends no seat", kit.over, kit.stand_in);
    refuses_loan("a seat of another pack", kit.leased, kit.stand_in);
    refuses_loan("the stand-in's own", kit.stand_in, kit.stand_in);
    refuses_loan("a station's", kit.desks, kit.stand_in);
    refuses("no loan", stated, row(uint64_t{0}));
    refuses("one twice", stated, row(uint64_t{2}) + stated.substr(8) + stated.substr(8));
    refuses_cal("longer than the CAL", kit.stand_in,
                [&](Cal& c) { c.expires_at = kit.ledger.cal(kit.lent).expires_at + 1; });
    refuses_cal("a seat of another pack", kit.stand_in, [&](Cal& c) { c.pack = kit.suite; });
    refuses_cal("returned", kit.stand_in, [](Cal& c) { c.state = CalState::returned; });
}

}  // namespace
}  // namespace calm
