// What a move counts and ends, what a log from outside may not say of one, and that a state keeps
// it.
#include "core/pack_moves.h"

#include <gtest/gtest.h>

#include "core/loans.h"
#include "core/test_kit.h"

namespace calm {
namespace {

using test::Kit;
using test::state_read_from;

const std::string kThere(kServerIdSize, 'A');

struct PackMoves : testing::Test {
    Kit kit;
    SubjectId anna;
    HostId a;
    PackId pack;

    PackMoves() {
        kit.set("cad-1");
        a = kit.host(LicensingMode::per_user);
        anna = kit.subject(HolderKind::user);
        pack = kit.pack("cad-1", PackKind::per_user, 3, kBegin + days(30));
    }
    static constexpr Instant kBegin = test::kBegin;

    // The loan is over and not yet written as such, when the owner's CAL goes to another pack.
    CalId leave_a_stand_in_behind() {
        kit.admit(kit.by_user(anna, a, "cad-1"));
        const SubjectId bruno = kit.subject(HolderKind::user);
        kit.add(decide_loan(kit.ledger, {.cal = {1}, .to = bruno, .until = kit.now + days(10)},
                            kit.now));
        const CalId stand_in = kit.ledger.loans()[0].stand_in;
        kit.now = kit.now + days(11);
        CalStatement own = statement_of(kit.ledger, {1});
        own.pack = kit.pack("cad-1", PackKind::per_user, 1);
        own.expires_at = own.expires_at + days(1);
        kit.add(entry::CalRenewed{own});
        return stand_in;
    }
    void move(PackId id) { kit.add(decide_pack_move(kit.ledger, id, kThere, kit.now)); }
    std::string objection(const EntryBody& body) const {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, body}).value_or("");
    }
    // The terms of the pack again, as from another license server.
    entry::PackInstalled again(const std::string& server, uint64_t sequence) const {
        entry::PackInstalled terms = kit.ledger.pack(pack).terms;
        terms.pack = kit.ledger.next_pack();
        terms.moved_from = entry::PackOrigin{.server = server, .sequence = sequence};
        return terms;
    }
};

TEST_F(PackMoves, what_would_end_is_counted_and_then_has_ended) {
    kit.admit(kit.by_user(anna, a, "cad-1"));
    kit.add(decide_conversion(kit.ledger, pack, 1, kit.now));
    const auto counted = move_of(kit.ledger, pack, kit.now);
    ASSERT_TRUE(counted);
    EXPECT_EQ(counted->packs, (std::vector<PackId>{pack, {pack.value + 1}}));
    EXPECT_EQ(counted->cals, (std::vector<CalId>{{1}}));
    EXPECT_EQ(decide_move_ends(kit.ledger, *counted, counted->cals, kit.now).size(), 1U);
    move(pack);
    EXPECT_EQ(kit.ledger.cal({1}).state, CalState::returned);
    EXPECT_EQ(kit.ledger.pack(pack).moved->to, kThere);
    EXPECT_EQ(kit.ledger.pack({pack.value + 1}).moved->to, kThere);
    EXPECT_EQ(decide_move_ends(kit.ledger, *counted, counted->cals, kit.now).size(), 0U);
}

TEST_F(PackMoves, a_stand_in_that_was_left_behind_expires_with_the_pack) {
    const CalId stand_in = leave_a_stand_in_behind();
    move(pack);
    EXPECT_EQ(kit.ledger.cal(stand_in).state, CalState::expired);
    EXPECT_EQ(kit.ledger.cal({1}).state, CalState::active);
    EXPECT_EQ(state_read_from(kit.bytes()), kit.bytes());
}

TEST_F(PackMoves, one_of_a_pack_that_is_removed_expires_as_well) {
    const CalId stand_in = leave_a_stand_in_behind();
    kit.add(decide_removal(kit.ledger, pack, kit.now));
    EXPECT_EQ(kit.ledger.cal(stand_in).state, CalState::expired);
    EXPECT_EQ(state_read_from(kit.bytes()), kit.bytes());
}

// A log from before that was so reads on.
TEST_F(PackMoves, a_state_with_one_that_did_not_expire_is_read) {
    leave_a_stand_in_behind();
    kit.add(entry::PackRemoved{pack});
    EXPECT_EQ(state_read_from(kit.bytes()), kit.bytes());
}

TEST_F(PackMoves, a_cal_that_is_over_expires) {
    const PackId endless = kit.pack("cad-1", PackKind::per_user, 1);
    kit.now = kBegin + days(31);
    EXPECT_EQ(move_of(kit.ledger, pack, kit.now).error().code, "pack_expired");
    kit.admit(kit.by_user(anna, a, "cad-1"));
    kit.now = kit.now + days(61);
    move(endless);
    EXPECT_EQ(kit.ledger.cal({1}).state, CalState::expired);
    EXPECT_TRUE(kit.ledger.pack(endless).moved);
}

TEST_F(PackMoves, a_state_keeps_where_packs_came_from_and_went) {
    kit.now = kit.now + hours(1);
    move(pack);
    kit.add(again(kThere, 7));
    EXPECT_EQ(state_read_from(kit.bytes()), kit.bytes());
    EXPECT_EQ(kit.ledger.find_document(kit.ledger.pack(pack).terms.document).value, pack.value + 1);
}

TEST_F(PackMoves, undone_the_pack_is_here) {
    const std::string before = kit.bytes();
    const Undo undo = kit.add(entry::PackMoved{pack, kThere});
    EXPECT_NE(kit.bytes(), before);
    kit.ledger.undo(undo);
    kit.log.pop_back();
    EXPECT_EQ(kit.bytes(), before);
}

TEST_F(PackMoves, a_log_that_cannot_be) {
    EXPECT_EQ(objection(entry::PackMoved{{9}, kThere}), "pack 9 does not exist");
    EXPECT_EQ(objection(entry::PackMoved{pack, "there"}), "the pack goes to no license server");
    EXPECT_EQ(objection(again(kThere, 7)), "the pack is installed already");
    entry::PackInstalled declared{
        .pack = kit.ledger.next_pack(), .product = "cad-1", .quantity = 1, .declared = true};
    EXPECT_EQ(objection(declared), "");
    declared.moved_from = entry::PackOrigin{.server = kThere};
    EXPECT_EQ(objection(declared), "the pack's origin is no license server");
    kit.admit(kit.by_user(anna, a, "cad-1"));
    EXPECT_EQ(objection(entry::PackMoved{pack, kThere}), "the pack is in use or gone");
    move(pack);
    EXPECT_EQ(objection(again("there", 7)), "the pack's origin is no license server");
    EXPECT_EQ(objection(again(kThere, 7)), "");
    entry::PackInstalled plain = again(kThere, 7);
    plain.moved_from.reset();
    EXPECT_EQ(objection(plain), "the pack is installed already");
    kit.set("mail-1", {.requirement = CalRequirement::trusted});
    const PackId by_hand = kit.ledger.next_pack();
    kit.add(entry::PackInstalled{
        .pack = by_hand, .product = "mail-1", .quantity = 1, .declared = true});
    EXPECT_EQ(objection(entry::PackMoved{by_hand, kThere}),
              "a pack that was declared is not moved");
}

}  // namespace
}  // namespace calm
