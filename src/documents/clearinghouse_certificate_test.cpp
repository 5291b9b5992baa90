// A clearinghouse signs for its vendor; its packs are believed as the vendor's own, and no longer.
#include "documents/clearinghouse_certificate.h"

#include <gtest/gtest.h>

#include "documents/clearinghouse_test_kit.h"
#include "documents/key_pack.h"
#include "documents/sample_ledger.h"

namespace calm {
namespace {

struct Clearinghouses : ClearinghouseKit, ::testing::Test {
    KeyPackDocument pack() const {
        KeyPackDocument pack = SampleLedger::sample_pack();
        pack.not_before = pack.issued_at = kToday;
        pack.clearinghouse = certificate;
        pack.license_server = ledger_id_of(identity.public_key());
        return pack;
    }
    std::string code_of(std::string_view text) const {
        const auto verified = verify_key_pack(text, std::array{root.public_key()}, kToday);
        return verified ? "fine" : verified.error().code;
    }
};

TEST_F(Clearinghouses, a_certificate_says_what_was_put_in) {
    const auto read = read_clearinghouse(certificate);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->vendor, root.public_key());
    EXPECT_EQ(read->key, clearinghouse.public_key());
    EXPECT_EQ(read->address, "https://licenses.contoso.example");
    EXPECT_LT(certificate.size(), 600U) << "it stands in every pack and every CAL token";
}

TEST_F(Clearinghouses, a_certificate_that_makes_no_sense_is_not_signed) {
    const auto code = [&](const ClearinghouseCertificate& certificate_) {
        const auto issued = issue_clearinghouse(certificate_, root);
        return issued ? std::string("fine") : issued.error().code;
    };
    EXPECT_EQ(code({.not_before = kToday, .expires_at = kToday}), "clearinghouse_malformed");
    EXPECT_EQ(code({.not_before = kToday, .expires_at = kToday + days(1), .address = "here"}),
              "clearinghouse_malformed");
    EXPECT_EQ(code({.number = 0, .not_before = kToday, .expires_at = kToday + days(1)}),
              "clearinghouse_malformed");
}

TEST_F(Clearinghouses, its_pack_is_the_vendors) {
    const auto text = issue_key_pack(pack(), clearinghouse);
    ASSERT_TRUE(text) << text.error().detail;
    const auto verified = verify_key_pack(*text, std::array{root.public_key()}, kToday);
    ASSERT_TRUE(verified) << verified.error().detail;
    EXPECT_EQ(verified->vendor_key, root.public_key());
    EXPECT_EQ(verified->clearinghouse, certificate);
}

TEST_F(Clearinghouses, nobody_else_signs_its_packs) {
    EXPECT_EQ(code_of(*issue_key_pack(pack(), identity)), "pack_altered");
    EXPECT_EQ(code_of(*issue_key_pack(pack(), root)), "pack_altered");
    KeyPackDocument late = pack();
    late.issued_at = kToday + days(366);
    EXPECT_EQ(issue_key_pack(late, clearinghouse).error().code, "clearinghouse_expired");
    // Another vendor's clearinghouse cannot name this vendor.
    KeyPackDocument foreign = pack();
    foreign.clearinghouse = *issue_clearinghouse({.key = clearinghouse.public_key(),
                                                  .not_before = kToday - days(1),
                                                  .expires_at = kToday + days(365)},
                                                 identity);
    EXPECT_EQ(code_of(*issue_key_pack(foreign, clearinghouse)), "pack_vendor_unknown");
    foreign.vendor_key = root.public_key();
    EXPECT_EQ(key_pack_signer(foreign).error().code, "clearinghouse_untrusted");
}

TEST_F(Clearinghouses, a_CAL_of_its_pack_is_verified_with_the_vendors_key_alone) {
    SampleLedger ledger;
    const uint64_t subject = ledger.add_subject();
    const uint64_t cal = ledger.add(entry::CalIssued{SampleLedger::sample_cal()});
    CalTokenParts parts = ledger.parts(subject, cal);
    KeyPackDocument sold = pack();
    sold.license_server = ledger.id();
    parts.key_pack = *key_pack_document(*issue_key_pack(sold, clearinghouse));
    const auto token = encode_cal_token(parts);
    ASSERT_TRUE(token) << token.error().detail;
    EXPECT_LT(token->size(), 4096U);
    CalTokenVerifier host({.vendors = {root.public_key()}, .ledgers = {}});
    const auto trusted = host.verify(*token, SampleLedger::kStart + hours(1));
    ASSERT_TRUE(trusted) << trusted.error().detail;
    ASSERT_TRUE(trusted->pack);
    parts.key_pack = *key_pack_document(*issue_key_pack(sold, identity));
    const auto forged = host.verify(*encode_cal_token(parts), SampleLedger::kStart + hours(1));
    ASSERT_FALSE(forged);
    EXPECT_EQ(forged.error().code, "cal_token_altered");
}

}  // namespace
}  // namespace calm
