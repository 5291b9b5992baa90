// A report's signature: what it binds, and what it refuses.
#include "documents/report_statement.h"

#include <gtest/gtest.h>

#include "documents/armour.h"
#include "documents/node_certificate.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

const SecretKey& identity() {
    static const SecretKey key = SecretKey::from_seed(Seed{1});
    return key;
}
const SecretKey& node() {
    static const SecretKey key = SecretKey::from_seed(Seed{2});
    return key;
}
std::string certificate() {
    return issue_node_certificate(identity(), node().public_key(), {1'800'000'000});
}

constexpr std::string_view kBytes = "product,short\r\nts-2022,6\r\n";

ReportStatement some_statement() {
    return {.file = "position-2027-01-15.csv",
            .sha256 = sha256(kBytes),
            .bytes = kBytes.size(),
            .ledger = ledger_id_of(identity().public_key()),
            .epoch = 2,
            .size = 77,
            .root = sha256("root"),
            .at = {1'800'000'000},
            .made_at = {1'800'000'007}};
}
std::string some_signature() {
    return sign_report(some_statement(), node(), identity().public_key(), certificate());
}
std::string code_of(const std::string& text) {
    const auto read = verify_report_signature(text);
    return read ? "(sound)" : read.error().code;
}
std::string signed_by(const SecretKey& key, DocumentKind kind, std::string_view payload) {
    return armour(kReportLabel, to_text(identity().public_key()) + "." + certificate() + "." +
                                    sign_document(kind, key, payload));
}

TEST(ReportSignature, what_is_signed_is_read_back) {
    const auto read = verify_report_signature(some_signature());
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, some_statement());
    EXPECT_TRUE(check_report_bytes(*read, kBytes));
    EXPECT_LT(some_signature().size(), 4096U);
}

TEST(ReportSignature, every_other_byte_of_the_file_is_noticed) {
    const ReportStatement statement = some_statement();
    for (size_t i = 0; i < kBytes.size(); ++i) {
        std::string altered(kBytes);
        altered[i] = static_cast<char>(altered[i] ^ 1);
        EXPECT_EQ(check_report_bytes(statement, altered).error().code, "report_altered") << i;
    }
    EXPECT_FALSE(check_report_bytes(statement, std::string(kBytes) + "\n"));
    EXPECT_FALSE(check_report_bytes(statement, ""));
}

TEST(ReportSignature, no_character_of_the_signature_can_be_changed) {
    const std::string body = *unarmour(kReportLabel, some_signature());
    size_t refused = 0;
    for (size_t i = 0; i < body.size(); ++i) {
        std::string altered = body;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        if (code_of(armour(kReportLabel, altered)) != "(sound)") ++refused;
    }
    EXPECT_EQ(refused, body.size());
}

TEST(ReportSignature, a_node_that_nobody_certified_cannot_sign) {
    const SecretKey stranger = SecretKey::from_seed(Seed{3});
    EXPECT_EQ(
        code_of(sign_report(some_statement(), stranger, identity().public_key(), certificate())),
        "document_altered");
    // A stranger's own chain is sound and names the stranger's ledger: that is the caller's to see.
    ReportStatement theirs = some_statement();
    theirs.ledger = ledger_id_of(stranger.public_key());
    const auto read = verify_report_signature(
        sign_report(theirs, stranger, stranger.public_key(),
                    issue_node_certificate(stranger, stranger.public_key(), {1})));
    ASSERT_TRUE(read);
    EXPECT_NE(read->ledger, some_statement().ledger);
}

TEST(ReportSignature, a_document_of_another_kind_or_ledger_is_none) {
    const std::string payload =
        paseto_split(
            unarmour(kReportLabel, some_signature())->substr(44 + certificate().size() + 1), 4096)
            ->message;
    EXPECT_EQ(code_of(signed_by(node(), DocumentKind::report, payload)), "(sound)");
    EXPECT_EQ(code_of(signed_by(node(), DocumentKind::tree_head, payload)), "document_altered");
    EXPECT_EQ(code_of(signed_by(node(), DocumentKind::report, R"({"file":"x"})")),
              "report_malformed");
    ReportStatement other = some_statement();
    other.ledger = ledger_id_of(node().public_key());
    EXPECT_EQ(code_of(sign_report(other, node(), identity().public_key(), certificate())),
              "report_malformed");
}

TEST(ReportSignature, what_is_no_signature_is_told) {
    EXPECT_EQ(code_of(""), "armour_missing");
    EXPECT_EQ(code_of(armour(kReportLabel, "a.b.c")), "report_malformed");
    EXPECT_EQ(code_of(armour(kReportLabel, "1.2.3.4.5.6.7.8.9.10")), "report_malformed");
    EXPECT_EQ(code_of(armour(kReportLabel, "1.2.3.4.5.6.7.8.9")), "report_malformed");
    EXPECT_EQ(code_of(std::string(100'000, 'x')), "document_too_large");
}

}  // namespace
}  // namespace calm
