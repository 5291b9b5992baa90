// How many of a thing a ledger takes, each at its last one and one beyond.
#include <gtest/gtest.h>

#include "core/agreement.h"
#include "core/play_test_kit.h"
#include "core/reservations.h"
#include "core/state_test_kit.h"
#include "core/verbs.h"

namespace calm {
namespace {

using test::code_of;
using test::Kit;
using test::row;

TEST(Limits, OfProductsIsWhatTheirNumbersHold) {
    constexpr uint64_t kMany = 65535;
    Kit kit;
    Product product = test::product("p", test::kPlain);
    for (uint64_t i = 1; i <= kMany; ++i) {
        product.code = product.family = "p" + std::to_string(i);
        const LedgerEntry entry{kit.ledger.size(), kit.now, {}, entry::ProductSet{product}};
        if (i == kMany) {
            EXPECT_EQ(kit.ledger.objection(entry), std::nullopt);
        }
        kit.ledger.apply(entry);
    }
    product.code = product.family = "q";
    const auto objection = [&](const Product& stated) {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, entry::ProductSet{stated}});
    };
    EXPECT_EQ(objection(product), "too many products");
    product.code = product.family = "p7";
    EXPECT_EQ(objection(product), std::nullopt);  // it is there

    // A snapshot with one more: the first once again under another code.
    const std::string bytes = kit.bytes();
    const std::string count = row(kMany);
    const size_t at = bytes.find(count + row("p1"));
    ASSERT_NE(at, std::string::npos);
    const size_t first = at + count.size();
    const size_t second = bytes.find(row("p2", "p2"));
    ASSERT_NE(second, std::string::npos);
    std::string one_more = bytes.substr(first, second - first);
    one_more = test::damaged(one_more, row("p1", "p1"), row("q1", "q1"));
    EXPECT_EQ(test::state_read_from(bytes), bytes);
    EXPECT_EQ(test::state_read_from(bytes.substr(0, at) + row(kMany + 1) + one_more +
                                    bytes.substr(first)),
              "(refused)");
}

TEST(Limits, OfGroups) {
    Kit kit;
    const SubjectId anna = kit.subject(HolderKind::user);
    for (size_t i = 0; i < kGroupsMax; ++i)
        kit.add(decide_joining(kit.ledger, "g" + std::to_string(i), {.subject = anna}));
    EXPECT_EQ(code_of(decide_joining(kit.ledger, "g", {.subject = anna})), "too_many_groups");
    const SubjectId bruno = kit.subject(HolderKind::user);
    EXPECT_EQ(code_of(decide_joining(kit.ledger, "g7", {.subject = bruno})), "(done)");
    kit.add(decide_leaving(kit.ledger, "g7", anna));
    EXPECT_EQ(code_of(decide_joining(kit.ledger, "g", {.subject = anna})), "(done)");
}

TEST(Limits, OfMembersOfAGroup) {
    Kit kit;
    for (size_t i = 0; i < kMembersMax; ++i) {
        const SubjectId member = kit.ledger.next_subject();
        kit.ledger.apply(
            {kit.ledger.size(), kit.now, {}, entry::SubjectAdded{member, HolderKind::user, {}}});
        kit.ledger.apply({kit.ledger.size(), kit.now, {}, entry::GroupJoined{"g", member}});
    }
    const SubjectId next = kit.subject(HolderKind::user);
    EXPECT_EQ(code_of(decide_joining(kit.ledger, "g", {.subject = next})), "group_full");
    EXPECT_EQ(code_of(decide_joining(kit.ledger, "h", {.subject = next})), "(done)");
}

TEST(Limits, OfGroupsForWhichAPackKeepsSeats) {
    Kit kit;
    kit.set("p");
    const PackId pack = kit.pack("p", PackKind::per_user, 100);
    const SubjectId anna = kit.subject(HolderKind::user);
    const auto group = [](size_t i) { return "g" + std::to_string(i); };
    for (size_t i = 0; i <= kReservationsMax; ++i)
        kit.add(decide_joining(kit.ledger, group(i), {.subject = anna}));
    for (size_t i = 0; i < kReservationsMax; ++i)
        kit.add(decide_reservation(kit.ledger, pack, group(i), 1));
    EXPECT_EQ(code_of(decide_reservation(kit.ledger, pack, group(kReservationsMax), 1)),
              "too_many_reserved");
    EXPECT_EQ(code_of(decide_reservation(kit.ledger, pack, group(0), 2)), "(done)");
    EXPECT_EQ(code_of(decide_reservation(kit.ledger, pack, group(0), 37)), "(done)");
    EXPECT_EQ(code_of(decide_reservation(kit.ledger, pack, group(0), 38)), "too_many_reserved");
}

