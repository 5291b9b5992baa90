// SHA-256 and Ed25519 as the documents use them: keys are types, a secret key wipes itself, and
// there is no choice of algorithm anywhere. Nothing here draws random numbers: seeds are arguments.
// All functions may be called from any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace calm {

Hash sha256(std::span<const uint8_t> bytes);
Hash sha256(std::string_view text);

// The hash of the parts one after the other, without copying them together.
Hash sha256(std::initializer_list<std::span<const uint8_t>> parts);

using Seed = std::array<uint8_t, 32>;

struct Signature {
    std::array<uint8_t, 64> bytes{};
    bool operator==(const Signature&) const = default;
};

struct PublicKey {
    std::array<uint8_t, 32> bytes{};
    auto operator<=>(const PublicKey&) const = default;
};

// An Ed25519 secret key (RFC 8032). INVARIANT: its memory is overwritten before it is given back;
// it can be moved (the source is wiped) and never copied.
class SecretKey {
  public:
    // The key pair of a 32-byte seed. The caller wipes its own copy of the seed.
    static SecretKey from_seed(const Seed& seed);

    SecretKey(SecretKey&& other) noexcept;
    SecretKey& operator=(SecretKey&& other) noexcept;
    SecretKey(const SecretKey&) = delete;
    SecretKey& operator=(const SecretKey&) = delete;
    ~SecretKey();

    const PublicKey& public_key() const { return public_key_; }

    // Deterministic. About 20 microseconds.
    Signature sign(std::span<const uint8_t> message) const;

    // For storing the key; wipe it after use with wipe().
    Seed seed() const;

  private:
    SecretKey() = default;

    std::array<uint8_t, 64> bytes_{};  // seed, then public key: libsodium's form
    PublicKey public_key_;
};

// Whether `signature` is the key's over `message`. About 50 microseconds. A key that is not a point
// of the curve, or is one of small order, verifies nothing.
bool verify(const PublicKey& key, std::span<const uint8_t> message, const Signature& signature);

// Overwrites what held a secret, also where the compiler would leave it out.
void wipe(std::span<uint8_t> secret);
void wipe(std::string& secret);

// base64url, 43 characters: the form of a key in documents.
std::string to_text(const PublicKey& key);

// Errors: `bad_encoding`.
Result<PublicKey> parse_public_key(std::string_view text);

// The first 8 bytes of the SHA-256 of the key, as hex: what a footer calls `kid`. It finds a key
// among those one trusts; it proves nothing.
std::string key_id(const PublicKey& key);

// The whole SHA-256 of the key in 16 groups of 4 hex digits, four groups a line joined by
// `separator`: what two people read to each other on the telephone.
std::string fingerprint(const PublicKey& key, std::string_view separator = " ");

}  // namespace calm
