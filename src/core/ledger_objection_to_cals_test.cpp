// Entries about CALs, seats, groups and machines that cannot follow a ledger, each with what is
// said against it.
#include <gtest/gtest.h>

#include "core/state_test_kit.h"

namespace calm {
namespace {

using test::kTooLate;
using test::WholeLedger;

class AnObjectionToACal : public testing::Test {
  protected:
    WholeLedger kit;

    std::string to(const EntryBody& body) const {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, body}).value_or("(none)");
    }
    // To a CAL that is stated anew, as the log has it but for the change.
    CalStatement again(CalId id, auto change) const {
        const Cal& cal = kit.ledger.cal(id);
        CalStatement stated{.cal = id, .holder = cal.holder, .kind = cal.kind()};
        stated.product = kit.ledger.product(cal.product).product.code;
        stated.pack = cal.pack;
        stated.overuse = cal.overuse();
        stated.lease = cal.lease();
        stated.borrowed = cal.borrowed();
        stated.issued_at = {cal.issued_at};
        stated.expires_at = {cal.expires_at};
        stated.host = kit.front;
        change(stated);
        return stated;
    }
    std::string to_cal(CalId id, auto change) const {
        return to(entry::CalRenewed{again(id, change)});
    }
    static std::string about(std::string before, CalId id, std::string after) {
        return before + std::to_string(id.value) + after;
    }
};

TEST_F(AnObjectionToACal, IsMadeToWhatNoCalIs) {
    EXPECT_EQ(to_cal(kit.annas, [](auto&) {}), "(none)");
    EXPECT_EQ(to_cal(kit.annas, [&](auto& c) { c.of = kit.lent; }),
              "a loan is an entry of its own");
    EXPECT_EQ(to_cal(kit.over, [](auto& c) { c.state = CalState::temporary; }),
              "a temporary CAL spends no seat");
    EXPECT_EQ(to_cal(kit.laptops,
                     [](auto& c) {
                         c.state = CalState::temporary;
                         c.lease = true;
                     }),
              "a concurrent seat is active");
    const char* const not_borrowed = "only a concurrent seat is borrowed";
    EXPECT_EQ(to_cal(kit.annas, [](auto& c) { c.borrowed = true; }), not_borrowed);
    EXPECT_EQ(to_cal(kit.leased, [](auto& c) { c.borrowed = c.overuse = true; }), not_borrowed);
    EXPECT_EQ(to_cal(kit.leased,
                     [](auto& c) {
                         c.borrowed = true;
                         c.pack = {};
                     }),
              not_borrowed);
    EXPECT_EQ(to_cal(kit.annas, [](auto& c) { c.lease = true; }),
              "the pack has no concurrent seats");
    EXPECT_EQ(to(entry::CalReasserted{again(kit.annas, [](auto&) {}), 2, 3}),
              "a CAL of this epoch needs no reassertion");
    EXPECT_EQ(to(entry::CalReasserted{again(kit.annas, [](auto&) {}), 1, 3}), "(none)");
}

TEST_F(AnObjectionToACal, IsMadeToABorrowedSeatOfOneHost) {
    CalStatement away = kit.seat(kit.dora, kit.per_server, "cad");
    away.lease = away.borrowed = true;
    EXPECT_EQ(to(entry::CalIssued{away}), "a seat that counts at one host is not borrowed");
}

