// What a vendor says is written once, in order, and can be taken back bit for bit.
#include "core/vendor_word.h"

#include <gtest/gtest.h>

#include "core/test_kit.h"
#include "core/warnings.h"

namespace calm {
namespace {

using test::code_of;

struct VendorWord : ::testing::Test {
    test::Kit kit;
    KeyBytes vendor = test::key_of(2);
    KeyBytes stranger = test::key_of(9);

    VendorWord() { kit.set("files-2026"); }

    PackId asking_pack() {
        const PackId id = kit.ledger.next_pack();
        entry::PackInstalled terms{
            .pack = id, .product = "files-2026", .kind = PackKind::per_user, .quantity = 2};
        terms.document[0] = static_cast<uint8_t>(id.value);
        terms.vendor = vendor;
        terms.activation = true;
        kit.add(terms);
        return id;
    }
    Result<Entries> activate(uint64_t serial, Seconds length) const {
        return decide_activation(kit.ledger, {vendor, serial, kit.now + length}, kit.now);
    }
    std::string undone(const EntryBody& body) {
        const std::string before = kit.bytes();
        const LedgerEntry entry{kit.ledger.size(), kit.now, {}, body};
        EXPECT_EQ(kit.ledger.objection(entry), std::nullopt);
        const Undo undo = kit.ledger.apply(entry);
        EXPECT_NE(kit.bytes(), before);
        EXPECT_EQ(test::state_read_from(kit.bytes()), kit.bytes());
        kit.ledger.undo(undo);
        return kit.bytes() == before ? "as before" : "changed";
    }
    std::optional<Warning> activation_warning() const {
        for (const Warning& each : warnings(kit.ledger, {}, kit.now)) {
            if (each.kind == WarningKind::activation_ending) return each;
        }
        return std::nullopt;
    }
};

TEST_F(VendorWord, every_entry_of_it_can_be_taken_back) {
    const PackId pack = asking_pack();
    EXPECT_EQ(undone(entry::ServerActivated{vendor, 3, kit.now + days(1)}), "as before");
    kit.add(activate(3, days(1)));
    EXPECT_EQ(undone(entry::ServerDeactivated{vendor}), "as before");
    EXPECT_EQ(undone(entry::StatusListTaken{vendor, 7}), "as before");
    EXPECT_EQ(undone(entry::PackRevoked{vendor, kit.ledger.pack(pack).terms.document}),
              "as before");
    EXPECT_FALSE(kit.ledger.pack(pack).revoked);
    EXPECT_EQ(undone(entry::PackRenewed{pack, 1, kit.now + days(9), kit.now + days(8)}),
              "as before");
}

TEST_F(VendorWord, a_pack_knows_of_what_was_said_before_it_came) {
    kit.add(activate(1, days(30)));
    const PackId pack = asking_pack();
    EXPECT_TRUE(kit.ledger.pack(pack).usable(kit.now));
    EXPECT_FALSE(kit.ledger.pack(pack).usable(kit.now + days(30)));
    EXPECT_TRUE(kit.ledger.pack(pack).valid(kit.now + days(30)));
    kit.add(decide_status(kit.ledger, vendor, 1, std::vector{Bytes16{200}}));
    entry::PackInstalled terms{
        .document = Bytes16{200}, .product = "files-2026", .quantity = 2, .vendor = vendor};
    EXPECT_EQ(code_of(decide_installation(kit.ledger, terms, kit.now)), "pack_revoked");
}

TEST_F(VendorWord, nobody_speaks_for_a_vendor_that_is_not_trusted) {
    EXPECT_EQ(code_of(decide_activation(kit.ledger, {stranger, 1, kit.now + days(1)}, kit.now)),
              "vendor_unknown");
    EXPECT_EQ(code_of(decide_deactivation(kit.ledger, stranger)), "vendor_unknown");
    EXPECT_EQ(code_of(decide_status(kit.ledger, stranger, 1, {})), "vendor_unknown");
    for (const EntryBody& body : {EntryBody(entry::ServerActivated{stranger, 1, kit.now}),
                                  EntryBody(entry::ServerDeactivated{stranger}),
                                  EntryBody(entry::PackRevoked{stranger, {}}),
                                  EntryBody(entry::StatusListTaken{stranger, 1})}) {
        EXPECT_EQ(kit.ledger.objection({kit.ledger.size(), kit.now, {}, body}),
                  "the vendor is not trusted");
    }
}

TEST_F(VendorWord, a_certificate_that_seems_to_have_ended_is_given_up_too) {
    kit.add(activate(1, days(30)));
    const PackId pack = asking_pack();
    const Instant before = kit.now + days(7);
    kit.now = kit.now + days(52);  // so says a clock that is ahead
    kit.add(decide_deactivation(kit.ledger, vendor));
    EXPECT_FALSE(kit.ledger.pack(pack).usable(before));
    EXPECT_TRUE(decide_deactivation(kit.ledger, vendor)->empty());
}

TEST_F(VendorWord, what_is_older_says_nothing) {
    kit.add(activate(5, days(30)));
    EXPECT_EQ(code_of(activate(5, days(90))), "activation_replayed");
    EXPECT_EQ(code_of(activate(6, Seconds{0})), "activation_expired");
    EXPECT_EQ(code_of(activate(6, Seconds{(kInstantMax - kit.now).count + 1})),
              "activation_malformed");
    kit.add(decide_status(kit.ledger, vendor, 4, std::vector{Bytes16{200}}));
    EXPECT_TRUE(decide_status(kit.ledger, vendor, 4, {})->empty());
    EXPECT_EQ(code_of(decide_status(kit.ledger, vendor, 3, {})), "status_list_older");
    const auto objection = [&](EntryBody body) {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, std::move(body)})
            .value_or("none");
    };
    EXPECT_EQ(objection(entry::ServerActivated{vendor, 5, kit.now + days(1)}),
              "a certificate has a greater serial number than those before");
    EXPECT_EQ(objection(entry::ServerActivated{vendor, 6, kInstantMax + days(1)}),
              "impossible dates");
    EXPECT_EQ(objection(entry::StatusListTaken{vendor, 4}), "a newer status list was taken");
    EXPECT_EQ(objection(entry::PackRevoked{vendor, Bytes16{200}}), "the pack is revoked already");
    EXPECT_EQ(objection(entry::PackRenewed{{9}, 1}), "pack 9 does not exist");
    const PackId pack = asking_pack();
    EXPECT_EQ(objection(entry::PackRenewed{pack, 0}), "the pack was renewed since");
    EXPECT_EQ(objection(entry::PackRenewed{pack, 1, kInstantMax + days(1)}), "impossible dates");
    kit.add(entry::PackRemoved{pack});
    EXPECT_EQ(objection(entry::PackRenewed{pack, 1}), "the pack is gone, or was declared");
}

