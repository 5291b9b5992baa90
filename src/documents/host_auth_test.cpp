// Host tokens: right host, right ledger, right time. Revocation lists stand here too: hosts read
// both.
#include "documents/host_auth.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "documents/revocation_list.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

constexpr Instant kNow{1'800'000'000};

const SecretKey& host_key() {
    static const SecretKey key = SecretKey::from_seed(Seed{3});
    return key;
}
LedgerId ledger() {
    return ledger_id_of(SecretKey::from_seed(Seed{1}).public_key());
}
std::string token() {
    return make_host_token(host_key(), {12}, ledger(), kNow);
}
std::string verdict(std::string_view text, Instant now, const LedgerId& here = ledger()) {
    const auto claim = verify_host_token(text, host_key().public_key(), here, now);
    return claim ? "host " + std::to_string(claim->host.value) : claim.error().code;
}

TEST(HostToken, names_the_host_that_signed_it) {
    EXPECT_EQ(verdict(token(), kNow), "host 12");
    const auto claim = read_host_token(token());
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->host, HostId{12});
    EXPECT_EQ(claim->expires_at, kNow + minutes(5));
    EXPECT_LE(token().size(), kHostTokenSizeMax);
}

TEST(HostToken, lives_for_five_minutes_and_a_minute_of_skew) {
    EXPECT_EQ(verdict(token(), kNow - minutes(1)), "host 12");
    EXPECT_EQ(verdict(token(), kNow - minutes(1) - seconds(1)), "host_token_expired");
    EXPECT_EQ(verdict(token(), kNow + minutes(6) - seconds(1)), "host 12");
    EXPECT_EQ(verdict(token(), kNow + minutes(6)), "host_token_expired");
}

TEST(HostToken, of_another_key_or_for_another_ledger_is_refused) {
    const auto other = SecretKey::from_seed(Seed{4});
    EXPECT_EQ(verdict(make_host_token(other, {12}, ledger(), kNow), kNow), "host_token_altered");
    EXPECT_EQ(verdict(token(), kNow, ledger_id_of(other.public_key())), "host_token_foreign");
}

TEST(HostToken, text_that_is_no_host_token_is_malformed) {
    EXPECT_EQ(verdict("", kNow), "host_token_malformed");
    EXPECT_EQ(verdict("v4.public.AAAA", kNow), "host_token_malformed");
    EXPECT_EQ(verdict(std::string(kHostTokenSizeMax + 1, 'A'), kNow), "host_token_malformed");
    EXPECT_EQ(verdict(sign_document(DocumentKind::host_auth, host_key(), R"({"host":0})"), kNow),
              "host_token_malformed");
    EXPECT_EQ(verdict(sign_document(DocumentKind::tree_head, host_key(), "{}"), kNow),
              "host_token_altered");
    EXPECT_EQ(read_host_token("nonsense").error().code, "host_token_malformed");
}

RC_GTEST_PROP(RevocationList, what_is_signed_is_read_back, (const std::set<uint32_t>& ids)) {
    RevocationList list{.ledger = ledger(), .epoch = 2, .since = 5, .size = 900, .time = kNow};
    for (const uint32_t id : ids) {
        if (id != 0) list.cals.push_back({id});
    }
    const std::string document = sign_revocation_list(list, host_key());
    RC_ASSERT((verify_revocation_list(document, host_key().public_key()) == list));
}

TEST(RevocationList, the_longest_list_fits) {
    RevocationList list{.ledger = ledger(), .epoch = 2, .since = 0, .size = 900, .time = kNow};
    for (size_t i = 0; i < kRevocationsMax; ++i)
        list.cals.push_back({static_cast<uint32_t>(UINT32_MAX - kRevocationsMax + i)});
    const std::string document = sign_revocation_list(list, host_key());
    EXPECT_LE(document.size(), kRevocationListSizeMax);
    EXPECT_EQ(verify_revocation_list(document, host_key().public_key()), list);
}

TEST(RevocationList, a_list_out_of_order_or_of_another_key_is_refused) {
    const auto code_of = [](std::string_view ids) {
        const std::string payload =
            R"({"ledger":")" + to_string(ledger()) +
            R"(","epoch":0,"since":0,"size":9,"time":"2026-11-21T18:24:21Z",)" + R"("cals":)" +
            std::string(ids) + "}";
        const auto list = verify_revocation_list(
            sign_document(DocumentKind::revocation_list, host_key(), payload),
            host_key().public_key());
        return list ? std::string("fine") : list.error().code;
    };
    EXPECT_EQ(code_of("[]"), "fine");
    EXPECT_EQ(code_of("[1,2,4294967295]"), "fine");
    EXPECT_EQ(code_of("[2,1]"), "revocations_malformed");
    EXPECT_EQ(code_of("[1,1]"), "revocations_malformed");
    EXPECT_EQ(code_of("[0]"), "revocations_malformed");
    EXPECT_EQ(code_of("[4294967296]"), "revocations_malformed");
    EXPECT_EQ(code_of("[1.5]"), "revocations_malformed");
    EXPECT_EQ(code_of("7"), "revocations_malformed");
    const RevocationList empty{.ledger = ledger(), .time = kNow};
    EXPECT_EQ(verify_revocation_list(sign_revocation_list(empty, SecretKey::from_seed(Seed{4})),
                                     host_key().public_key())
                  .error()
                  .code,
              "document_altered");
}

}  // namespace
}  // namespace calm
