// Who takes whose place is the vendor's to say, and how it is found is the new server's; what a
// host was is its old server's.
#include "documents/succession.h"

#include <array>

#include <gtest/gtest.h>

#include "documents/armour.h"
#include "documents/clearinghouse_test_kit.h"
#include "documents/host_certificate.h"
#include "documents/paseto.h"

namespace calm {
namespace {

struct Successions : ClearinghouseKit, ::testing::Test {
    SecretKey old_identity = SecretKey::from_seed(Seed{34});
    SecretKey node = SecretKey::from_seed(Seed{35});
    Succession succession{.from = ledger_id_of(old_identity.public_key()),
                          .to = ledger_id_of(identity.public_key()),
                          .at = kToday,
                          .clearinghouse = certificate};
    HostCertificate host{.ledger = succession.from,
                         .host = {7},
                         .name = "ssh1.example.org",
                         .key = SecretKey::from_seed(Seed{36}).public_key(),
                         .mode = LicensingMode::per_device,
                         .grace_until = kToday + days(30),
                         .issued_at = kToday};

    std::string code_of(std::string_view text) const {
        const auto verified = verify_succession(text, std::array{root.public_key()});
        return verified ? "fine" : verified.error().code;
    }
};

TEST_F(Successions, the_vendors_statement_says_what_was_put_in) {
    const auto text = sign_succession(succession, clearinghouse);
    ASSERT_TRUE(text) << text.error().detail;
    const auto verified = verify_succession(*text, std::array{root.public_key()});
    ASSERT_TRUE(verified) << verified.error().detail;
    EXPECT_EQ(verified->succession, succession);
    EXPECT_EQ(verified->vendor, root.public_key());
}

TEST_F(Successions, a_forged_one_is_refused) {
    EXPECT_EQ(code_of(*sign_succession(succession, identity)), "succession_altered");
    const auto text = sign_succession(succession, clearinghouse);
    auto parts = *paseto_split(*unarmour(kSuccessionLabel, *text), kSuccessionSizeMax);
    std::swap(parts.message[10], parts.message[11]);
    EXPECT_NE(code_of(armour(kSuccessionLabel, paseto_join(parts))), "fine");
    EXPECT_EQ(verify_succession(*text, std::array{identity.public_key()}).error().code,
              "clearinghouse_untrusted");
    EXPECT_EQ(code_of("nothing"), "succession_malformed");
}

TEST_F(Successions, no_server_takes_its_own_place) {
    succession.to = succession.from;
    EXPECT_EQ(sign_succession(succession, clearinghouse).error().code, "succession_malformed");
}

TEST_F(Successions, it_was_signed_while_the_clearinghouse_might) {
    succession.at = kToday + days(366);
    EXPECT_EQ(sign_succession(succession, clearinghouse).error().code, "clearinghouse_expired");
}

TEST_F(Successions, the_new_server_says_how_it_is_found) {
    const SuccessorStatement statement{
        .ledger = succession.to, .certificate = Hash{1, 2, 3}, .at = kToday};
    const std::string text = sign_successor(statement, node);
    EXPECT_LE(text.size(), kSuccessorStatementSizeMax);
    EXPECT_EQ(verify_successor(text, node.public_key()), statement);
    EXPECT_EQ(verify_successor(text, identity.public_key()).error().code, "document_altered");
}

TEST_F(Successions, a_host_is_who_its_old_server_says) {
    host.name = std::string(kHostNameMax, '"');
    const std::string text = sign_host_certificate(host, node);
    EXPECT_LE(text.size(), kHostCertificateSizeMax);
    EXPECT_EQ(verify_host_certificate(text, node.public_key(), kToday), host);
    EXPECT_EQ(verify_host_certificate(text, identity.public_key(), kToday).error().code,
              "document_altered");
    // One kind of document does not pass for another.
    host.name = "ssh1";
    EXPECT_EQ(verify_successor(sign_host_certificate(host, node), node.public_key()).error().code,
              "document_altered");
}

TEST_F(Successions, a_host_that_was_away_for_too_long_needs_a_token_again) {
    const std::string text = sign_host_certificate(host, node);
    EXPECT_TRUE(verify_host_certificate(text, node.public_key(), kToday + kHostCertificateLife));
    EXPECT_EQ(
        verify_host_certificate(text, node.public_key(), kToday + kHostCertificateLife + Seconds{1})
            .error()
            .code,
        "host_certificate_expired");
}

}  // namespace
}  // namespace calm
