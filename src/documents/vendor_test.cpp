// Vendor documents and the sealed secret key.
#include "documents/vendor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "documents/armour.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

// As cheap as Argon2id allows: these tests are about the envelope.
constexpr PassphraseCost kCheap{.passes = 1, .memory_kib = 8};
constexpr std::string_view kPassphrase = "correct horse battery staple";

SecretKey root() {
    return SecretKey::from_seed(Seed{9});
}

VendorDocument contoso() {
    return {.name = "Contoso Éditions",
            .key = root().public_key(),
            .issued_at = {1'800'000'000},
            .contact = "licences@contoso.example",
            .buy_url = "https://contoso.example/buy"};
}

std::string sealed() {
    return *seal_vendor_key(root(), kPassphrase, kCheap, {.salt = {1}, .nonce = {2}});
}

TEST(Vendor, a_document_says_what_was_put_in) {
    const auto text = issue_vendor(contoso(), root());
    ASSERT_TRUE(text);
    EXPECT_TRUE(text->starts_with("-----BEGIN CALM VENDOR-----\nv4.public."));
    EXPECT_EQ(read_vendor(*text), contoso());
    VendorDocument bare = contoso();
    bare.contact.clear();
    bare.buy_url.clear();
    EXPECT_EQ(read_vendor(*issue_vendor(bare, root())), bare);
}

TEST(Vendor, what_a_vendor_may_not_be_called) {
    const auto code_of = [](auto change) {
        VendorDocument document = contoso();
        change(document);
        const auto text = issue_vendor(document, root());
        return text ? std::string("issued") : text.error().code;
    };
    EXPECT_EQ(code_of([](auto& d) { d.name = ""; }), "vendor_malformed");
    EXPECT_EQ(code_of([](auto& d) { d.name = "a\nb"; }), "vendor_malformed");
    EXPECT_EQ(code_of([](auto& d) { d.name = "\xc2\x85"; }), "vendor_malformed");
    EXPECT_EQ(code_of([](auto& d) { d.name = "\xff"; }), "vendor_malformed");
    EXPECT_EQ(code_of([](auto& d) { d.name.assign(201, 'x'); }), "vendor_malformed");
    EXPECT_EQ(code_of([](auto& d) { d.buy_url = "javascript:alert(1)"; }), "vendor_malformed");
    EXPECT_EQ(code_of([](auto& d) { d.name = R"(quotes " and \ stay)"; }), "issued");
}

TEST(Vendor, a_changed_document_is_refused) {
    const std::string text = *issue_vendor(contoso(), root());
    const std::string token = *unarmour(kVendorLabel, text);
    PasetoParts parts = *paseto_split(token, 4096);
    parts.message.replace(parts.message.find("Contoso"), 7, "Fabrika");
    EXPECT_EQ(read_vendor(armour(kVendorLabel, paseto_join(parts))).error().code, "vendor_altered");
    EXPECT_EQ(read_vendor("").error().code, "vendor_malformed");
    EXPECT_EQ(read_vendor(armour(kVendorLabel, "v4.public.AAAA")).error().code, "vendor_malformed");
}

TEST(Vendor, a_document_signed_by_another_key_than_it_shows_is_refused) {
    VendorDocument other = contoso();
    const std::string token = *unarmour(kVendorLabel, *issue_vendor(other, root()));
    const std::string payload = paseto_split(token, 4096)->message;
    const std::string forged =
        sign_document(DocumentKind::vendor, SecretKey::from_seed(Seed{66}), payload);
    EXPECT_EQ(read_vendor(armour(kVendorLabel, forged)).error().code, "vendor_altered");
}

TEST(VendorSecret, the_passphrase_opens_it) {
    const auto key = open_vendor_key(sealed(), kPassphrase);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->public_key(), root().public_key());
    EXPECT_EQ(key->seed(), root().seed());
}

TEST(VendorSecret, another_passphrase_has_an_error_of_its_own) {
    for (const std::string_view wrong :
         {"correct horse battery stapl", "Correct horse battery staple", ""}) {
        EXPECT_EQ(open_vendor_key(sealed(), wrong).error().code, "wrong_passphrase");
    }
}

TEST(VendorSecret, weak_passphrases_and_impossible_costs_are_refused) {
    EXPECT_EQ(seal_vendor_key(root(), "1234567", kCheap, {}).error().code, "passphrase_too_short");
    EXPECT_EQ(seal_vendor_key(root(), kPassphrase, {.passes = 0, .memory_kib = 8}, {}).error().code,
              "vendor_key_malformed");
    EXPECT_EQ(
        seal_vendor_key(root(), kPassphrase, {.passes = 1, .memory_kib = 4194305}, {}).error().code,
        "vendor_key_malformed");
}

TEST(VendorSecret, nothing_in_the_file_can_be_changed) {
    const std::string json = *from_base64url(*unarmour(kVendorSecretLabel, sealed()));
    const auto code_of = [&](std::string_view from, std::string_view to) {
        std::string text = json;
        text.replace(text.find(from), from.size(), to);
        const auto key =
            open_vendor_key(armour(kVendorSecretLabel, to_base64url(as_bytes(text))), kPassphrase);
        return key ? std::string("opened") : key.error().code;
    };
    const std::string other_key = to_text(SecretKey::from_seed(Seed{66}).public_key());
    EXPECT_EQ(code_of(to_text(root().public_key()), other_key), "wrong_passphrase");
    EXPECT_EQ(code_of(R"("passes":1)", R"("passes":2)"), "wrong_passphrase");
    EXPECT_EQ(code_of(R"("nonce":"02)", R"("nonce":"03)"), "wrong_passphrase");
    EXPECT_EQ(code_of(R"("passes":1)", R"("passes":21)"), "vendor_key_malformed");
    EXPECT_EQ(code_of(R"("memory_kib":8)", R"("memory_kib":99999999)"), "vendor_key_malformed");
    EXPECT_EQ(code_of(R"("v":1)", R"("v":2)"), "vendor_key_malformed");
    EXPECT_EQ(code_of("argon2id13", "md5"), "vendor_key_malformed");
    EXPECT_EQ(open_vendor_key("", kPassphrase).error().code, "vendor_key_malformed");
}

}  // namespace
}  // namespace calm
