// The vendor: who signs key packs. A vendor document is public, signed by the key that it shows,
// and is what an administrator trusts after comparing the fingerprint. The secret half stands in a
// file of its own, encrypted under a passphrase.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "documents/crypto.h"

namespace calm {

inline constexpr std::string_view kVendorLabel = "CALM VENDOR";
inline constexpr std::string_view kVendorSecretLabel = "CALM VENDOR SECRET KEY";

struct VendorDocument {
    std::string name;  // 1..200 bytes, no control characters
    PublicKey key;
    Instant issued_at;
    std::string contact;  // 0..200 bytes: a mail address, a telephone number
    std::string buy_url;  // empty, or http(s)://… of at most 200 bytes

    bool operator==(const VendorDocument&) const = default;
};

// The armoured document. `document.key` is taken from the secret key. Errors: `vendor_malformed`.
Result<std::string> issue_vendor(VendorDocument document, const SecretKey& key);

// Reads an armoured vendor document and verifies that the key it shows has signed it: that nobody
// altered it, not that it is trusted. Errors: `vendor_malformed`, `vendor_altered`.
Result<VendorDocument> read_vendor(std::string_view text);

// What guessing a passphrase costs (Argon2id, RFC 9106). The default takes about a second and 256
// MiB.
struct PassphraseCost {
    uint32_t passes = 3;           // 1..20
    uint32_t memory_kib = 262144;  // 8..4194304

    bool operator==(const PassphraseCost&) const = default;
};

// Drawn by the caller from the system's random source, once for each sealing.
struct SealRandom {
    std::array<uint8_t, 16> salt{};
    std::array<uint8_t, 24> nonce{};
};

inline constexpr size_t kPassphraseSizeMin = 8;  // bytes
inline constexpr size_t kPassphraseSizeMax = 1024;

// The armoured secret key. Errors: `passphrase_too_short` (or too long), `not_enough_memory`,
// `vendor_key_malformed` (a cost out of range).
Result<std::string> seal_vendor_key(const SecretKey& key, std::string_view passphrase,
                                    const PassphraseCost& cost, const SealRandom& random);

// Errors: `wrong_passphrase`, `vendor_key_malformed`, `not_enough_memory`.
Result<SecretKey> open_vendor_key(std::string_view text, std::string_view passphrase);

// An address that people are sent to: http(s), printable ASCII, at most 200 bytes.
bool is_web_address(std::string_view text);

}  // namespace calm
