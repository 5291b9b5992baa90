// Concurrent seats in scenarios: the end of sessions, seats that are borrowed, and where per-server
// seats count; and seats that are kept for groups.
#include "core/core_runner.h"
#include "core/leases.h"
#include "core/reservations.h"

namespace calm::scenario {

Result<Observed> CoreRunner::operator()(const EndSession& step) {
    CALM_TRY_ASSIGN(const HostId at, host(step.host));
    SessionOver over{.host = at, .product = ledger_.find_product(step.product)};
    if (step.station.empty()) {
        over.user = party(step.user, called_.users).subject;
        over.device = party(step.device, called_.devices).subject;
    } else {
        over.station = party(step.station, called_.stations).subject;
    }
    return perform(decide_session_end(ledger_, over, now()));
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

Result<Observed> CoreRunner::operator()(const ChangeGroup& step) {
    Names& names = names_of(step.who.kind);
    const Party who = party(step.who.name, names);
    if (step.leaves) return perform(decide_leaving(ledger_, step.group, who.subject));
    const SubjectId next = ledger_.next_subject();
    auto observed = perform(decide_joining(
        ledger_, step.group,
        {.subject = who.subject, .kind = step.who.kind, .commitment = who.commitment}));
    // A stranger is known from now on.
    if (ledger_.has_subject(next)) names[step.who.name] = next;
    return observed;
}

Result<Observed> CoreRunner::operator()(const Reserve& step) {
    const auto pack = called_.packs.find(step.pack);
    return perform(decide_reservation(
        ledger_, pack == called_.packs.end() ? PackId{} : pack->second, step.group, step.seats));
}

}  // namespace calm::scenario
