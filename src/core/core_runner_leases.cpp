// Concurrent seats in scenarios: the end of sessions, seats that are borrowed, and where per-server
// seats count.
#include "core/core_runner.h"
#include "core/leases.h"

namespace calm::scenario {

Result<Observed> CoreRunner::operator()(const EndSession& step) {
    CALM_TRY_ASSIGN(const HostId at, host(step.host));
    return perform(decide_session_end(ledger_,
                                      {.host = at,
                                       .product = ledger_.find_product(step.product),
                                       .user = party(step.user, called_.users).subject,
                                       .device = party(step.device, called_.devices).subject},
                                      now()));
}

Result<Observed> CoreRunner::operator()(const Borrow& step) {
    CALM_TRY_ASSIGN(const ProductId id, product(step.product));
    return perform(
        decide_borrowing(ledger_, held_cal(step.holder, id), step.until.from(now()), now()));
}

Result<Observed> CoreRunner::operator()(const AssignPack& step) {
    HostId to;
    if (!step.host.empty()) {
        CALM_TRY_ASSIGN(to, host(step.host));
        if (!to) return perform(fail("host_unknown", "there is no such host"));
    }
    const auto pack = called_.packs.find(step.pack);
    return perform(decide_assignment(ledger_, pack == called_.packs.end() ? PackId{} : pack->second,
                                     to, now()));
}

}  // namespace calm::scenario
