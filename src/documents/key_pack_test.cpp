// Key packs: every promise in the header, and every way to be refused.
#include "documents/key_pack.h"

#include <array>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "documents/armour.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

constexpr Instant kSold{1'800'000'000};

const SecretKey& vendor() {
    static const SecretKey key = SecretKey::from_seed(Seed{9});
    return key;
}

KeyPackDocument fifty_users() {
    KeyPackDocument pack;
    pack.pack_id = {0xde, 0xad, 0xbe, 0xef};
    pack.product = *product_from_code("sql-2012");
    pack.quantity = 50;
    pack.not_before = kSold - days(1);
    pack.expires_at = kSold + days(365);
    pack.vendor = "Contoso";
    pack.vendor_key = vendor().public_key();
    pack.issued_at = kSold - days(2);
    pack.buy_url = "https://contoso.example/buy";
    return pack;
}

std::string code_told(const auto& result) {
    return result ? std::string("fine") : result.error().code;
}

std::string checked(std::string_view text, Instant now = kSold) {
    return code_told(verify_key_pack(text, std::array{vendor().public_key()}, now));
}

// The pack again with its payload changed and nothing else.
std::string tampered(const std::string& text, std::string_view from, std::string_view to) {
    PasetoParts parts = *paseto_split(*key_pack_document(text), kKeyPackSizeMax);
    const size_t at = parts.message.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    parts.message.replace(at, from.size(), to);
    return armour(kKeyPackLabel, paseto_join(parts));
}

// The same, signed properly by the vendor: a vendor with faulty tools.
std::string resigned(std::string_view from, std::string_view to) {
    const std::string text = tampered(*issue_key_pack(fifty_users(), vendor()), from, to);
    const std::string payload = paseto_split(*key_pack_document(text), kKeyPackSizeMax)->message;
    return armour(kKeyPackLabel, sign_document(DocumentKind::key_pack, vendor(), payload));
}

TEST(KeyPack, a_trusted_vendors_pack_says_what_was_put_in) {
    const auto text = issue_key_pack(fifty_users(), vendor());
    ASSERT_TRUE(text);
    EXPECT_EQ(verify_key_pack(*text, std::array{vendor().public_key()}, kSold), fifty_users());
    EXPECT_EQ(inspect_key_pack(*text), fifty_users());
}

RC_GTEST_PROP(KeyPack, any_sound_pack_is_read_back, ()) {
    KeyPackDocument pack = fifty_users();
    pack.pack_id = *rc::gen::container<Bytes16>(rc::gen::arbitrary<uint8_t>());
    pack.quantity = *rc::gen::inRange<uint32_t>(1, kPackQuantityMax + 1);
    pack.kind = *rc::gen::element(PackKind::per_user, PackKind::per_device);
    pack.channel = *rc::gen::element(Channel::retail, Channel::oem, Channel::volume);
    if (pack.channel == Channel::volume) pack.agreement = {{AgreementProgram::select, "1234567"}};
    if (*rc::gen::arbitrary<bool>()) pack.expires_at.reset();
    if (*rc::gen::arbitrary<bool>()) pack.buy_url.clear();
    if (*rc::gen::arbitrary<bool>()) pack.also = {"windows-server-2022", "exchange"};
    if (*rc::gen::arbitrary<bool>()) pack.product.bases = {"windows-server-2012"};
    if (*rc::gen::arbitrary<bool>()) pack.product.released = kSold - days(30);
    pack.metric =
        *rc::gen::element(PackMetric::named, PackMetric::concurrent, PackMetric::per_server);
    pack.overdraft = *rc::gen::inRange<uint32_t>(0, kPackQuantityMax + 1);
    if (*rc::gen::arbitrary<bool>()) pack.maintained_until = kSold + days(400);
    if (*rc::gen::arbitrary<bool>()) pack.license_server = ledger_id_of(vendor().public_key());
    if (*rc::gen::arbitrary<bool>()) {
        pack.defines_product = true;
        pack.product.rules.requirement = *rc::gen::element(
            CalRequirement::none, CalRequirement::trusted, CalRequirement::activated);
        pack.product.rules.overuse = OverUse::refuse;
        pack.product.rules.temporary_days = *rc::gen::inRange<uint16_t>(0, 3651);
        pack.product.rules.prevent_upgrade = *rc::gen::arbitrary<bool>();
        pack.product.rules.administrators_max = *rc::gen::arbitrary<uint16_t>();
        if (*rc::gen::arbitrary<bool>()) pack.product.rules.cal_pack_sizes = {5, 20};
        if (*rc::gen::arbitrary<bool>()) pack.product.rules.pack_kinds = {pack.kind};
    }
    const auto text = issue_key_pack(pack, vendor());
    RC_ASSERT(text.has_value());
    RC_ASSERT((inspect_key_pack(*text) == pack));
}

TEST(KeyPack, a_suite_names_other_products_and_none_twice) {
    for (const std::vector<std::string>& also : {std::vector<std::string>{"sql-2012"},
                                                 {"a", "a"},
                                                 {"A b"},
                                                 {""},
                                                 std::vector<std::string>(kSuiteMax + 1, "x")}) {
        KeyPackDocument pack = fifty_users();
        pack.also = also;
        EXPECT_EQ(code_told(issue_key_pack(pack, vendor())), "pack_malformed");
    }
    EXPECT_EQ(checked(resigned(R"("issued_at")", R"("also":[],"issued_at")")), "pack_malformed");
    EXPECT_EQ(checked(resigned(R"("issued_at")", R"("also":[7],"issued_at")")), "pack_malformed");
}

TEST(KeyPack, an_altered_pack_is_refused_whatever_was_altered) {
    const std::string text = *issue_key_pack(fifty_users(), vendor());
    EXPECT_EQ(checked(tampered(text, R"("quantity":50)", R"("quantity":5000)")), "pack_altered");
    EXPECT_EQ(checked(tampered(text, "Contoso", "Fabrikam")), "pack_altered");
    EXPECT_EQ(checked(tampered(text, to_text(vendor().public_key()),
                               to_text(SecretKey::from_seed(Seed{66}).public_key()))),
              "pack_altered");
    EXPECT_EQ(code_told(inspect_key_pack(tampered(text, "2012", "2022"))), "pack_altered");
}

RC_GTEST_PROP(KeyPack, no_single_character_can_be_changed, ()) {
    static const std::string text = *issue_key_pack(fifty_users(), vendor());
    std::string other = text;
    const auto at = *rc::gen::inRange<size_t>(0, text.size());
    const char c = *rc::gen::arbitrary<char>();
    if (c == text[at] || (c == ' ' && text[at] == '\n') || (c == '\t' && text[at] == '\n')) return;
    other[at] = c;
    const auto pack = verify_key_pack(other, std::array{vendor().public_key()}, kSold);
    // A blank put over a line's end is no change of the document.
    if (pack) RC_ASSERT((key_pack_document(other) == key_pack_document(text)));
    if (!pack) {
        RC_ASSERT(pack.error().code == "pack_altered" || pack.error().code == "pack_malformed");
    }
}

TEST(KeyPack, an_unknown_vendors_pack_is_refused_with_its_fingerprint) {
    const auto other = SecretKey::from_seed(Seed{66});
    const std::string text = *issue_key_pack(fifty_users(), other);
    const auto result = verify_key_pack(text, std::array{vendor().public_key()}, kSold);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "pack_vendor_unknown");
    EXPECT_NE(result.error().detail.find(fingerprint(other.public_key())), std::string::npos);
    EXPECT_EQ(code_told(verify_key_pack(text, {}, kSold)), "pack_vendor_unknown");
    EXPECT_TRUE(inspect_key_pack(text));
}

