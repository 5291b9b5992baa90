// Concurrent seats: what the log may say of them, that all of it can be undone and read back, and
// what is decided beside admissions. The rules themselves are played by tests/scenarios.
#include "core/leases.h"

#include "core/invariants.h"
#include "core/position.h"
#include "core/test_kit.h"
#include "core/warnings.h"

namespace calm {
namespace {

using test::code_of;
using test::Kit;
using test::state_read_from;

constexpr ProductRules kFloating{
    .overuse = OverUse::refuse, .temporary_days = 0, .initial_grace_days = 0};

struct Leases : ::testing::Test {
    Kit kit;
    HostId a, b;
    PackId seats, here, lasting;
    SubjectId anna, bruno;

    Leases() {
        kit.set("cad-1", kFloating);
        a = kit.host(LicensingMode::per_user);
        b = kit.host(LicensingMode::per_user);
        seats = pack(PackMetric::concurrent, 2);
        here = pack(PackMetric::per_server, 1);
        lasting = pack(PackMetric::named, 1);
        anna = kit.subject(HolderKind::user);
        bruno = kit.subject(HolderKind::user);
        // So that only concurrent seats are left.
        kit.admit(kit.by_user(kit.subject(HolderKind::user), a, "cad-1"));
    }

    PackId pack(PackMetric metric, uint32_t quantity) {
        const PackId id = kit.ledger.next_pack();
        entry::PackInstalled terms{
            .pack = id, .product = "cad-1", .quantity = quantity, .metric = metric};
        terms.document[0] = static_cast<uint8_t>(id.value);
        terms.vendor = test::key_of(2);
        kit.add(terms);
        return id;
    }
    Decision admit(SubjectId user, HostId host, bool wait = false) {
        AdmissionRequest request = kit.by_user(user, host, "cad-1");
        request.wait = wait;
        return kit.admit(request);
    }
    bool is_refused(const EntryBody& body) const {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, body}).has_value();
    }
    // Applied and undone, the state is what it was.
    void add_and_take_back(const EntryBody& body) {
        const std::string before = kit.bytes();
        kit.ledger.undo(kit.ledger.apply({kit.ledger.size(), kit.now, {}, body}));
        EXPECT_EQ(kit.bytes(), before);
        kit.add(body);
        EXPECT_EQ(broken_invariant(kit.ledger, kit.now), std::nullopt);
    }
    void add_and_take_back(const Decision& decision) {
        for (const EntryBody& body : decision.entries)
            add_and_take_back(body);
    }
    ProductId product() const { return kit.ledger.find_product("cad-1"); }
    SessionOver over(SubjectId user, HostId host) const {
        return {.host = host, .product = product(), .user = user, .device = {}};
    }
};

TEST_F(Leases, every_entry_can_be_taken_back) {
    add_and_take_back(kit.ask(kit.by_user(anna, a, "cad-1")));
    kit.now = kit.now + minutes(1);
    add_and_take_back(kit.ask(kit.by_user(anna, b, "cad-1")));
    EXPECT_EQ(kit.ledger.lease_uses().size(), 2U);
    const auto left = decide_session_end(kit.ledger, over(anna, a), kit.now);
    ASSERT_TRUE(left && left->size() == 1);
    add_and_take_back(left->front());
    EXPECT_EQ(kit.ledger.lease_uses().size(), 1U);
    admit(bruno, a);
    const SubjectId chloe = kit.subject(HolderKind::user);
    const SubjectId dora = kit.subject(HolderKind::user);
    for (const SubjectId each : {chloe, dora}) {
        AdmissionRequest waits = kit.by_user(each, a, "cad-1");
        waits.wait = true;
        add_and_take_back(kit.ask(waits));
    }
    kit.now = kit.now + minutes(1);
    AdmissionRequest again = kit.by_user(chloe, a, "cad-1");
    again.wait = true;
    const Decision refreshed = kit.ask(again);
    EXPECT_EQ(refreshed.place, 1U);
    add_and_take_back(refreshed);
    add_and_take_back(entry::QueueLeft{chloe, PackKind::per_user, "cad-1"});
    add_and_take_back(entry::PackAssigned{here, b});
    add_and_take_back(entry::CalReturned{kit.ledger.subject(bruno).first, ReturnReason::ended});
    EXPECT_EQ(kit.ledger.lease_uses().size(), 1U);
}