TEST_F(AnObjectionToACal, IsMadeToAnOverdraftThatIsUsedUp) {
    const std::string used_up = "the overdraft of pack 1 is used up";
    EXPECT_EQ(to_cal(kit.overdrawn, [](auto&) {}), "(none)");  // it is there already
    EXPECT_EQ(to_cal(kit.annas, [](auto& c) { c.overuse = true; }), used_up);
    EXPECT_EQ(to_cal(kit.over,
                     [&](auto& c) {
                         c.pack = kit.users;
                         c.product = "ts-2022";
                     }),
              used_up);
    kit.step(entry::CalReturned{kit.overdrawn});
    CalStatement other = kit.seat(kit.clara, kit.users, "ts-2022");
    other.overuse = true;
    EXPECT_EQ(to(entry::CalIssued{other}), "(none)");
    kit.step(entry::CalIssued{other});
    EXPECT_EQ(to_cal(kit.overdrawn, [](auto&) {}), used_up);
    CalStatement of_suite = kit.seat(kit.dora, kit.suite, "ts-2022");
    of_suite.overuse = true;
    kit.step(entry::CalIssued{of_suite});
    EXPECT_EQ(to_cal(of_suite.cal, [&](auto& c) { c.pack = kit.users; }), used_up);
}

TEST_F(AnObjectionToACal, IsMadeToAChangeOfACalThatIsLent) {
    const std::string is_lent = about("CAL ", kit.lent, " is lent");
    EXPECT_EQ(to_cal(kit.lent, [](auto& c) { c.expires_at = c.expires_at + days(9); }), "(none)");
    EXPECT_EQ(to_cal(kit.lent, [&](auto& c) { c.expires_at = kit.now; }), is_lent);
    EXPECT_EQ(to_cal(kit.lent, [&](auto& c) { c.pack = kit.suite; }), is_lent);
    EXPECT_EQ(to_cal(kit.lent, [](auto& c) { c.overuse = true; }), is_lent);
    EXPECT_EQ(to_cal(kit.lent,
                     [](auto& c) {
                         c.state = CalState::temporary;
                         c.pack = {};
                     }),
              is_lent);
    EXPECT_EQ(to(entry::CalReturned{kit.lent}), is_lent);
    EXPECT_EQ(to(entry::CalReturned{kit.returned}), about("CAL ", kit.returned, " is not out"));
}

TEST_F(AnObjectionToACal, IsMadeToSeatsThatAreNotThatSeat) {
    const char* const not_that = "the CAL is not that concurrent seat";
    const auto left = [&](CalId id, auto change) { return to(entry::SeatLeft{again(id, change)}); };
    EXPECT_EQ(left(kit.leased, [](auto&) {}), "(none)");
    EXPECT_EQ(left(kit.annas, [](auto& c) { c.lease = true; }), not_that);
    EXPECT_EQ(left(kit.leased, [](auto& c) { c.lease = false; }), not_that);
    EXPECT_EQ(left(kit.leased, [&](auto& c) { c.pack = kit.per_server; }), not_that);
    EXPECT_EQ(left(kit.leased, [](auto& c) { c.host = {99}; }), "host 99 does not exist");
    EXPECT_EQ(left(kit.returned, [](auto&) {}), about("CAL ", kit.returned, " is not out"));
    const auto borrowed = [&](CalId id, auto change) {
        return to(entry::SeatBorrowed{again(id, [&](CalStatement& cal) {
            cal.borrowed = true;
            change(cal);
        })});
    };
    EXPECT_EQ(borrowed(kit.leased, [](auto&) {}), "(none)");
    EXPECT_EQ(borrowed(kit.annas, [](auto&) {}), not_that);
    EXPECT_EQ(borrowed(kit.leased, [](auto& c) { c.borrowed = false; }), not_that);
    EXPECT_EQ(borrowed(kit.leased, [&](auto& c) { c.pack = kit.users; }), not_that);
    EXPECT_EQ(borrowed(kit.returned, [](auto&) {}), about("CAL ", kit.returned, " is not out"));
    CalStatement over = kit.seat(kit.dora, {}, "cad");
    over.lease = true;
    kit.step(entry::CalIssued{over});
    EXPECT_EQ(borrowed(over.cal, [](auto&) {}), not_that);
}

