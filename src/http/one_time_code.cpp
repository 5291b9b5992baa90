// OpenSSL for HMAC, libsodium for randomness.
#include "http/one_time_code.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "http/credentials.h"

namespace calm::http {
namespace {

constexpr int64_t kStepSeconds = 30;
constexpr size_t kCodeBytesMax = 64;

std::string random_bytes(size_t count) {
    CALM_ASSERT(sodium_init() >= 0);
    std::string bytes(count, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

std::string without(std::string_view text, std::string_view characters) {
    std::string out(text.substr(0, kCodeBytesMax));
    std::erase_if(out, [&](char c) { return characters.find(c) != std::string_view::npos; });
    return out;
}

}  // namespace

std::string hotp(std::string_view secret, uint64_t counter, unsigned digits) {
    CALM_ASSERT(digits >= 6 && digits <= 8);
    std::array<uint8_t, 8> text;
    for (size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<uint8_t>(counter >> (56 - 8 * i));
    std::array<uint8_t, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    CALM_ASSERT(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), text.data(),
                     text.size(), mac.data(), &size) != nullptr &&
                size == 20);
    const size_t at = mac[size - 1] & 0x0F;
    const uint32_t number = (mac[at] & 0x7FU) << 24 | uint32_t{mac[at + 1]} << 16 |
                            uint32_t{mac[at + 2]} << 8 | mac[at + 3];
    uint32_t modulus = 1;
    for (unsigned i = 0; i < digits; ++i)
        modulus *= 10;
    return fmt::format("{:0{}}", number % modulus, digits);
}

uint64_t totp_step(Instant wall) {
    return static_cast<uint64_t>(std::max<int64_t>(wall.seconds, 0) / kStepSeconds);
}

std::optional<uint64_t> totp_match(std::string_view secret, std::string_view code, Instant wall,
                                   uint64_t last) {
    const std::string typed = without(code, " ");
    const uint64_t now = totp_step(wall);
    std::optional<uint64_t> found;
    // All three are computed whatever comes of the first, so that the time tells nothing.
    for (const uint64_t step : {std::max<uint64_t>(now, 1) - 1, now, now + 1}) {
        const bool fits = equal_secrets(hotp(secret, step), typed);
        if (fits && step > last && !found) found = step;
    }
    return found;
}

std::string new_totp_secret() {
    return random_bytes(kTotpSecretBytes);
}

std::string to_base32(std::string_view bytes) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    uint32_t bits = 0;
    unsigned held = 0;
    for (const char each : bytes) {
        bits = bits << 8 | static_cast<uint8_t>(each);
        held += 8;
        for (; held >= 5; held -= 5)
            out += kLetters[bits >> (held - 5) & 31];
    }
    if (held > 0) out += kLetters[bits << (5 - held) & 31];
    return out;
}

std::string otpauth_uri(std::string_view secret, std::string_view label) {
    return fmt::format("otpauth://totp/CALM:{}?secret={}&issuer=CALM", label, to_base32(secret));
}

std::string new_recovery_code() {
    const std::string letters = to_base32(random_bytes(10));
    return fmt::format("{}-{}-{}-{}", letters.substr(0, 4), letters.substr(4, 4),
                       letters.substr(8, 4), letters.substr(12, 4));
}

std::string recovery_digest(std::string_view code) {
    std::string typed = without(code, "- ");
    for (char& c : typed)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return to_hex(token_hash(typed));
}

}  // namespace calm::http
