// What a license server tells a host about once a minute, checked. Hosts are the witnesses of the
// log: each keeps the highest tree head it has seen, and a log that does not continue it was rolled
// back, forked, or has lost writes (facts reliability, finding 2). Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"
#include "documents/revocation_list.h"
#include "documents/tree_head.h"
#include "wire/host_json.h"

namespace calm {

struct VerifiedContact {
    TreeHead head;
    RevocationList revocations;
};

// The documents of a contact, signed by node keys that `identity` certifies, for its ledger.
// Errors: `contact_untrusted`.
Result<VerifiedContact> verify_contact(const wire::HostContact& contact, const PublicKey& identity);

// How the head shown stands to the one kept.
enum class HeadStep : uint8_t {
    first,        // none was kept
    same,         //
    longer,       // a consistency proof must show that it continues the one kept
    newer_epoch,  // a backup was restored: another history, which is said
    shorter,      // entries that were there are gone
    forked,       // as long, and different
    older_epoch   // the server forgot that a backup was restored
};

template <>
struct NamesOf<HeadStep> {
    static constexpr Names<HeadStep, 7> value{{{HeadStep::first, "first"},
                                               {HeadStep::same, "same"},
                                               {HeadStep::longer, "longer"},
                                               {HeadStep::newer_epoch, "newer_epoch"},
                                               {HeadStep::shorter, "shorter"},
                                               {HeadStep::forked, "forked"},
                                               {HeadStep::older_epoch, "older_epoch"}}};
};

// REQUIRES: both of the same ledger.
HeadStep compare_heads(const std::optional<TreeHead>& kept, const TreeHead& shown);

}  // namespace calm
