// What is read out over the telephone is worth what a file is, and each group is checked.
#include "documents/readout.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "documents/checked_groups.h"
#include "documents/clearinghouse_test_kit.h"
#include "documents/product_key.h"

namespace calm {
namespace {

struct ReadOut : ClearinghouseKit, ::testing::Test {
    LedgerId server = ledger_id_of(identity.public_key());
    ActivationNonce nonce{9, 8, 7, 6, 5};
    uint16_t today = static_cast<uint16_t>(kToday.seconds / 86400);
    ReadOutActivation activation{
        .server = server, .nonce = nonce, .serial = 12, .until_day = uint16_t(today + 366)};
    ReadOutPack terms{.server = server,
                      .product = *product_from_code("files-2026"),
                      .quantity = 25,
                      .serial = 3,
                      .from_day = today};
};

TEST_F(ReadOut, an_activation_is_28_groups_and_says_what_was_signed) {
    const std::string code = read_out_activation(activation, clearinghouse);
    EXPECT_EQ(code.size(), 28 * 6 - 1U);
    const auto read = read_activation_code(code, server, nonce, clearinghouse.public_key());
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, activation);
    EXPECT_EQ(read->until(), kToday + days(366));
}

TEST_F(ReadOut, it_is_for_this_server_this_request_and_this_vendor) {
    const std::string code = read_out_activation(activation, clearinghouse);
    const auto error = [&](const LedgerId& for_, const ActivationNonce& asked,
                           const PublicKey& key) {
        const auto read = read_activation_code(code, for_, asked, key);
        return read ? std::string("fine") : read.error().code;
    };
    EXPECT_EQ(error(ledger_id_of(root.public_key()), nonce, clearinghouse.public_key()),
              "readout_altered");
    EXPECT_EQ(error(server, {1}, clearinghouse.public_key()), "readout_altered");
    EXPECT_EQ(error(server, nonce, root.public_key()), "readout_altered");
}

TEST_F(ReadOut, a_request_code_comes_back) {
    const std::string code = readout_request(nonce);
    EXPECT_EQ(code.size(), 11U);
    EXPECT_EQ(parse_readout_request(code), nonce);
    EXPECT_EQ(parse_readout_request("ABC").error().code, "bad_readout");
}

TEST_F(ReadOut, a_pack_is_the_one_that_was_agreed) {
    const auto code = read_out_pack(terms, "Contoso", certificate, clearinghouse);
    ASSERT_TRUE(code) << code.error().detail;
    ReadOutPack typed = terms;
    typed.serial = 0;
    typed.from_day = 0;
    const auto pack = read_pack_code(*code, typed, "Contoso", certificate);
    ASSERT_TRUE(pack) << pack.error().detail;
    const auto said = verify_key_pack(*pack, std::array{root.public_key()}, kToday);
    ASSERT_TRUE(said) << said.error().detail;
    EXPECT_EQ(said->quantity, 25U);
    EXPECT_EQ(said->license_server, server);
    typed.quantity = 250;
    EXPECT_EQ(read_pack_code(*code, typed, "Contoso", certificate).error().code, "readout_altered");
}

RC_GTEST_PROP(CheckedGroups, any_bits_come_back, ()) {
    auto bits = *rc::gen::container<ProductKeyBits>(rc::gen::arbitrary<uint8_t>());
    const ProductKey key = product_key_of(bits);
    RC_ASSERT(key.printed.size() == kProductKeySize);
    RC_ASSERT(parse_product_key(key.printed)->printed == key.printed);
    std::string typed = key.printed;
    std::erase(typed, '-');
    for (char& c : typed)
        c = static_cast<char>(std::tolower(c));
    RC_ASSERT(parse_product_key(typed)->printed == key.printed);
}

RC_GTEST_PROP(CheckedGroups, any_wrong_character_is_noticed_and_its_group_named, ()) {
    const auto bits = *rc::gen::container<ProductKeyBits>(rc::gen::arbitrary<uint8_t>());
    std::string typed = product_key_of(bits).printed;
    std::erase(typed, '-');
    const auto at = *rc::gen::inRange<size_t>(0, typed.size());
    const char wrong = *rc::gen::element('2', '7', 'A', 'H', 'M', 'Z');
    RC_PRE(typed[at] != wrong);
    typed[at] = wrong;
    const auto read = parse_product_key(typed);
    RC_ASSERT(!read);
    RC_ASSERT(read.error().detail.find("group " + std::to_string(at / 5 + 1)) != std::string::npos);
}

RC_GTEST_PROP(CheckedGroups, any_swap_of_neighbours_is_noticed, ()) {
    const auto bits = *rc::gen::container<ProductKeyBits>(rc::gen::arbitrary<uint8_t>());
    std::string typed = product_key_of(bits).printed;
    std::erase(typed, '-');
    const auto at = *rc::gen::inRange<size_t>(0, typed.size() - 1);
    RC_PRE(typed[at] != typed[at + 1]);
    std::swap(typed[at], typed[at + 1]);
    RC_ASSERT(!parse_product_key(typed));
}

TEST(CheckedGroups, no_group_of_one_kind_is_one_of_another) {
    const std::string key = product_key_of({1, 2, 3, 4, 5}).printed;
    EXPECT_EQ(parse_readout_request(key.substr(0, 11)).error().code, "bad_readout");
}

TEST(ProductKey, what_is_kept_of_it_does_not_tell_it) {
    const ProductKey key = product_key_of({1, 2, 3});
    EXPECT_EQ(product_key_hash(key), product_key_hash(*parse_product_key(key.printed)));
    EXPECT_NE(product_key_hash(key), product_key_hash(product_key_of({1, 2, 4})));
}

}  // namespace
}  // namespace calm
