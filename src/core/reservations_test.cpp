// What the verbs about groups refuse, and that the state keeps groups whole.
#include "core/reservations.h"

#include <gtest/gtest.h>

#include "core/test_kit.h"

namespace calm {
namespace {

using test::Kit;
using test::state_read_from;

struct Reservations : testing::Test {
    Kit kit;
    SubjectId anna, bruno, chloe;
    HostId a;
    PackId pack;

    Reservations() {
        kit.set("cad-1");
        a = kit.host(LicensingMode::per_user);
        anna = kit.subject(HolderKind::user);
        bruno = kit.subject(HolderKind::user);
        chloe = kit.subject(HolderKind::user);
        pack = kit.pack("cad-1", PackKind::per_user, 3);
    }

    void join(const std::string& group, SubjectId member) {
        kit.add(decide_joining(kit.ledger, group, {.subject = member}));
    }
    void reserve(const std::string& group, uint32_t seats) {
        kit.add(decide_reservation(kit.ledger, pack, group, seats));
    }
    static std::string refusal(const Result<Entries>& entries) {
        return entries ? "" : entries.error().code;
    }
};

TEST_F(Reservations, a_code_that_is_none_and_a_station_are_refused) {
    for (const char* code : {"", "Engineers", "two words", "\xC3\xA9quipe", "-x"})
        EXPECT_EQ(refusal(decide_joining(kit.ledger, code, {.subject = anna})), "bad_group_code");
    EXPECT_EQ(refusal(decide_joining(kit.ledger, std::string(65, 'a'), {.subject = anna})),
              "bad_group_code");
    EXPECT_EQ(refusal(decide_joining(kit.ledger, "x", {.kind = HolderKind::station})),
              "bad_member");
    EXPECT_EQ(refusal(decide_joining(kit.ledger, "x", {.subject = {99}})), "bad_member");
}

TEST_F(Reservations, what_is_left_depends_on_who_asks) {
    join("x", anna);
    join("y", bruno);
    reserve("x", 1);
    reserve("y", 1);
    EXPECT_EQ(left_for(kit.ledger, pack, anna, kit.now), 2U);
    EXPECT_EQ(left_for(kit.ledger, pack, chloe, kit.now), 1U);
    EXPECT_EQ(left_for(kit.ledger, pack, {}, kit.now), 1U);
    EXPECT_EQ(kept_for(kit.ledger, pack, anna, kit.now), 1U);
    EXPECT_EQ(kept_for(kit.ledger, pack, chloe, kit.now), 0U);
    EXPECT_TRUE(share_group(kit.ledger, std::vector{pack}, anna, anna));
    EXPECT_FALSE(share_group(kit.ledger, std::vector{pack}, anna, bruno));
    EXPECT_FALSE(share_group(kit.ledger, {}, anna, anna));
    // A member of both counts for both.
    join("y", anna);
    EXPECT_EQ(left_for(kit.ledger, pack, anna, kit.now), 3U);
    kit.admit(kit.by_user(anna, a, "cad-1"));
    EXPECT_EQ(kit.ledger.pack(pack).reservations[0].used, 1U);
    EXPECT_EQ(kit.ledger.pack(pack).reservations[1].used, 1U);
    EXPECT_EQ(left_for(kit.ledger, pack, chloe, kit.now), 2U);
}

TEST_F(Reservations, a_group_that_is_empty_is_none_and_what_is_kept_for_it_stays) {
    join("x", anna);
    reserve("x", 2);
    kit.add(decide_leaving(kit.ledger, "x", anna));
    EXPECT_EQ(kit.ledger.group("x"), nullptr);
    EXPECT_EQ(left_for(kit.ledger, pack, anna, kit.now), 1U);
    EXPECT_EQ(refusal(decide_reservation(kit.ledger, pack, "x", 3)), "group_unknown");
    reserve("x", 0);
    EXPECT_EQ(left_for(kit.ledger, pack, anna, kit.now), 3U);
}

TEST_F(Reservations, each_change_is_taken_back_whole) {
    join("x", anna);
    kit.admit(kit.by_user(anna, a, "cad-1"));
    reserve("x", 1);
    const std::string bytes = kit.bytes();
    for (const EntryBody& body :
         {EntryBody(entry::GroupJoined{"x", bruno}), EntryBody(entry::GroupJoined{"y", bruno}),
          EntryBody(entry::GroupLeft{"x", anna}), EntryBody(entry::SeatsReserved{pack, "x", 3}),
          EntryBody(entry::SeatsReserved{pack, "y", 1}),
          EntryBody(entry::SeatsReserved{pack, "x", 0})}) {
        const LedgerEntry entry{kit.ledger.size(), kit.now, {}, body};
        ASSERT_FALSE(kit.ledger.objection(entry));
        kit.ledger.undo(kit.ledger.apply(entry));
        EXPECT_EQ(kit.bytes(), bytes);
        EXPECT_EQ(kit.ledger.pack(pack).reservations[0].used, 1U);
    }
    EXPECT_EQ(state_read_from(bytes), bytes);
}

TEST_F(Reservations, a_log_that_contradicts_itself_meets_an_objection) {
    join("x", anna);
    const auto objects = [&](const EntryBody& body) {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, body}).has_value();
    };
    EXPECT_TRUE(objects(entry::GroupJoined{"x", anna}));
    EXPECT_TRUE(objects(entry::GroupJoined{"X", bruno}));
    EXPECT_TRUE(objects(entry::GroupJoined{"x", {99}}));
    EXPECT_TRUE(objects(entry::GroupLeft{"x", bruno}));
    EXPECT_TRUE(objects(entry::GroupLeft{"y", anna}));
    EXPECT_TRUE(objects(entry::SeatsReserved{pack, "x", 4}));
    EXPECT_TRUE(objects(entry::SeatsReserved{{9}, "x", 1}));
    EXPECT_TRUE(objects(entry::SubjectErased{anna}));
    EXPECT_FALSE(objects(entry::SeatsReserved{pack, "x", 3}));
}

TEST_F(Reservations, the_day_on_which_a_product_came_out_never_changes) {
    Product product = kit.ledger.product({1}).product;
    product.released = kit.now - days(9);
    kit.add(decide_product(kit.ledger, product));
    // Who says nothing about it leaves it as it is.
    product.released = {};
    product.rules.user_days = 30;
    kit.add(decide_product(kit.ledger, product));
    EXPECT_EQ(kit.ledger.product({1}).product.released, kit.now - days(9));
    product.released = kit.now;
    EXPECT_EQ(refusal(decide_product(kit.ledger, product)), "bad_product");
    EXPECT_TRUE(kit.ledger.objection({kit.ledger.size(), kit.now, {}, entry::ProductSet{product}}));
}

}  // namespace
}  // namespace calm