TEST_F(AnObjectionToACal, IsMadeToThePlaceOfAPerServerPack) {
    EXPECT_EQ(to(entry::PackAssigned{kit.per_server, {}}), "(none)");
    EXPECT_EQ(to(entry::PackAssigned{kit.per_server, kit.gone_host}), "the host does not exist");
    EXPECT_EQ(to(entry::PackAssigned{{99}, kit.front}), "pack 99 does not exist");
    EXPECT_EQ(to(entry::PackAssigned{kit.floating, kit.front}),
              "the pack's seats count at no single host");
    const Undo removal = kit.add(entry::PackRemoved{kit.per_server});
    EXPECT_EQ(to(entry::PackAssigned{kit.per_server, kit.front}),
              "the pack's seats count at no single host");
    kit.ledger.undo(removal);
    CalStatement seat = kit.seat(kit.dora, kit.per_server, "cad");
    seat.lease = true;
    const Undo given = kit.add(entry::CalIssued{seat});
    EXPECT_EQ(to(entry::PackAssigned{kit.per_server, kit.back}), "the pack is in use");
    kit.ledger.undo(given);
    const PackId pack = kit.ledger.next_pack();
    kit.step(entry::PackInstalled{.pack = pack,
                                  .document = {77},
                                  .product = "cad",
                                  .quantity = 1,
                                  .metric = PackMetric::per_server,
                                  .overdraft = 1});
    CalStatement over = kit.seat(kit.dora, pack, "cad");
    over.lease = over.overuse = true;
    kit.step(entry::CalIssued{over});
    EXPECT_EQ(to(entry::PackAssigned{pack, kit.back}), "the pack is in use");
}

TEST_F(AnObjectionToACal, IsMadeToPlacesInLine) {
    const auto join = [&](SubjectId holder, PackKind kind, const char* product, Instant until) {
        return to(entry::QueueJoined{holder, kind, product, until});
    };
    EXPECT_EQ(join(kit.clara, PackKind::per_user, "cad", kit.now), "(none)");
    EXPECT_EQ(join({99}, PackKind::per_user, "cad", kit.now), "the holder does not exist");
    EXPECT_EQ(join(kit.gone, PackKind::per_device, "cad", kit.now), "the holder does not exist");
    EXPECT_EQ(join(kit.clara, PackKind::per_user, "dac", kit.now), "the product does not exist");
    EXPECT_EQ(join(kit.clara, PackKind::core, "cad", kit.now), "nobody holds CALs of that kind");
    EXPECT_EQ(join(kit.clara, PackKind::per_user, "cad", kTooLate), "impossible dates");
    EXPECT_EQ(to(entry::QueueLeft{kit.clara, PackKind::per_user, "cad"}),
              "the holder does not wait");
}

TEST_F(AnObjectionToACal, IsMadeToGroups) {
    EXPECT_EQ(to(entry::GroupJoined{"Sales", kit.dora}), "the group's code is none");
    const char* const no_member = "the member is no user and no device";
    EXPECT_EQ(to(entry::GroupJoined{"sales", {99}}), no_member);
    EXPECT_EQ(to(entry::GroupJoined{"sales", kit.gone}), no_member);
    EXPECT_EQ(to(entry::GroupJoined{"sales", kit.desk}), no_member);
    EXPECT_EQ(to(entry::GroupJoined{"sales", kit.anna}), "it is in the group");
    EXPECT_EQ(to(entry::GroupLeft{"sales", kit.dora}), "it is not in the group");
    EXPECT_EQ(to(entry::GroupLeft{"nobody", kit.dora}), "it is not in the group");
    const auto reserve = [&](PackId pack, const char* group, uint32_t seats) {
        return to(entry::SeatsReserved{pack, group, seats});
    };
    EXPECT_EQ(reserve(kit.users, "sales", 7), "(none)");
    EXPECT_EQ(reserve(kit.users, "Sales", 1), "the group's code is none");
    EXPECT_EQ(reserve({99}, "sales", 1), "pack 99 does not exist");
    const char* const too_many = "the pack has not so many seats to keep";
    EXPECT_EQ(reserve(kit.users, "sales", 8), too_many);
    EXPECT_EQ(reserve(kit.removed, "sales", 1), too_many);
    EXPECT_EQ(reserve(kit.servers, "sales", 1), too_many);
    EXPECT_EQ(reserve(kit.servers, "sales", 0), "(none)");
}