TEST_F(Leases, a_question_is_asked_again_when_half_of_the_time_has_passed) {
    const Decision taken = admit(anna, a);
    EXPECT_EQ(taken.reason, Reason::seat_taken);
    EXPECT_EQ(ask_again_at(kit.ledger, taken.cal, a, product(), kit.now), kit.now + minutes(5));
    EXPECT_EQ(ask_again_at(kit.ledger, taken.cal, b, product(), kit.now), std::nullopt);
    kit.now = kit.now + minutes(4);
    EXPECT_TRUE(kit.ask(kit.by_user(anna, a, "cad-1")).entries.empty());
    // What another host does moves the seat's end, and not the moment of this one.
    admit(anna, b);
    EXPECT_EQ(ask_again_at(kit.ledger, taken.cal, a, product(), kit.now), kit.now + minutes(1));
    kit.now = kit.now + minutes(1);
    EXPECT_EQ(admit(anna, a).reason, Reason::seat_extended);
    // Of a CAL that lasts there is no such moment.
    EXPECT_EQ(ask_again_at(kit.ledger, {1}, a, product(), kit.now), std::nullopt);
}

TEST_F(Leases, the_state_is_read_back_whole_and_damage_is_found) {
    admit(anna, a);
    admit(anna, b);
    admit(bruno, a);
    const SubjectId chloe = kit.subject(HolderKind::user);
    admit(chloe, a, true);
    const std::string bytes = kit.bytes();
    EXPECT_EQ(state_read_from(bytes), bytes);
    // Of the line holder, kind, product, and two times of 8 bytes; behind it two empty tables.
    const size_t line_end = bytes.size() - 8 - 8;
    std::string damaged = bytes;
    damaged[line_end - 16 - 2 - 1 - 4] = 99;  // a holder that is not there
    EXPECT_EQ(state_read_from(damaged), "(refused)");
    damaged = bytes;
    damaged[line_end - 16 - 2 - 1] = static_cast<char>(PackKind::core);
    EXPECT_EQ(state_read_from(damaged), "(refused)");
}

TEST_F(Leases, what_the_log_may_not_say) {
    const Decision taken = admit(anna, a);
    const auto issued = std::get<entry::CalIssued>(kit.log.back().body);
    CalStatement cal = issued.cal;
    EXPECT_TRUE(cal.lease);
    cal.pack = lasting;
    EXPECT_TRUE(is_refused(entry::CalRenewed{cal}));  // a pack without concurrent seats
    cal = issued.cal;
    cal.state = CalState::temporary;
    cal.pack = {};
    EXPECT_TRUE(is_refused(entry::CalRenewed{cal}));
    cal = issued.cal;
    cal.host = {};
    EXPECT_TRUE(is_refused(entry::SeatLeft{cal}));
    cal.host = a;
    cal.lease = false;
    EXPECT_TRUE(is_refused(entry::SeatLeft{cal}));
    EXPECT_FALSE(is_refused(entry::SeatLeft{issued.cal}));
    CalStatement away = issued.cal;
    EXPECT_TRUE(is_refused(entry::SeatBorrowed{away}));  // it does not say so
    away.borrowed = true;
    EXPECT_FALSE(is_refused(entry::SeatBorrowed{away}));
    for (auto change : {+[](CalStatement& each) { each.lease = false; },
                        +[](CalStatement& each) { each.overuse = true; },
                        +[](CalStatement& each) { each.pack = {2}; },
                        +[](CalStatement& each) { each.cal = {99}; }}) {
        CalStatement wrong = away;
        change(wrong);
        EXPECT_TRUE(is_refused(entry::SeatBorrowed{wrong}));
    }
    EXPECT_TRUE(is_refused(entry::PackAssigned{seats, a}));
    EXPECT_TRUE(is_refused(entry::PackAssigned{here, {9}}));
    EXPECT_TRUE(is_refused(entry::PackAssigned{{99}, a}));
    EXPECT_FALSE(is_refused(entry::PackAssigned{here, {}}));
    EXPECT_TRUE(is_refused(entry::QueueJoined{{99}, PackKind::per_user, "cad-1", kit.now}));
    EXPECT_TRUE(is_refused(entry::QueueJoined{anna, PackKind::core, "cad-1", kit.now}));
    EXPECT_TRUE(is_refused(entry::QueueJoined{anna, PackKind::per_user, "cad-2", kit.now}));
    EXPECT_TRUE(is_refused(entry::QueueLeft{anna, PackKind::per_user, "cad-1"}));
    kit.add(entry::QueueJoined{bruno, PackKind::per_user, "cad-1", kit.now});
    EXPECT_TRUE(is_refused(entry::SubjectErased{bruno}));
    EXPECT_EQ(taken.cal, issued.cal.cal);
}

