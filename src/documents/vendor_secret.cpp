// The vendor's secret key at rest: Argon2id makes a key of the passphrase, XChaCha20-Poly1305 seals
// the seed, and everything else in the file is authenticated with it.
//
// {"v":1,"key":"…","kdf":"argon2id13","passes":3,"memory_kib":262144,"salt":"…","nonce":"…","box":"…"}
// as base64url in armour.
#include <fmt/format.h>
#include <sodium.h>

#include "base/assert.h"
#include "documents/armour.h"
#include "documents/json_fields.h"
#include "documents/vendor.h"

namespace calm {
namespace {

constexpr size_t kBoxSize = 32 + crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_pwhash_argon2id_SALTBYTES == 16);
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == 24);

using BoxKey = std::array<uint8_t, crypto_aead_xchacha20poly1305_ietf_KEYBYTES>;

struct SealedKey {
    PublicKey key;
    PassphraseCost cost;
    SealRandom random;
    std::array<uint8_t, kBoxSize> box{};
};

// All of the file before the box; it is authenticated, so that nobody can lower the cost unnoticed.
std::string head_of(const SealedKey& sealed) {
    return fmt::format(
        R"({{"v":1,"key":"{}","kdf":"argon2id13","passes":{},"memory_kib":{},"salt":"{}","nonce":"{}")",
        to_text(sealed.key), sealed.cost.passes, sealed.cost.memory_kib, to_hex(sealed.random.salt),
        to_hex(sealed.random.nonce));
}

Result<SealedKey> read_sealed(std::string_view text) {
    const auto malformed = [](const Error& error) {
        return fail("vendor_key_malformed", error.detail);
    };
    const auto body = unarmour(kVendorSecretLabel, text);
    if (!body) return malformed(body.error());
    const auto json = from_base64url(*body);
    if (!json) return malformed(json.error());
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(*json, "vendor_key_malformed"));
    fields.number("v", 1, 1);
    if (fields.text("kdf", 1, 32) != "argon2id13") fields.refuse("kdf", "is not known here");
    SealedKey sealed{.key = fields.key("key"), .cost = {}, .random = {}};
    sealed.cost.passes = static_cast<uint32_t>(fields.number("passes", 1, 20));
    sealed.cost.memory_kib = static_cast<uint32_t>(fields.number("memory_kib", 8, 4194304));
    sealed.random.salt = fields.hex<16>("salt");
    sealed.random.nonce = fields.hex<24>("nonce");
    sealed.box = fields.hex<kBoxSize>("box");
    CALM_TRY(fields.finish());
    return sealed;
}

Result<BoxKey> stretch(std::string_view passphrase, const PassphraseCost& cost,
                       const SealRandom& random) {
    CALM_ASSERT(sodium_init() >= 0);
    BoxKey key;
    if (crypto_pwhash(key.data(), key.size(), passphrase.data(), passphrase.size(),
                      random.salt.data(), cost.passes, size_t{cost.memory_kib} * 1024,
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return fail("not_enough_memory",
                    fmt::format("the passphrase needs {} MiB of memory", cost.memory_kib / 1024));
    }
    return key;
}

}  // namespace

Result<std::string> seal_vendor_key(const SecretKey& key, std::string_view passphrase,
                                    const PassphraseCost& cost, const SealRandom& random) {
    if (passphrase.size() < kPassphraseSizeMin || passphrase.size() > kPassphraseSizeMax) {
        return fail("passphrase_too_short", fmt::format("a passphrase has {} to {} characters",
                                                        kPassphraseSizeMin, kPassphraseSizeMax));
    }
    if (cost.passes < 1 || cost.passes > 20 || cost.memory_kib < 8 || cost.memory_kib > 4194304) {
        return fail("vendor_key_malformed", "the passphrase's cost is out of range");
    }
    SealedKey sealed{.key = key.public_key(), .cost = cost, .random = random};
    CALM_TRY_ASSIGN(BoxKey box_key, stretch(passphrase, cost, random));
    const std::string head = head_of(sealed);
    Seed seed = key.seed();
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.box.data(), nullptr, seed.data(), seed.size(),
                                               as_bytes(head).data(), head.size(), nullptr,
                                               random.nonce.data(), box_key.data());
    wipe(seed);
    wipe(box_key);
    const std::string json = fmt::format(R"({},"box":"{}"}})", head, to_hex(sealed.box));
    return armour(kVendorSecretLabel, to_base64url(as_bytes(json)));
}

Result<SecretKey> open_vendor_key(std::string_view text, std::string_view passphrase) {
    CALM_TRY_ASSIGN(const SealedKey sealed, read_sealed(text));
    CALM_TRY_ASSIGN(BoxKey box_key, stretch(passphrase, sealed.cost, sealed.random));
    const std::string head = head_of(sealed);
    Seed seed{};
    const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
        seed.data(), nullptr, nullptr, sealed.box.data(), sealed.box.size(), as_bytes(head).data(),
        head.size(), sealed.random.nonce.data(), box_key.data());
    wipe(box_key);
    if (opened != 0) return fail("wrong_passphrase", "the secret key does not open");
    SecretKey key = SecretKey::from_seed(seed);
    wipe(seed);
    if (key.public_key() != sealed.key) {
        return fail("vendor_key_malformed",
                    "the secret key is not that of the public key beside it");
    }
    return key;
}

}  // namespace calm