TEST(KeyPack, its_dates_bound_it_to_the_second) {
    const std::string text = *issue_key_pack(fifty_users(), vendor());
    const Instant first = fifty_users().not_before;
    const Instant end = *fifty_users().expires_at;
    EXPECT_EQ(checked(text, first - seconds(1)), "pack_not_yet_valid");
    EXPECT_EQ(checked(text, first), "fine");
    EXPECT_EQ(checked(text, end - seconds(1)), "fine");
    EXPECT_EQ(checked(text, end), "pack_expired");
}

TEST(KeyPack, a_document_of_another_kind_is_no_pack) {
    const std::string payload =
        paseto_split(*key_pack_document(*issue_key_pack(fifty_users(), vendor())), kKeyPackSizeMax)
            ->message;
    const std::string other = sign_document(DocumentKind::vendor, vendor(), payload);
    EXPECT_EQ(checked(armour(kKeyPackLabel, other)), "pack_altered");
    EXPECT_EQ(checked(armour("CALM VENDOR", other)), "pack_malformed");
}

TEST(KeyPack, text_that_is_no_pack_is_malformed) {
    EXPECT_EQ(checked(""), "pack_malformed");
    EXPECT_EQ(checked("hello"), "pack_malformed");
    EXPECT_EQ(checked(armour(kKeyPackLabel, "v4.public.AAAA")), "pack_malformed");
    EXPECT_EQ(checked(armour(kKeyPackLabel, std::string(kKeyPackSizeMax + 1, 'A'))),
              "pack_malformed");
}

