// A transfer is what one server signed about one pack, or it is refused.
#include "documents/pack_transfer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "documents/armour.h"
#include "documents/key_pack.h"
#include "documents/node_certificate.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

struct PackTransfers : ::testing::Test {
    static SecretKey key(uint8_t fill) {
        Seed seed;
        seed.fill(fill);
        return SecretKey::from_seed(seed);
    }
    SecretKey identity = key(1);
    SecretKey node = key(2);
    SecretKey vendor = key(3);
    std::string certificate = issue_node_certificate(identity, node.public_key(), {1000});
    PackTransfer transfer{.from = ledger_id_of(identity.public_key()),
                          .to = ledger_id_of(key(4).public_key()),
                          .epoch = 2,
                          .sequence = 77,
                          .at = {2000},
                          .pack = pack_of(5)};

    std::string pack_of(uint32_t quantity) const {
        const auto text = issue_key_pack({.product = *product_from_code("files-2026"),
                                          .quantity = quantity,
                                          .not_before = {1},
                                          .vendor = "Contoso",
                                          .issued_at = {1}},
                                         vendor);
        return *key_pack_document(*text);
    }
    std::string signed_by(const SecretKey& signer) const {
        return sign_pack_transfer(transfer, signer, identity.public_key(), certificate);
    }
    static std::string error_of(std::string_view text) {
        const auto read = verify_pack_transfer(text);
        return read ? "none" : read.error().code;
    }
    static std::string again(std::string body) {
        return armour(kPackTransferLabel, std::move(body));
    }
};

TEST_F(PackTransfers, what_was_signed_is_read_again_with_its_pack) {
    const auto read = verify_pack_transfer(signed_by(node));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, transfer);
    const auto pack = inspect_key_pack(armour(kKeyPackLabel, read->pack));
    ASSERT_TRUE(pack);
    EXPECT_EQ(pack->quantity, 5U);
}

TEST_F(PackTransfers, only_a_node_of_the_server_that_gives_signs) {
    EXPECT_EQ(error_of(signed_by(key(9))), "document_altered");
    certificate = issue_node_certificate(key(9), node.public_key(), {1000});
    EXPECT_EQ(error_of(signed_by(node)), "document_altered");
    certificate = issue_node_certificate(identity, node.public_key(), {1000});
    transfer.from = transfer.to;
    EXPECT_EQ(error_of(signed_by(node)), "transfer_malformed");
}

TEST_F(PackTransfers, another_pack_is_not_the_one_that_was_handed_over) {
    const auto body = unarmour(kPackTransferLabel, signed_by(node));
    ASSERT_TRUE(body);
    std::string other = *body;
    other.replace(other.find(transfer.pack), transfer.pack.size(), pack_of(500));
    EXPECT_EQ(error_of(again(other)), "transfer_malformed");
}

TEST_F(PackTransfers, a_part_more_or_less_is_none) {
    const auto body = unarmour(kPackTransferLabel, signed_by(node));
    ASSERT_TRUE(body);
    EXPECT_EQ(error_of(again(*body + ".more")), "transfer_malformed");
    EXPECT_EQ(error_of(again(body->substr(0, body->rfind('.')))), "transfer_malformed");
    EXPECT_EQ(error_of(again(body->substr(body->find('.') + 1))), "transfer_malformed");
    EXPECT_EQ(error_of(again("nothing")), "transfer_malformed");
    EXPECT_EQ(error_of("nothing"), "armour_missing");
}

TEST_F(PackTransfers, a_statement_of_another_kind_is_none) {
    const auto body = unarmour(kPackTransferLabel, signed_by(node));
    ASSERT_TRUE(body);
    // The same words, signed as a report.
    const std::string statement =
        sign_document(DocumentKind::pack_transfer, node, R"({"from":"x"})");
    EXPECT_EQ(error_of(again(fmt::format("{}.{}.{}.{}", to_text(identity.public_key()), certificate,
                                         statement, transfer.pack))),
              "transfer_malformed");
    const std::string report = sign_document(DocumentKind::report, node, R"({"from":"x"})");
    EXPECT_EQ(error_of(again(fmt::format("{}.{}.{}.{}", to_text(identity.public_key()), certificate,
                                         report, transfer.pack))),
              "document_altered");
}

}  // namespace
}  // namespace calm
