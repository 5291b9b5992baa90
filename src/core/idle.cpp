// Who holds nothing any more.
#include "core/idle.h"

#include <algorithm>

namespace calm {
namespace {

bool holds_cal(const Ledger& ledger, SubjectId subject, Instant since) {
    for (CalId id = ledger.subject(subject).first; id; id = ledger.cal(id).next) {
        const Cal& cal = ledger.cal(id);
        // Of one that was given back, nothing is kept: the days of use tell when that was.
        if (cal.standing()) return true;
        if (cal.state != CalState::returned && cal.expires_at >= since.seconds) return true;
    }
    return false;
}

bool is_listed(const Ledger& ledger, SubjectId subject) {
    return std::ranges::any_of(
               ledger.installations(),
               [&](const Installation& each) { return each.computer == subject; }) ||
           std::ranges::any_of(ledger.waiting(),
                               [&](const Waiting& each) { return each.holder == subject; }) ||
           std::ranges::any_of(ledger.groups(), [&](const Group& each) {
               return std::ranges::binary_search(each.members, subject);
           });
}

}  // namespace

bool is_idle(const Ledger& ledger, SubjectId subject, Instant since) {
    const Subject& known = ledger.subject(subject);
    if (known.erased || known.kind == HolderKind::station) return false;
    const SubjectId machine = ledger.machine(subject);
    if (holds_cal(ledger, machine, since)) return false;
    if (machine != subject && holds_cal(ledger, subject, since)) return false;
    if (ledger.is_doubted(subject)) return false;
    return !is_listed(ledger, machine) && (machine == subject || !is_listed(ledger, subject));
}

}  // namespace calm