TEST_F(Leases, what_is_over_is_written_and_who_is_forgotten_waits_no_more) {
    admit(anna, a);
    admit(bruno, a);
    const SubjectId chloe = kit.subject(HolderKind::user);
    admit(chloe, a, true);
    EXPECT_EQ(line_of(kit.ledger, kit.now).size(), 1U);
    kit.add(decide_erasure(kit.ledger, chloe));
    EXPECT_TRUE(line_of(kit.ledger, kit.now).empty());
    const SubjectId dora = kit.subject(HolderKind::user);
    admit(dora, a, true);
    kit.now = kit.now + minutes(2);
    EXPECT_TRUE(line_of(kit.ledger, kit.now).empty());
    EXPECT_EQ(kit.ledger.waiting().size(), 1U);
    EXPECT_EQ(decide_expiries(kit.ledger, kit.now, 100),
              (Entries{entry::QueueLeft{dora, PackKind::per_user, "cad-1"}}));
    kit.now = kit.now + minutes(8);
    EXPECT_EQ(decide_expiries(kit.ledger, kit.now, 2).size(), 2U);
    EXPECT_EQ(decide_expiries(kit.ledger, kit.now, 100).size(), 3U);
}

TEST_F(Leases, a_per_server_pack_goes_to_a_host_while_nobody_is_connected) {
    EXPECT_EQ(code_of(decide_assignment(kit.ledger, {99}, a, kit.now)), "pack_unknown");
    EXPECT_EQ(code_of(decide_assignment(kit.ledger, here, {99}, kit.now)), "host_unknown");
    EXPECT_EQ(code_of(decide_assignment(kit.ledger, seats, a, kit.now)), "pack_not_per_server");
    kit.add(decide_assignment(kit.ledger, here, a, kit.now));
    EXPECT_TRUE(decide_assignment(kit.ledger, here, a, kit.now)->empty());
    admit(anna, a);
    EXPECT_EQ(kit.ledger.pack(here).used, 1U);
    EXPECT_EQ(code_of(decide_assignment(kit.ledger, here, b, kit.now)), "pack_in_use");
    kit.now = kit.now + minutes(10);
    const auto moved = decide_assignment(kit.ledger, here, b, kit.now);
    ASSERT_TRUE(moved && moved->size() == 2);  // the expiry comes first
    kit.add(moved);
    EXPECT_EQ(kit.ledger.pack(here).host, b);
}

TEST_F(Leases, the_end_of_a_session_frees_nothing_else) {
    EXPECT_EQ(code_of(decide_session_end(kit.ledger, {a, {}, anna, {}}, kit.now)),
              "product_unknown");
    EXPECT_TRUE(decide_session_end(kit.ledger, over(anna, a), kit.now)->empty());
    EXPECT_TRUE(decide_session_end(kit.ledger, over({99}, a), kit.now)->empty());
    admit(anna, a);
    EXPECT_TRUE(decide_session_end(kit.ledger, over(anna, b), kit.now)->empty());
    EXPECT_TRUE(decide_session_end(kit.ledger, over(bruno, a), kit.now)->empty());
    // The holder of the CAL that lasts.
    const SubjectId holder = kit.ledger.cal({1}).holder;
    EXPECT_TRUE(decide_session_end(kit.ledger, over(holder, a), kit.now)->empty());
}

// What stands in pools and positions: the seats that are in use.
TEST_F(Leases, pools_and_positions_count_who_is_connected) {
    admit(anna, a);
    const PoolKey key{product(), PackKind::per_user};
    EXPECT_EQ(pools_of(kit.ledger, kit.now).at(key).used, 2U);
    EXPECT_EQ(pools_of(kit.ledger, kit.now).at(key).owned, 4U);
    PositionRow row = position_of(kit.ledger, kit.now).rows.at(0);
    EXPECT_EQ(row.required, 2U);
    EXPECT_EQ(row.held, 2U);
    EXPECT_EQ(row.spare, 2U);
    kit.add(decide_session_end(kit.ledger, over(anna, a), kit.now));
    row = position_of(kit.ledger, kit.now).rows.at(0);
    EXPECT_EQ(row.required, 1U);
    EXPECT_EQ(row.spare, 3U);
    EXPECT_EQ(pools_of(kit.ledger, kit.now).at(key).used, 1U);
}

