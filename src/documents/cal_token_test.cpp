// A CAL token convinces a host that has only the vendor's key, and nobody can change a bit of it.
#include "documents/cal_token.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "documents/sample_ledger.h"

namespace calm {
namespace {

constexpr Instant kShown = SampleLedger::kStart + hours(1);

std::string code_of(const auto& result) {
    return result ? std::string("fine") : result.error().code;
}

// A ledger in which anna has a CAL, and the token of it.
struct Annas {
    SampleLedger ledger;
    uint64_t subject = 0;
    uint64_t cal = 0;

    explicit Annas(const CalStatement& statement = SampleLedger::sample_cal(), int between = 0) {
        subject = ledger.add_subject();
        for (int i = 0; i < between; ++i)
            ledger.add(entry::ClockAccepted{});
        cal = ledger.add(entry::CalIssued{statement});
    }
    CalTokenParts parts() const { return ledger.parts(subject, cal); }
    std::string token() const { return *encode_cal_token(parts()); }
    TrustAnchors vendor_only() const {
        return {.vendors = {ledger.vendor.public_key()}, .ledgers = {}};
    }
    TrustAnchors ledger_only() const { return {.vendors = {}, .ledgers = {ledger.id()}}; }
};

TEST(CalToken, the_vendors_key_alone_verifies_it) {
    const Annas annas;
    CalTokenVerifier host(annas.vendor_only());
    const auto trusted = host.verify(annas.token(), kShown);
    ASSERT_TRUE(trusted) << trusted.error().detail;
    EXPECT_EQ(trusted->cal.cal, SampleLedger::sample_cal());
    EXPECT_EQ(trusted->cal.holder, "anna");
    EXPECT_EQ(trusted->cal.holder_kind, HolderKind::user);
    EXPECT_EQ(trusted->head.head, annas.ledger.head());
    ASSERT_TRUE(trusted->pack);
    EXPECT_EQ(trusted->pack->vendor, "Contoso");
}

TEST(CalToken, a_known_license_server_needs_no_vendor) {
    const Annas annas;
    CalTokenVerifier host(annas.ledger_only());
    const auto trusted = host.verify(annas.token(), kShown);
    ASSERT_TRUE(trusted);
    EXPECT_FALSE(trusted->pack);
}

TEST(CalToken, a_stranger_is_not_believed) {
    const Annas annas;
    const auto stranger = SecretKey::from_seed(Seed{66});
    CalTokenVerifier host(
        {.vendors = {stranger.public_key()}, .ledgers = {ledger_id_of(stranger.public_key())}});
    EXPECT_EQ(code_of(host.verify(annas.token(), kShown)), "cal_token_untrusted");
}

TEST(CalToken, a_remembered_chain_costs_no_signature) {
    Annas annas;
    CalTokenVerifier host(annas.vendor_only());
    ASSERT_TRUE(host.verify(annas.token(), kShown));
    EXPECT_EQ(host.signatures_verified(), 3U);
    ASSERT_TRUE(host.verify(annas.token(), kShown));
    EXPECT_EQ(host.signatures_verified(), 3U);
    annas.ledger.add(entry::ClockAccepted{});  // a new tree head, the same pack
    ASSERT_TRUE(host.verify(annas.token(), kShown));
    EXPECT_EQ(host.signatures_verified(), 5U);
}

TEST(CalToken, more_chains_than_are_remembered_still_verify) {
    Annas annas;
    CalTokenVerifier host(annas.vendor_only());
    for (int i = 0; i < 150; ++i) {
        annas.ledger.add(entry::ClockAccepted{});
        ASSERT_TRUE(host.verify(annas.token(), kShown)) << i;
    }
}

TEST(CalToken, its_dates_bound_it_to_the_second) {
    const Annas annas;
    CalTokenVerifier host(annas.vendor_only());
    const Instant end = SampleLedger::sample_cal().expires_at;
    EXPECT_EQ(code_of(host.verify(annas.token(), end - seconds(1))), "fine");
    EXPECT_EQ(code_of(host.verify(annas.token(), end)), "cal_token_expired");
    EXPECT_EQ(code_of(host.verify(annas.token(), SampleLedger::kStart - days(1))), "fine");
    EXPECT_EQ(code_of(host.verify(annas.token(), SampleLedger::kStart - days(1) - seconds(1))),
              "cal_token_from_future");
}

TEST(CalToken, a_pack_must_stand_behind_the_cal_it_travels_with) {
    const auto verdict = [](auto change_pack, auto change_cal) {
        CalStatement cal = SampleLedger::sample_cal();
        change_cal(cal);
        Annas annas(cal);
        change_pack(annas.ledger.pack);
        return code_of(CalTokenVerifier(annas.vendor_only()).verify(annas.token(), kShown));
    };
    const auto same = [](auto&) {};
    EXPECT_EQ(verdict(same, same), "fine");
    EXPECT_EQ(verdict([](auto& p) { p.kind = PackKind::per_device; }, same), "cal_token_mismatch");
    EXPECT_EQ(verdict([](auto& p) { p.product = *product_from_code("sql-2008"); }, same),
              "cal_token_mismatch");
    EXPECT_EQ(verdict(same, [](auto& c) { c.overuse = true; }), "cal_token_mismatch");
    EXPECT_EQ(verdict(same, [](auto& c) { c.pack = {}; }), "cal_token_mismatch");
    EXPECT_EQ(verdict([](auto& p) { p.expires_at = kShown; }, same), "pack_expired");
    EXPECT_EQ(verdict([](auto& p) { p.license_server = ledger_id_of(PublicKey{}); }, same),
              "cal_token_mismatch");
    EXPECT_EQ(verdict(
                  [](auto& p) {
                      p.license_server = ledger_id_of(SecretKey::from_seed(Seed{1}).public_key());
                  },
                  same),
              "fine");
}

TEST(CalToken, a_cal_that_spends_no_seat_rests_on_the_license_server) {
    CalStatement temporary = SampleLedger::sample_cal();
    temporary.pack = {};
    temporary.state = CalState::temporary;
    const Annas annas(temporary);
    CalTokenParts parts = annas.parts();
    parts.key_pack.clear();
    const std::string token = *encode_cal_token(parts);
    EXPECT_EQ(code_of(CalTokenVerifier(annas.ledger_only()).verify(token, kShown)), "fine");
    EXPECT_EQ(code_of(CalTokenVerifier(annas.vendor_only()).verify(token, kShown)),
              "cal_token_untrusted");
}

TEST(CalToken, nobody_becomes_somebody_else) {
    const Annas annas;
    CalTokenParts parts = annas.parts();
    parts.holder = "otto";
    EXPECT_EQ(
        code_of(CalTokenVerifier(annas.vendor_only()).verify(*encode_cal_token(parts), kShown)),
        "cal_token_altered");
    parts = annas.parts();
    parts.salt[0] ^= 1;
    EXPECT_EQ(
        code_of(CalTokenVerifier(annas.vendor_only()).verify(*encode_cal_token(parts), kShown)),
        "cal_token_altered");
}

TEST(CalToken, another_subjects_line_does_not_fit_the_cal) {
    Annas annas;
    annas.ledger.holder = "otto";
    const uint64_t otto = annas.ledger.add(entry::SubjectAdded{
        {2}, HolderKind::user, commitment_to(annas.ledger.salt, HolderKind::user, "otto")});
    const uint64_t cal = annas.ledger.add(entry::CalIssued{SampleLedger::sample_cal()});
    const std::string token = *encode_cal_token(annas.ledger.parts(otto, cal));
    EXPECT_EQ(code_of(CalTokenVerifier(annas.vendor_only()).verify(token, kShown)),
              "cal_token_altered");
}

TEST(CalToken, a_server_cannot_make_a_token_of_parts_that_do_not_fit) {
    const Annas annas;
    CalTokenParts swapped = annas.parts();
    std::swap(swapped.cal_line, swapped.subject_line);
    std::swap(swapped.cal_proof, swapped.subject_proof);
    EXPECT_EQ(code_of(encode_cal_token(swapped)), "cal_token_malformed");
    CalTokenParts damaged = annas.parts();
    damaged.cal_proof.front()[0] ^= 1;
    EXPECT_EQ(code_of(encode_cal_token(damaged)), "cal_token_malformed");
}

TEST(CalToken, a_certificate_of_another_ledger_is_refused) {
    const Annas annas;
    const auto other = SecretKey::from_seed(Seed{77});
    CalTokenParts parts = annas.parts();
    parts.node_certificate =
        issue_node_certificate(other, annas.ledger.node.public_key(), SampleLedger::kStart);
    EXPECT_EQ(
        code_of(CalTokenVerifier(annas.vendor_only()).verify(*encode_cal_token(parts), kShown)),
        "cal_token_altered");
    parts.identity = other.public_key();  // now the head's ledger differs
    EXPECT_EQ(
        code_of(CalTokenVerifier(annas.vendor_only()).verify(*encode_cal_token(parts), kShown)),
        "cal_token_altered");
}

TEST(CalToken, a_long_log_and_a_long_pack_still_fit) {
    Annas annas(SampleLedger::sample_cal(), 70'000);
    annas.ledger.pack.defines_product = true;
    const std::string token = annas.token();
    EXPECT_LE(token.size(), kCalTokenSizeMax);
    const auto trusted = CalTokenVerifier(annas.vendor_only()).verify(token, kShown);
    ASSERT_TRUE(trusted) << trusted.error().detail;
    EXPECT_TRUE(trusted->pack);
}

TEST(CalToken, what_does_not_fit_is_left_out_or_refused) {
    Annas annas;
    annas.ledger.holder.assign(1900, 'x');
    const auto without_pack = encode_cal_token(annas.parts());
    ASSERT_TRUE(without_pack);
    EXPECT_TRUE(without_pack->ends_with('.'));
    annas.ledger.holder.assign(2600, 'x');
    EXPECT_EQ(code_of(encode_cal_token(annas.parts())), "cal_token_too_large");
}

// Every character: either the token says the same (it cannot, each token has one spelling) or it is
// refused with one of the codes that the header lists.
TEST(CalToken, no_single_character_can_be_changed) {
    const Annas annas;
    const std::string token = annas.token();
    CalTokenVerifier host(annas.vendor_only());
    for (size_t i = 0; i < token.size(); ++i) {
        std::string other = token;
        other[i] = other[i] == 'A' ? 'B' : 'A';
        const auto result = host.verify(other, kShown);
        ASSERT_FALSE(result) << i;
        const std::string& code = result.error().code;
        EXPECT_TRUE(code == "cal_token_malformed" || code == "cal_token_altered" ||
                    code == "cal_token_untrusted" || code == "pack_malformed")
            << i << " " << code;
    }
}

TEST(CalToken, what_is_cut_or_stretched_is_malformed) {
    const std::string token = sample_cal_token();
    for (size_t size = 0; size < token.size(); size += 7) {
        const auto cut = CalToken::decode(token.substr(0, size));
        if (cut) {  // only inside the last part, the pack
            EXPECT_GT(size, token.rfind('.'));
        } else {
            EXPECT_EQ(cut.error().code, "cal_token_malformed");
        }
    }
    EXPECT_EQ(code_of(CalToken::decode(token + ".")), "cal_token_malformed");
    EXPECT_EQ(code_of(CalToken::decode(token + "\n")), "cal_token_malformed");
    EXPECT_EQ(code_of(CalToken::decode(std::string(kCalTokenSizeMax + 1, 'A'))),
              "cal_token_malformed");
    EXPECT_EQ(code_of(CalToken::decode("calm-cal-v1........")), "cal_token_malformed");
}

RC_GTEST_PROP(CalToken, anything_else_is_refused_calmly, (const std::string& text)) {
    const auto token = CalToken::decode("calm-cal-v1." + text);
    if (token) {
        RC_ASSERT(!verify_chain(*token));
    }
}

}  // namespace
}  // namespace calm
