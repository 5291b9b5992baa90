// OpenSSL for SHA-256 (it uses the processor's SHA instructions), libsodium for Ed25519 (twice as
// fast as OpenSSL 3.0's).
#include "documents/crypto.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <openssl/evp.h>
#include <sodium.h>

#include "base/assert.h"

namespace calm {
namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Fetched once: EVP_sha256() would be looked up again by every EVP_DigestInit_ex (0.36 against 0.21
// microseconds a hash). It is never given back, so that hashing works until the last destructor.
const EVP_MD* sha256_method() {
    static EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CALM_ASSERT(method != nullptr);
    return method;
}

EVP_MD_CTX* thread_context() {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
    CALM_ASSERT(context != nullptr);
    return context.get();
}

// libsodium chooses its fastest code here; it may open the system's random source, which nothing in
// this layer uses.
void start_sodium() {
    static const int started = sodium_init();
    CALM_ASSERT(started >= 0);
}

}  // namespace

Hash sha256(std::initializer_list<std::span<const uint8_t>> parts) {
    EVP_MD_CTX* const context = thread_context();
    CALM_ASSERT(EVP_DigestInit_ex(context, sha256_method(), nullptr) == 1);
    for (const auto part : parts) {
        CALM_ASSERT(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
    }
    Hash hash;
    CALM_ASSERT(EVP_DigestFinal_ex(context, hash.data(), nullptr) == 1);
    return hash;
}

Hash sha256(std::span<const uint8_t> bytes) {
    return sha256({bytes});
}

Hash sha256(std::string_view text) {
    return sha256({as_bytes(text)});
}

SecretKey SecretKey::from_seed(const Seed& seed) {
    start_sodium();
    SecretKey key;
    CALM_ASSERT(crypto_sign_seed_keypair(key.public_key_.bytes.data(), key.bytes_.data(),
                                         seed.data()) == 0);
    return key;
}

SecretKey::SecretKey(SecretKey&& other) noexcept
    : bytes_(other.bytes_), public_key_(other.public_key_) {
    wipe(other.bytes_);
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
    if (this != &other) {
        bytes_ = other.bytes_;
        public_key_ = other.public_key_;
        wipe(other.bytes_);
    }
    return *this;
}

SecretKey::~SecretKey() {
    wipe(bytes_);
}

Signature SecretKey::sign(std::span<const uint8_t> message) const {
    Signature signature;
    CALM_ASSERT(crypto_sign_detached(signature.bytes.data(), nullptr, message.data(),
                                     message.size(), bytes_.data()) == 0);
    return signature;
}

Seed SecretKey::seed() const {
    Seed seed;
    std::copy_n(bytes_.begin(), seed.size(), seed.begin());
    return seed;
}

bool verify(const PublicKey& key, std::span<const uint8_t> message, const Signature& signature) {
    start_sodium();
    return crypto_sign_verify_detached(signature.bytes.data(), message.data(), message.size(),
                                       key.bytes.data()) == 0;
}

void wipe(std::span<uint8_t> secret) {
    sodium_memzero(secret.data(), secret.size());
}

void wipe(std::string& secret) {
    sodium_memzero(secret.data(), secret.size());
    secret.clear();
}

std::string to_text(const PublicKey& key) {
    return to_base64url(key.bytes);
}

Result<PublicKey> parse_public_key(std::string_view text) {
    PublicKey key;
    if (text.size() != 43) return fail("bad_encoding", "a public key has 43 characters");
    CALM_TRY_ASSIGN(const std::string bytes, from_base64url(text));
    std::ranges::copy(as_bytes(bytes), key.bytes.begin());
    return key;
}

std::string key_id(const PublicKey& key) {
    const Hash hash = sha256(key.bytes);
    return to_hex(std::span(hash).first(8));
}

std::string fingerprint(const PublicKey& key, std::string_view separator) {
    const Hash hash = sha256(key.bytes);
    std::string out;
    for (size_t i = 0; i < hash.size(); i += 2) {
        if (i > 0) out += i % 8 == 0 ? separator : std::string_view(" ");
        out += to_hex(std::span(hash).subspan(i, 2));
    }
    return out;
}

}  // namespace calm
