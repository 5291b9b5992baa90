// The host token: what a host shows with each question, signed with the key it enrolled with. It
// names one ledger and lives for at most five minutes; it is no secret that opens anything else.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

inline constexpr Seconds kHostTokenLife = minutes(5);
inline constexpr Seconds kHostTokenSkewMax = minutes(1);  // between the two clocks
inline constexpr size_t kHostTokenSizeMax = 512;          // characters

struct HostClaim {
    HostId host;
    LedgerId ledger;
    Instant expires_at;

    bool operator==(const HostClaim&) const = default;
};

// A token that expires kHostTokenLife after `now`. A host makes a new one some time before that and
// uses one token for all its questions until then: a server remembers the text of a token it has
// verified, so that the signature is verified once.
std::string make_host_token(const SecretKey& key, HostId host, const LedgerId& ledger, Instant now);

// What a token claims, NOT verified: it tells whose key to verify it with.
// Errors: `host_token_malformed`.
Result<HostClaim> read_host_token(std::string_view token);

// Errors: `host_token_malformed`, `host_token_altered`, `host_token_foreign` (made for another
// ledger), `host_token_expired` (expired, or expires later than a token made at `now` could).
Result<HostClaim> verify_host_token(std::string_view token, const PublicKey& key,
                                    const LedgerId& ledger, Instant now);

}  // namespace calm