TEST_F(VendorWord, a_renewal_is_of_the_same_pack) {
    const PackId pack = kit.pack("files-2026", PackKind::per_user, 2, kit.now + days(30));
    entry::PackInstalled again = kit.ledger.pack(pack).terms;
    again.renewal = 1;
    again.expires_at = kit.now + days(60);
    EXPECT_EQ(renewed_by(kit.ledger, again), pack);
    const auto code = [&](auto change) {
        entry::PackInstalled changed = again;
        change(changed);
        return code_of(decide_installation(kit.ledger, changed, kit.now));
    };
    EXPECT_EQ(code([](auto& e) { e.quantity = 3; }), "renewal_unfit");
    EXPECT_EQ(code([](auto& e) { e.kind = PackKind::per_device; }), "renewal_unfit");
    EXPECT_EQ(code([](auto& e) { e.metric = PackMetric::concurrent; }), "renewal_unfit");
    EXPECT_EQ(code([](auto& e) { e.also = {"files-2026"}; }), "renewal_unfit");
    EXPECT_EQ(code([&](auto& e) { e.vendor = stranger; }), "pack_vendor_unknown");
    EXPECT_EQ(code([&](auto& e) { e.expires_at = kit.now + days(29); }), "renewal_unfit");
    EXPECT_EQ(code([](auto& e) { e.renewal = 0; }), "pack_already_installed");
    EXPECT_EQ(code([](auto& e) { e.expires_at.reset(); }), "(done)");
    again.maintained_until = kit.now + days(40);
    kit.add(decide_installation(kit.ledger, again, kit.now));
    EXPECT_EQ(kit.ledger.pack(pack).terms.renewal, 1U);
    EXPECT_EQ(kit.ledger.packs().size(), 1U);
    again.renewal = 2;
    again.maintained_until.reset();
    EXPECT_EQ(code_of(decide_renewal(kit.ledger, again, kit.now)), "renewal_unfit");
    again.maintained_until = kit.now + days(40);
    kit.now = kit.now + days(70);
    EXPECT_EQ(code_of(decide_renewal(kit.ledger, again, kit.now)), "pack_expired");
}

TEST_F(VendorWord, an_activation_that_is_missing_or_ends_is_told_where_a_pack_needs_it) {
    kit.pack("files-2026", PackKind::per_user, 2);
    EXPECT_FALSE(activation_warning());
    asking_pack();
    ASSERT_TRUE(activation_warning());
    EXPECT_EQ(activation_warning()->about, 1U);
    EXPECT_EQ(activation_warning()->level, kLevelOver);
    EXPECT_EQ(activation_warning()->severity, Severity::critical);
    EXPECT_EQ(activation_warning()->until, Instant{});
    kit.add(activate(1, days(365)));
    EXPECT_FALSE(activation_warning());
    kit.now = kit.now + days(340);
    EXPECT_EQ(activation_warning()->level, 30);
    EXPECT_EQ(activation_warning()->severity, Severity::notice);
    kit.now = kit.now + days(25);
    EXPECT_EQ(activation_warning()->level, kLevelOver);
    EXPECT_GT(activation_warning()->until, Instant{});
}

TEST_F(VendorWord, a_state_whose_vendors_contradict_each_other_is_refused) {
    kit.add(decide_status(kit.ledger, vendor, 1, std::vector{Bytes16{1}, Bytes16{2}}));
    std::string bytes = kit.bytes();
    // The two ids, one behind the other, in the wrong order.
    std::string ids(32, '\0');
    ids[0] = 1;
    ids[16] = 2;
    const size_t at = bytes.find(ids);
    ASSERT_NE(at, std::string::npos);
    std::swap(bytes[at], bytes[at + 16]);
    EXPECT_EQ(test::state_read_from(bytes), "(refused)");
}

}  // namespace
}  // namespace calm
