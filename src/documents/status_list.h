// The status list: all packs that a vendor has taken back, as its clearinghouse signs them. A
// license server fetches it or is given it as a file. Lists are numbered: an older one says
// nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "core/entry.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

struct StatusList {
    std::optional<LedgerId> server;  // set: it tells only of packs that this one may have
    uint64_t number = 0;             // not 0
    Instant issued_at;
    std::vector<Bytes16> revoked;  // the vendor's pack ids, ascending, none twice
    std::string clearinghouse;     // the document that lets its key sign

    bool operator==(const StatusList&) const = default;
};

inline constexpr std::string_view kStatusListLabel = "CALM STATUS LIST";
inline constexpr size_t kRevokedPacksMax = 1000;
inline constexpr size_t kStatusListSizeMax = 61'000;  // characters; armoured it fits a request

// The armoured list. Errors: `status_list_malformed`, those of read_clearinghouse(),
// `clearinghouse_expired`. REQUIRES: `list.clearinghouse` is of the key.
Result<std::string> sign_status_list(const StatusList& list, const SecretKey& clearinghouse);

struct VerifiedStatusList {
    StatusList list;
    PublicKey vendor;
};

// ENSURES: a clearinghouse of one of `vendors` has signed it. Errors: `status_list_malformed`,
// `status_list_altered`, `clearinghouse_*`, `clearinghouse_untrusted`.
Result<VerifiedStatusList> verify_status_list(std::string_view text,
                                              std::span<const PublicKey> vendors);

}  // namespace calm