TEST_F(Leases, a_borrowed_seat_asks_for_no_word_and_can_be_taken_back) {
    const CalId cal = admit(anna, a).cal;
    admit(anna, b);
    const Instant until = kit.now + days(7);
    const auto away = decide_borrowing(kit.ledger, cal, until, kit.now);
    ASSERT_TRUE(away && away->size() == 1);
    add_and_take_back(away->front());
    EXPECT_TRUE(kit.ledger.lease_uses().empty());
    EXPECT_EQ(state_read_from(kit.bytes()), kit.bytes());
    EXPECT_EQ(kit.ledger.pack(seats).used, 1U);
    EXPECT_TRUE(decide_session_end(kit.ledger, over(anna, a), kit.now)->empty());
    const Decision held = admit(anna, a);
    EXPECT_EQ(held.reason, Reason::seat_held);
    EXPECT_EQ(held.expires_at, until);
    EXPECT_TRUE(held.entries.empty());
    // It may be given back while somebody is connected, so hosts ask all the same.
    EXPECT_EQ(ask_again_at(kit.ledger, cal, a, product(), kit.now), kit.now + minutes(5));
    EXPECT_EQ(ask_again_at(kit.ledger, cal, a, product(), until - seconds(9)), until);
    const auto longer = decide_borrowing(kit.ledger, cal, until + days(1), kit.now);
    ASSERT_TRUE(longer && longer->size() == 1);
    add_and_take_back(longer->front());
    add_and_take_back(entry::CalReturned{cal, ReturnReason::left});
    EXPECT_EQ(kit.ledger.pack(seats).used, 0U);
}

TEST_F(Leases, what_is_borrowed_is_a_concurrent_seat_for_a_time_that_is_allowed) {
    const auto borrow = [&](CalId cal, Seconds length) {
        return code_of(decide_borrowing(kit.ledger, cal, kit.now + length, kit.now));
    };
    EXPECT_EQ(borrow({99}, days(1)), "cal_unknown");
    EXPECT_EQ(borrow({1}, days(1)), "borrow_needs_seat");  // it lasts
    kit.add(decide_assignment(kit.ledger, here, a, kit.now));
    EXPECT_EQ(borrow(admit(bruno, a).cal, days(1)), "borrow_needs_seat");  // at one host
    const CalId cal = admit(anna, b).cal;
    EXPECT_EQ(borrow(cal, minutes(10)), "bad_borrow_end");
    EXPECT_EQ(borrow(cal, Seconds{days(30).count + 1}), "borrow_too_long");
    EXPECT_EQ(borrow(cal, days(30)), "(done)");
    ProductRules rules = kFloating;
    rules.borrow_days_max = 0;
    kit.set("cad-1", rules);
    EXPECT_EQ(borrow(cal, days(1)), "borrow_not_allowed");
    kit.now = kit.now + minutes(10);
    EXPECT_EQ(borrow(cal, days(1)), "cal_not_live");
    rules.borrow_days_max = 3651;
    EXPECT_FALSE(check_product(test::product("cad-1", rules)));
}

TEST_F(Leases, minutes_and_places_have_their_bounds) {
    Product wrong = test::product("cad-1", kFloating);
    for (uint16_t ProductRules::*rule :
         {&ProductRules::lease_minutes, &ProductRules::queue_minutes}) {
        wrong.rules.*rule = 0;
        EXPECT_FALSE(check_product(wrong));
        wrong.rules.*rule = 1441;
        EXPECT_FALSE(check_product(wrong));
        wrong.rules.*rule = 1440;
        EXPECT_TRUE(check_product(wrong));
    }
    wrong.rules.linger_minutes = 1441;
    EXPECT_FALSE(check_product(wrong));
    wrong.rules.linger_minutes = 0;
    wrong.rules.queue_max = 10'001;
    EXPECT_FALSE(check_product(wrong));
}

}  // namespace
}  // namespace calm
