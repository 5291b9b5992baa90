// The offline rule, line by line.
#include "client/offline.h"

#include <algorithm>

namespace calm {
namespace {

bool token_admits(const OfflineFacts& facts, Instant now) {
    if (!facts.token || facts.token->withdrawn || now >= facts.token->expires_at) return false;
    const uint16_t days_max = facts.terms->offline_days_max;
    return days_max == 0 || now < *facts.last_contact + days(days_max);
}

}  // namespace

Reason decide_offline(const OfflineFacts& facts) {
    const Reason without_rights =
        facts.policy == OfflinePolicy::admit ? Reason::offline_policy : Reason::server_unreachable;
    // Without a contact nothing is known about revocations either, so a token does not count.
    if (!facts.last_contact || !facts.terms) return without_rights;

    const OfflineTerms& terms = *facts.terms;
    const Instant now = std::max(facts.now, *facts.last_contact);
    if (terms.requirement == CalRequirement::none) return Reason::not_required;
    if (token_admits(facts, now)) return Reason::offline_token;
    if (terms.grace_until && now < *terms.grace_until) return Reason::offline_grace;
    if (now < *facts.last_contact + days(terms.outage_days)) return Reason::offline_outage;
    // A trusted product is counted and never enforced, with a server or without.
    if (terms.requirement == CalRequirement::trusted) return Reason::offline_policy;
    return without_rights;
}

}  // namespace calm
