// libsodium for Argon2id and randomness, OpenSSL for SHA-256 (it uses the processor's
// instructions).
#include "http/credentials.h"

#include <array>
#include <memory>

#include <openssl/evp.h>
#include <sodium.h>

#include "base/assert.h"
#include "http/parser.h"

namespace calm::http {
namespace {

void ensure_sodium() {
    static const int initialised = sodium_init();
    CALM_ASSERT(initialised >= 0);
}

struct Cost {
    unsigned long long operations;
    size_t memory;
};

Cost cost_of(PasswordCost cost) {
    if (cost == PasswordCost::cheap) {
        return {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
    }
    return {crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE};
}

std::string hash_of(std::string_view password, PasswordCost cost) {
    ensure_sodium();
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    const Cost work = cost_of(cost);
    // Fails only without memory, and then there is nothing better to do than to stop.
    CALM_ASSERT(crypto_pwhash_str_alg(hash.data(), password.data(), password.size(),
                                      work.operations, work.memory,
                                      crypto_pwhash_ALG_ARGON2ID13) == 0);
    return hash.data();
}

}  // namespace

Result<std::string> hash_password(std::string_view password, PasswordCost cost) {
    if (password.size() < kPasswordBytesMin || password.size() > kPasswordBytesMax) {
        return fail("bad_password", "a password has " + std::to_string(kPasswordBytesMin) + " to " +
                                        std::to_string(kPasswordBytesMax) + " bytes");
    }
    return hash_of(password, cost);
}

bool verify_password(std::string_view hash, std::string_view password, PasswordCost cost) {
    ensure_sodium();
    if (password.size() > kPasswordBytesMax) password = password.substr(0, kPasswordBytesMax + 1);
    if (hash.empty() || hash.size() >= crypto_pwhash_STRBYTES) {
        hash_of(password, cost);
        return false;
    }
    std::array<char, crypto_pwhash_STRBYTES> text{};
    hash.copy(text.data(), hash.size());
    return crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0;
}

SecretToken make_secret_token(std::string_view prefix) {
    ensure_sodium();
    std::array<uint8_t, 32> random{};
    randombytes_buf(random.data(), random.size());
    SecretToken token;
    token.text = std::string(prefix) + "_" + to_base64url(random);
    sodium_memzero(random.data(), random.size());
    token.hash = token_hash(token.text);
    return token;
}

// Every request with a token comes through here. SHA256() would look up the method and make a
// context each time; the method is fetched once and never given back, so that hashing works to the
// end.
Hash token_hash(std::string_view text) {
    static EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
        EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    CALM_ASSERT(method != nullptr && context != nullptr);
    Hash hash;
    CALM_ASSERT(EVP_DigestInit_ex(context.get(), method, nullptr) == 1 &&
                EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1);
    return hash;
}

std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view kScheme = "Bearer ";
    if (authorization.size() <= kScheme.size()) return {};
    if (!equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) return {};
    authorization.remove_prefix(kScheme.size());
    return authorization.find(' ') == std::string_view::npos ? authorization : std::string_view();
}

std::string_view cookie_value(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const size_t semicolon = header.find(';');
        std::string_view pair = header.substr(0, semicolon);
        while (pair.starts_with(' '))
            pair.remove_prefix(1);
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            return pair.substr(name.size() + 1);
        }
        if (semicolon == std::string_view::npos) break;
        header.remove_prefix(semicolon + 1);
    }
    return {};
}

std::string csrf_token(std::string_view session_token) {
    return to_base64url(token_hash("csrf:" + std::string(session_token)));
}

bool equal_secrets(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace calm::http
