// The offline rule, line by line.
#include "client/offline.h"

#include <algorithm>

namespace calm {
namespace {

Instant end_of_token(const OfflineFacts& facts) {
    const uint16_t days_max = facts.terms->offline_days_max;
    if (days_max == 0) return facts.token->expires_at;
    return std::min(facts.token->expires_at, *facts.last_contact + days(days_max));
}

bool token_admits(const OfflineFacts& facts, Instant now) {
    return facts.token && !facts.token->withdrawn && now < end_of_token(facts);
}

Instant end_of_outage(const OfflineFacts& facts) {
    return *facts.last_contact + days(facts.terms->outage_days);
}

}  // namespace

Reason decide_offline(const OfflineFacts& facts) {
    const Reason without_rights = facts.policy == OfflinePolicy::admit ? Reason::offline_policy
                                  : facts.at_console                   ? Reason::console_without_cal
                                                                       : Reason::server_unreachable;
    // Without a contact nothing is known about revocations either, so a token does not count.
    if (!facts.last_contact || !facts.terms) return without_rights;

    const OfflineTerms& terms = *facts.terms;
    const Instant now = std::max(facts.now, *facts.last_contact);
    if (terms.requirement == CalRequirement::none) return Reason::not_required;
    if (token_admits(facts, now)) return Reason::offline_token;
    if (terms.grace_until && now < *terms.grace_until) return Reason::offline_grace;
    if (now < end_of_outage(facts)) return Reason::offline_outage;
    // A trusted product is counted and never enforced, with a server or without.
    if (terms.requirement == CalRequirement::trusted) return Reason::offline_policy;
    return without_rights;
}

std::optional<Instant> end_offline(Reason reason, const OfflineFacts& facts) {
    switch (reason) {
        case Reason::offline_token: return end_of_token(facts);
        case Reason::offline_grace: return facts.terms->grace_until;
        case Reason::offline_outage: return end_of_outage(facts);
        default: return {};
    }
}

}  // namespace calm
