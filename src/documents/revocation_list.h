// The signed list of CALs that were revoked or released before their expiry: what a host must not
// honour although the token it sees is sound.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

struct RevocationList {
    LedgerId ledger;
    uint32_t epoch = 0;
    uint64_t since = 0;       // it tells of entries from this sequence on; 0: of all
    uint64_t size = 0;        // of the log when it was made; ask again from here
    Instant time;             // ledger time
    std::vector<CalId> cals;  // ascending, none twice, at most kRevocationsMax

    bool operator==(const RevocationList&) const = default;
};

inline constexpr size_t kRevocationsMax = 100'000;
inline constexpr size_t kRevocationListSizeMax = 2 * 1024 * 1024;  // characters

// Signed by a node key. REQUIRES: list.cals is as described above.
std::string sign_revocation_list(const RevocationList& list, const SecretKey& node);

// Errors: `document_*` of signed_document.h; `revocations_malformed`.
Result<RevocationList> verify_revocation_list(std::string_view document, const PublicKey& node);

}  // namespace calm
