// {"ledger":"…","epoch":0,"since":0,"size":0,"time":"…","cals":[…]}
#include "documents/revocation_list.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"
#include "documents/json_fields.h"
#include "documents/signed_document.h"
#include "documents/tree_head.h"

namespace calm {

std::string sign_revocation_list(const RevocationList& list, const SecretKey& node) {
    CALM_ASSERT(list.cals.size() <= kRevocationsMax);
    CALM_ASSERT(std::ranges::adjacent_find(list.cals, std::greater_equal()) == list.cals.end());
    std::string payload = fmt::format(
        R"({{"ledger":"{}","epoch":{},"since":{},"size":{},"time":"{}","cals":[)",
        to_string(list.ledger), list.epoch, list.since, list.size, to_rfc3339(list.time));
    for (const CalId cal : list.cals) {
        if (payload.back() != '[') payload += ',';
        fmt::format_to(std::back_inserter(payload), "{}", cal.value);
    }
    payload += "]}";
    return sign_document(DocumentKind::revocation_list, node, payload);
}

Result<RevocationList> verify_revocation_list(std::string_view document, const PublicKey& node) {
    CALM_TRY_ASSIGN(
        const std::string payload,
        verify_document(DocumentKind::revocation_list, document, node, kRevocationListSizeMax));
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "revocations_malformed"));
    RevocationList list{.ledger = fields.ledger("ledger"),
                        .epoch = static_cast<uint32_t>(fields.number("epoch", 0, UINT32_MAX)),
                        .since = fields.number("since", 0, kLogSizeMax),
                        .size = fields.number("size", 0, kLogSizeMax),
                        .time = fields.time("time"),
                        .cals = {}};
    for (const uint32_t id : fields.ids("cals", kRevocationsMax))
        list.cals.push_back({id});
    CALM_TRY(fields.finish());
    return list;
}

}  // namespace calm