TEST(KeyPack, what_a_vendor_signed_must_make_sense_too) {
    EXPECT_EQ(checked(resigned(R"("quantity":50)", R"("quantity":50)")), "fine");
    EXPECT_EQ(checked(resigned(R"("quantity":50)", R"("quantity":0)")), "pack_malformed");
    EXPECT_EQ(checked(resigned(R"("quantity":50)", R"("quantity":100000001)")), "pack_malformed");
    EXPECT_EQ(checked(resigned(R"("quantity":50)", R"("quantity":"50")")), "pack_malformed");
    EXPECT_EQ(checked(resigned(R"("channel":"retail")", R"("channel":"volume")")),
              "pack_malformed");
    EXPECT_EQ(checked(resigned(R"("channel":"retail")", R"("channel":"gift")")), "pack_malformed");
    EXPECT_EQ(checked(resigned(R"("product":"sql-2012")", R"("product":"SQL")")), "pack_malformed");
    EXPECT_EQ(checked(resigned(R"("vendor":"Contoso")", R"("vendor":"Con\u0007so")")),
              "pack_malformed");
    EXPECT_EQ(checked(resigned("https://", "file:////")), "pack_malformed");
    EXPECT_EQ(checked(resigned(R"("quantity":50)", R"("quantity":50,"gift":true)")),
              "pack_malformed");
    EXPECT_EQ(checked(resigned(R"("pack":"de)", R"("pack":"DE)")), "pack_malformed");
}

TEST(KeyPack, a_vendor_cannot_issue_nonsense) {
    const auto issue = [](auto change) {
        KeyPackDocument pack = fifty_users();
        change(pack);
        return code_told(issue_key_pack(pack, vendor()));
    };
    EXPECT_EQ(issue([](auto& p) { p.quantity = 0; }), "pack_malformed");
    EXPECT_EQ(issue([](auto& p) { p.expires_at = p.not_before; }), "pack_malformed");
    EXPECT_EQ(issue([](auto& p) {
                  p.agreement = {{AgreementProgram::open, "12345678"}};
              }),
              "pack_malformed");
    EXPECT_EQ(issue([](auto& p) {
                  p.channel = Channel::volume;
                  p.agreement = {{AgreementProgram::open, "1"}};
              }),
              "bad_agreement");
    EXPECT_EQ(issue([](auto& p) { p.product.code = R"(a","x":")"; }), "pack_malformed");
    EXPECT_EQ(issue([](auto& p) { p.vendor = ""; }), "pack_malformed");
    EXPECT_EQ(issue([](auto& p) {
                  p.defines_product = true;
                  p.product.rules.device_days_min = 0;
              }),
              "pack_malformed");
}

TEST(KeyPack, a_pack_is_of_a_kind_that_its_own_rules_say_the_product_is_sold_in) {
    KeyPackDocument pack = fifty_users();
    pack.defines_product = true;
    pack.product.rules.pack_kinds = {PackKind::core};
    EXPECT_EQ(code_told(issue_key_pack(pack, vendor())), "pack_kind_not_sold");
    pack.kind = PackKind::core;
    const auto text = issue_key_pack(pack, vendor());
    ASSERT_TRUE(text);
    EXPECT_EQ(inspect_key_pack(*text), pack);
}

TEST(KeyPack, what_comes_with_a_machine_is_of_the_channel_oem) {
    KeyPackDocument pack = fifty_users();
    pack.hardware = hardware_hash("03AA-0218 b1\n");
    EXPECT_EQ(code_told(issue_key_pack(pack, vendor())), "pack_malformed");
    pack.channel = Channel::oem;
    const auto text = issue_key_pack(pack, vendor());
    ASSERT_TRUE(text);
    EXPECT_EQ(inspect_key_pack(*text)->hardware, hardware_hash("03aa0218B1"));
    EXPECT_NE(hardware_hash("03aa0218b2"), hardware_hash("03aa0218b1"));
    EXPECT_FALSE(asks_for_activation(pack));
}

}  // namespace
}  // namespace calm
