// The offline rule: what a host decides while none of its license servers answers. Pure: what the
// host knows and the time are arguments. In this order, the first that fits admits:
//   the product needs no CAL → a valid CAL token of the holder → the host's initial grace → the
//   outage period since the last signed contact → the product is only counted, or the host's policy
//   admits → it is the host's own console. Otherwise `server_unreachable`.
// What the host does not know counts against admission: a state that was deleted or damaged never
// gives a new grace (facts reliability R11).
#pragma once

#include <optional>
#include <vector>

#include "base/instant.h"
#include "core/reason.h"
#include "core/terms.h"

namespace calm {

// What an administrator wants when nothing else admits (host.toml, `offline`).
enum class OfflinePolicy : uint8_t { refuse, admit };

template <>
struct NamesOf<OfflinePolicy> {
    static constexpr Names<OfflinePolicy, 2> value{
        {{OfflinePolicy::refuse, "refuse"}, {OfflinePolicy::admit, "admit"}}};
};

// What the last signed contact said about the product asked for.
struct OfflineTerms {
    CalRequirement requirement = CalRequirement::activated;
    std::optional<Instant> grace_until;  // of this host for this product
    uint16_t outage_days = 0;
    uint16_t offline_days_max = 0;  // how long a token is honoured; 0: to its own expiry

    bool operator==(const OfflineTerms&) const = default;
};

// A CAL token whose signatures and proof were verified and whose holder is the one who asks.
struct OfflineToken {
    Instant expires_at;
    bool withdrawn = false;  // the last contact's revocation list names its CAL

    bool operator==(const OfflineToken&) const = default;
};

struct OfflineFacts {
    Instant now;                          // trusted time: see client/host_clock.h
    std::optional<Instant> last_contact;  // absent: never, or the state was lost
    std::optional<OfflineTerms> terms;    // absent: the last contact did not name the product
    std::optional<OfflineToken> token;
    OfflinePolicy policy = OfflinePolicy::refuse;
    bool at_console = false;  // the host's own, which nobody is locked out of
};

// ENSURES: one of not_required, offline_token, offline_grace, offline_outage, offline_policy,
// console_without_cal, server_unreachable. A `now` before the last contact counts as that contact's
// time.
Reason decide_offline(const OfflineFacts& facts);

// Until when what `reason` names admits, if no server answers in the meantime; empty: it has no
// end. REQUIRES: decide_offline() has said `reason` of these facts.
std::optional<Instant> end_offline(Reason reason, const OfflineFacts& facts);

// What is decided of a host with several license servers that keep a ledger each.
struct OfflineChoice {
    size_t server = 0;  // whose facts decided
    Reason reason = Reason::server_unreachable;
    std::optional<Instant> until;  // as end_offline() says
};

// One more license server never gives a right that the others end: the strictest requirement holds,
// and initial grace lasts only while each one that knows the product says so, and none is unknown.
// Of the rights that are left the first admits, in the order of decide_offline(); of two alike,
// that of the first server. REQUIRES: `facts` is not empty.
OfflineChoice decide_offline_of_several(std::vector<OfflineFacts> facts);

}  // namespace calm
