// A status list names the packs that a vendor has taken back, and nobody but the vendor makes one.
#include "documents/status_list.h"

#include <gtest/gtest.h>

#include "documents/armour.h"
#include "documents/clearinghouse_test_kit.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

struct StatusLists : ClearinghouseKit, ::testing::Test {
    StatusList list{.number = 7,
                    .issued_at = kToday,
                    .revoked = {Bytes16{1}, Bytes16{2}, Bytes16{2, 1}},
                    .clearinghouse = certificate};

    std::string code_of(std::string_view text) const {
        const auto verified = verify_status_list(text, std::array{root.public_key()});
        return verified ? "fine" : verified.error().code;
    }
};

TEST_F(StatusLists, a_trusted_vendors_list_says_what_was_put_in) {
    const auto text = sign_status_list(list, clearinghouse);
    ASSERT_TRUE(text) << text.error().detail;
    const auto verified = verify_status_list(*text, std::array{root.public_key()});
    ASSERT_TRUE(verified) << verified.error().detail;
    EXPECT_EQ(verified->list, list);
    EXPECT_EQ(verified->vendor, root.public_key());
    list.server = ledger_id_of(identity.public_key());
    list.revoked.clear();
    EXPECT_EQ(
        verify_status_list(*sign_status_list(list, clearinghouse), std::array{root.public_key()})
            ->list,
        list);
}

TEST_F(StatusLists, the_longest_fits_its_armour) {
    list.revoked.clear();
    for (uint32_t i = 0; i < kRevokedPacksMax; ++i)
        list.revoked.push_back({static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)});
    const auto text = sign_status_list(list, clearinghouse);
    ASSERT_TRUE(text) << text.error().detail;
    EXPECT_LE(text->size(), kArmouredSizeMax);
    EXPECT_EQ(code_of(*text), "fine");
    list.revoked.push_back({0xff});
    EXPECT_EQ(sign_status_list(list, clearinghouse).error().code, "status_list_malformed");
}

TEST_F(StatusLists, a_forged_one_is_refused) {
    EXPECT_EQ(code_of(*sign_status_list(list, identity)), "status_list_altered");
    const auto text = sign_status_list(list, clearinghouse);
    auto parts = *paseto_split(*unarmour(kStatusListLabel, *text), kStatusListSizeMax);
    parts.message.replace(parts.message.find("\"number\":7"), 10, "\"number\":9");
    EXPECT_EQ(code_of(armour(kStatusListLabel, paseto_join(parts))), "status_list_altered");
    EXPECT_EQ(verify_status_list(*text, std::array{identity.public_key()}).error().code,
              "clearinghouse_untrusted");
    EXPECT_EQ(code_of("nothing"), "status_list_malformed");
}

TEST_F(StatusLists, its_packs_stand_in_order) {
    std::swap(list.revoked[0], list.revoked[1]);
    EXPECT_EQ(sign_status_list(list, clearinghouse).error().code, "status_list_malformed");
    list.revoked = {Bytes16{1}, Bytes16{1}};
    EXPECT_EQ(sign_status_list(list, clearinghouse).error().code, "status_list_malformed");
}

}  // namespace
}  // namespace calm
