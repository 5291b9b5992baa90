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

bool knows_product(const OfflineFacts& facts) {
    return facts.last_contact && facts.terms;
}

// The end that all agree on: the first one; empty: somebody knows of none, or nobody was asked yet.
std::optional<Instant> common_grace(const std::vector<OfflineFacts>& facts) {
    std::optional<Instant> end;
    for (const OfflineFacts& each : facts) {
        if (!each.last_contact) return {};
        if (!each.terms) continue;
        if (!each.terms->grace_until) return {};
        end = std::min(end.value_or(kInstantMax), *each.terms->grace_until);
    }
    return end;
}

// Those without rights come last.
int rank_of(Reason reason) {
    switch (reason) {
        case Reason::not_required: return 0;
        case Reason::offline_token: return 1;
        case Reason::offline_grace: return 2;
        case Reason::offline_outage: return 3;
        case Reason::offline_policy: return 4;
        case Reason::console_without_cal: return 5;
        default: return 6;
    }
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

OfflineChoice decide_offline_of_several(std::vector<OfflineFacts> facts) {
    const auto grace = common_grace(facts);
    CalRequirement strictest = CalRequirement::none;
    for (const OfflineFacts& each : facts) {
        if (knows_product(each)) strictest = std::max(strictest, each.terms->requirement);
    }
    OfflineChoice best;
    for (size_t i = 0; i < facts.size(); ++i) {
        if (knows_product(facts[i])) {
            facts[i].terms->requirement = strictest;
            facts[i].terms->grace_until = grace;
        }
        const Reason reason = decide_offline(facts[i]);
        if (i > 0 && rank_of(reason) >= rank_of(best.reason)) continue;
        best = {.server = i, .reason = reason, .until = end_offline(reason, facts[i])};
    }
    return best;
}

}  // namespace calm