TEST(Limits, WhoeverWasErasedJoinsNoGroup) {
    Kit kit;
    const SubjectId anna = kit.subject(HolderKind::user);
    kit.add(entry::SubjectErased{anna});
    EXPECT_EQ(code_of(decide_joining(kit.ledger, "g", {.subject = anna})), "bad_member");
    EXPECT_EQ(code_of(decide_joining(kit.ledger, "g", {.subject = {99}})), "bad_member");
}

// What a pack keeps for a group is stated anew, and taken back as it was.
TEST(Limits, WhatIsKeptIsTakenBackAsItWas) {
    test::WholeLedger kit;
    const std::string before = kit.bytes();
    for (const auto& [group, seats] :
         {std::pair("sales", 5U), {"sales", 0U}, {"nobody", 0U}, {"a-first", 1U}, {"z-last", 1U}}) {
        const Undo undo = kit.add(entry::SeatsReserved{kit.users, group, seats});
        kit.ledger.undo(undo);
        EXPECT_EQ(kit.bytes(), before) << group << seats;
    }
}

TEST(Limits, OfCodesAndNumbers) {
    for (const char* bad : {"p{", "p`", "p@", "{", "p:"})
        EXPECT_FALSE(is_product_code(bad)) << bad;
    Product product = test::product("p");
    product.bases = {"a", "b", "c", "d"};
    EXPECT_TRUE(check_product(product).has_value());
    product.bases = {"a", "b", "a"};
    EXPECT_FALSE(check_product(product).has_value());
    product.bases = {"a", "b", "c", "d", "e"};
    EXPECT_FALSE(check_product(product).has_value());
    EXPECT_FALSE(parse_agreement("open:12345678-ABCDE012345678!").has_value());
    EXPECT_FALSE(parse_agreement("open:12345678-ABCDE012345678[").has_value());
    EXPECT_EQ(parse_agreement("service-provider:1234567")->program,
              AgreementProgram::service_provider);
}

TEST(Limits, OfPacksAsTheyAreSold) {
    Kit kit;
    ProductRules rules = test::kPlain;
    rules.cals_included = 5;
    kit.set("os", rules);
    const auto sold = [&](auto change) {
        entry::PackInstalled terms{.product = "os", .kind = PackKind::server, .quantity = 1};
        terms.vendor = test::key_of(2);
        change(terms);
        return code_of(decide_installation(kit.ledger, terms, kit.now));
    };
    EXPECT_EQ(sold([](auto&) {}), "(done)");
    EXPECT_EQ(sold([](auto& t) { t.quantity = kPackQuantityMax / 5; }), "(done)");
    EXPECT_EQ(sold([](auto& t) { t.quantity = kPackQuantityMax / 5 + 1; }), "pack_malformed");
    EXPECT_EQ(sold([](auto& t) {
                  t.agreement = {AgreementProgram::select, "1234567"};
              }),
              "bad_agreement");
    EXPECT_EQ(sold([](auto& t) {
                  t.agreement = {AgreementProgram::select, "1234567"};
                  t.channel = Channel::volume;
              }),
              "(done)");
}

TEST(Limits, OfWhatAProductMayBecome) {
    Kit kit;
    kit.set("p-1");
    Product product = test::product("p-1", test::kPlain);
    EXPECT_TRUE(decide_product(kit.ledger, product)->empty());
    product.family = "q";
    EXPECT_EQ(code_of(decide_product(kit.ledger, product)), "bad_product");
    product.family = "p";
    product.version = 2;
    EXPECT_EQ(code_of(decide_product(kit.ledger, product)), "bad_product");
}

TEST(Limits, OfRevocationsAreThoseOfOneVersionOfOneFamily) {
    EXPECT_EQ(test::problem_of(R"(
product p-1 requires activated temporary 0d revoke 50%
product q-1 requires activated temporary 0d revoke 50%
host h mode per_device
pack P p-1 per_device 4
pack Q q-1 per_device 4
admit - a p-1 on h
admit - b p-1 on h
admit - c q-1 on h
revoke a p-1
revoke c q-1
revoke b p-1
admit - d p-1 on h
revoke d p-1   refused revoke_limit_reached
)"),
              "");
}

TEST(Limits, OfWhatAStationIs) {
    test::WholeLedger kit;
    EXPECT_EQ(code_of(decide_erasure(kit.ledger, kit.desk)), "subject_unknown");
}

TEST(Limits, AnErasureEndsItsOwnPlacesInLineAlone) {
    test::WholeLedger kit;
    const auto erased = decide_erasure(kit.ledger, kit.dora);
    EXPECT_EQ(std::ranges::count(*erased,
                                 EntryBody(entry::QueueLeft{kit.dora, PackKind::per_user, "cad"})),
              1);
    kit.add(erased);
    ASSERT_EQ(kit.ledger.waiting().size(), 1u);
    EXPECT_EQ(kit.ledger.waiting()[0].holder, kit.bruno);
}

}  // namespace
}  // namespace calm
