// From the identity key over the node key to the state of the log: each step is signed, and no
// document passes for another.
#include "documents/tree_head.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "documents/node_certificate.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

const SecretKey& ledger_key() {
    static const SecretKey key = SecretKey::from_seed(Seed{1});
    return key;
}
const SecretKey& node_key() {
    static const SecretKey key = SecretKey::from_seed(Seed{2});
    return key;
}

TreeHead some_head() {
    return {.ledger = ledger_id_of(ledger_key().public_key()),
            .epoch = 1,
            .size = 7,
            .root = sha256("root"),
            .time = {1'800'000'000}};
}

TEST(NodeCertificate, says_which_node_may_sign_for_the_ledger) {
    const std::string document =
        issue_node_certificate(ledger_key(), node_key().public_key(), {1'800'000'000});
    const auto certificate = verify_node_certificate(document, ledger_key().public_key());
    ASSERT_TRUE(certificate);
    EXPECT_EQ(certificate->ledger, ledger_id_of(ledger_key().public_key()));
    EXPECT_EQ(certificate->node, node_key().public_key());
    EXPECT_EQ(certificate->issued_at, Instant{1'800'000'000});
    EXPECT_EQ(verify_node_certificate(document, node_key().public_key()).error().code,
              "document_altered");
    EXPECT_LT(document.size(), kNodeCertificateSizeMax);
}

TEST(NodeCertificate, a_key_cannot_certify_for_another_ledger) {
    const std::string document = sign_document(
        DocumentKind::node_certificate, node_key(),
        R"({"ledger":")" + to_string(ledger_id_of(ledger_key().public_key())) + R"(","node":")" +
            to_text(node_key().public_key()) + R"(","issued_at":"2026-11-21T18:24:21Z"})");
    EXPECT_EQ(verify_node_certificate(document, node_key().public_key()).error().code,
              "certificate_malformed");
}

RC_GTEST_PROP(TreeHead, what_is_signed_is_read_back, (uint32_t epoch)) {
    TreeHead head = some_head();
    head.epoch = epoch;
    head.size = *rc::gen::inRange<uint64_t>(0, kLogSizeMax);
    head.root = sha256(std::to_string(epoch));
    head.time = {*rc::gen::inRange<int64_t>(0, kInstantMax.seconds)};
    const std::string document = sign_tree_head(head, node_key());
    RC_ASSERT((verify_tree_head(document, node_key().public_key()) == head));
    RC_ASSERT(document.size() < kTreeHeadSizeMax);
}

TEST(TreeHead, a_document_of_another_kind_is_no_tree_head) {
    const std::string payload =
        paseto_split(sign_tree_head(some_head(), node_key()), 4096)->message;
    const std::string other = sign_document(DocumentKind::snapshot, node_key(), payload);
    EXPECT_EQ(verify_tree_head(other, node_key().public_key()).error().code, "document_altered");
    EXPECT_TRUE(verify_document(DocumentKind::snapshot, other, node_key().public_key(), 4096));
}

TEST(TreeHead, unknown_missing_and_impossible_fields_are_refused) {
    const std::string good = paseto_split(sign_tree_head(some_head(), node_key()), 4096)->message;
    ASSERT_TRUE(read_tree_head(good));
    const auto with = [&](std::string_view from, std::string_view to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        return read_tree_head(text);
    };
    EXPECT_EQ(with(R"("size":7)", R"("size":7,"more":1)").error().detail,
              "`more` is not known here");
    EXPECT_EQ(with(R"("size":7,)", "").error().detail, "`size` is missing");
    EXPECT_EQ(with(R"("size":7)", R"("size":-7)").error().detail, "`size` is not a whole number");
    EXPECT_EQ(with(R"("size":7)", R"("size":1e300)").error().detail,
              "`size` is not a whole number");
    EXPECT_EQ(with(R"("size":7)", R"("size":18446744073709551615)").error().detail,
              "`size` is out of range");
    EXPECT_EQ(with(R"("size":7)", R"("size":[[[[[7]]]]])").error().detail,
              "what was signed is not a JSON object");
    EXPECT_EQ(with(R"("2027-01-15T)", R"("2227-01-15T)").error().detail,
              "`time` is not a time like 2026-11-21T18:24:21Z");
    EXPECT_EQ(read_tree_head("").error().code, "tree_head_malformed");
    EXPECT_EQ(read_tree_head("[]").error().code, "tree_head_malformed");
}

TEST(SignedDocument, the_footer_finds_the_key) {
    const std::string document = sign_tree_head(some_head(), node_key());
    EXPECT_EQ(signer_of(document, 4096), key_id(node_key().public_key()));
    const std::string unsigned_by_name = paseto_sign(node_key(), "{}", "", "calm.tree-head.v1");
    EXPECT_EQ(signer_of(unsigned_by_name, 4096).error().code, "document_malformed");
    EXPECT_EQ(verify_tree_head(unsigned_by_name, node_key().public_key()).error().code,
              "document_malformed");
}

TEST(SignedDocument, bare_and_whole_form_are_the_same_document) {
    const std::string document = sign_tree_head(some_head(), node_key());
    const std::string bare = *bare_document(document, 4096);
    EXPECT_EQ(document_of(bare, node_key().public_key()), document);
    const auto payload =
        verify_bare_document(DocumentKind::tree_head, bare, node_key().public_key());
    ASSERT_TRUE(payload);
    EXPECT_EQ(read_tree_head(*payload), some_head());
    EXPECT_EQ(
        verify_bare_document(DocumentKind::vendor, bare, node_key().public_key()).error().code,
        "document_altered");
    EXPECT_EQ(verify_bare_document(DocumentKind::tree_head, "short", node_key().public_key())
                  .error()
                  .code,
              "document_malformed");
}

}  // namespace
}  // namespace calm