TEST_F(AnObjectionToACal, IsMadeToLoans) {
    const auto lend = [&](CalId of, SubjectId into, auto change) {
        CalStatement cal = again(of, [&](CalStatement& stated) {
            stated.cal = kit.ledger.next_cal();
            stated.holder = into;
            stated.of = of;
            change(stated);
        });
        return to(entry::CalLent{cal});
    };
    const auto as_it_is = [](CalStatement&) {};
    EXPECT_EQ(lend(kit.annas, kit.dora, as_it_is), "(none)");
    EXPECT_EQ(lend(kit.annas, {99}, as_it_is), "holder or product does not exist");
    EXPECT_EQ(lend(kit.annas, kit.clara, [&](auto& c) { c.cal = kit.stand_in; }),
              "the stand-in's CAL is a new one");
    const char* const not_there = "there is no such CAL, or it is lent already";
    EXPECT_EQ(lend(kit.annas, kit.dora, [](auto& c) { c.of = {99}; }), not_there);
    EXPECT_EQ(lend(kit.lent, kit.dora, as_it_is), not_there);
    const char* const another = "the stand-in's CAL is not the one that is lent";
    EXPECT_EQ(lend(kit.over, kit.dora, as_it_is), another);
    EXPECT_EQ(lend(kit.annas, kit.dora, [&](auto& c) { c.pack = kit.suite; }), another);
    EXPECT_EQ(lend(kit.annas, kit.dora, [](auto& c) { c.product = "ts-2022"; }), another);
    EXPECT_EQ(lend(kit.annas, kit.anna, as_it_is), another);
    EXPECT_EQ(lend(kit.desks, kit.dora, as_it_is), another);
    EXPECT_EQ(lend(kit.annas, kit.desk, as_it_is), another);
    EXPECT_EQ(lend(kit.annas, kit.alike, [](auto& c) { c.kind = PackKind::per_device; }), another);
    const char* const too_long = "a loan ends before the CAL that is lent";
    EXPECT_EQ(lend(kit.annas, kit.dora, [](auto& c) { c.overuse = true; }), too_long);
    EXPECT_EQ(lend(kit.annas, kit.dora, [](auto& c) { c.expires_at = c.expires_at + seconds(1); }),
              too_long);
}

TEST_F(AnObjectionToACal, IsMadeToMachines) {
    const char* const no_device = "the subject is no device";
    EXPECT_EQ(to(entry::DevicesMerged{kit.alike, kit.kiosk}), "(none)");
    EXPECT_EQ(to(entry::DevicesMerged{kit.anna, kit.kiosk}), no_device);
    EXPECT_EQ(to(entry::DevicesMerged{kit.kiosk, kit.gone}), no_device);
    EXPECT_EQ(to(entry::DevicesMerged{{99}, kit.kiosk}), no_device);
    const char* const merged = "the device is another name of a machine already";
    EXPECT_EQ(to(entry::DevicesMerged{kit.twin, kit.kiosk}), merged);
    EXPECT_EQ(to(entry::DevicesMerged{kit.laptop, kit.twin}), merged);
    EXPECT_EQ(to(entry::DeviceSeparated{kit.laptop}), "the device is no other name");
    EXPECT_EQ(to(entry::DeviceDoubted{kit.anna, kit.kiosk}), no_device);
    EXPECT_EQ(to(entry::DeviceDoubted{kit.twin, kit.anna}), no_device);
    const char* const doubted = "the device was doubted before";
    EXPECT_EQ(to(entry::DeviceDoubted{kit.alike, kit.laptop}), doubted);
    EXPECT_EQ(to(entry::DeviceDoubted{kit.twin, kit.twin}), doubted);
    EXPECT_EQ(to(entry::DeviceAccepted{kit.kiosk}), "the device was never doubted");
}

}  // namespace
}  // namespace calm
