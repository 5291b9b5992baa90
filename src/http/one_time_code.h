// One-time codes: HOTP (RFC 4226), and TOTP (RFC 6238) as the apps on people's phones make it:
// HMAC-SHA-1, six digits, steps of 30 seconds. And the codes on paper for a phone that is lost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"

namespace calm::http {

inline constexpr size_t kTotpSecretBytes = 20;  // RFC 4226 section 4 recommends 160 bits

// The code of a counter, with leading zeros. REQUIRES: 6 <= digits <= 8.
std::string hotp(std::string_view secret, uint64_t counter, unsigned digits = 6);

// The number of 30-second steps since 1970.
uint64_t totp_step(Instant wall);

// The step whose code this is: the one of `wall`, the one before or the one after, since neither
// the phone's clock is right nor its owner quick. None that is not later than `last`: a code counts
// once (RFC 6238 section 5.2). Spaces in the code are ignored.
std::optional<uint64_t> totp_match(std::string_view secret, std::string_view code, Instant wall,
                                   uint64_t last);

// Random bytes, as they are.
std::string new_totp_secret();

// Upper case, without padding (RFC 4648 section 6), as apps take a secret.
std::string to_base32(std::string_view bytes);

// What an app reads from a QR code. REQUIRES: nothing in `label`, which the app shows, needs
// escaping.
std::string otpauth_uri(std::string_view secret, std::string_view label);

// "ABCD-EFGH-IJKL-MNOP": 80 random bits, so that a plain hash keeps it.
std::string new_recovery_code();
// The hash that it is kept by, in hex; hyphens, spaces and case do not matter.
std::string recovery_digest(std::string_view code);

}  // namespace calm::http
