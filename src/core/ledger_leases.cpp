// Concurrent seats in the state: at which hosts each is in use, and who waits in line for one.
#include <algorithm>
#include <tuple>

#include "base/assert.h"
#include "core/ledger.h"

namespace calm {
namespace {

auto key_of(const Waiting& waiting) {
    return std::tuple(waiting.holder, waiting.kind, waiting.product);
}

}  // namespace

std::vector<LeaseUse> Ledger::lease_uses(CalId id) const {
    std::vector<LeaseUse> uses;
    for (auto each = lease_uses_.lower_bound({id, HostId{}});
         each != lease_uses_.end() && each->first.first == id; ++each) {
        uses.push_back({each->first.second, each->second});
    }
    return uses;
}

std::optional<Instant> Ledger::lease_use(CalId id, HostId host) const {
    const auto found = lease_uses_.find({id, host});
    return found == lease_uses_.end() ? std::nullopt : std::optional(found->second);
}

void Ledger::set_uses(CalId id, std::span<const LeaseUse> uses) {
    const auto first = lease_uses_.lower_bound({id, HostId{}});
    auto last = first;
    while (last != lease_uses_.end() && last->first.first == id)
        ++last;
    lease_uses_.erase(first, last);
    for (const LeaseUse& each : uses)
        lease_uses_[{id, each.host}] = each.until;
}

// The host that asked has sessions on the seat; at another seat all begins anew, and one that is
// borrowed asks for none. `before`: what the CAL was, or null.
void Ledger::use_lease(const CalStatement& statement, const Cal* before, Undo& undo) {
    const bool was_lease = before != nullptr && before->lease();
    if (!was_lease && !statement.lease) return;
    undo.uses = lease_uses(statement.cal);
    const bool goes_on = was_lease && statement.lease && before->pack == statement.pack &&
                         before->overuse() == statement.overuse;
    if (!goes_on || statement.borrowed) set_uses(statement.cal, {});
    if (statement.lease && statement.host && !statement.borrowed)
        lease_uses_[{statement.cal, statement.host}] = statement.expires_at;
}

// What the statement's end leaves beyond the uses of other hosts is kept for the one that left.
void Ledger::leave_seat(const CalStatement& statement, Undo& undo) {
    change_cal(statement, undo);
    lease_uses_.erase({statement.cal, statement.host});
    const auto others = lease_uses(statement.cal);
    const bool outlasts = std::ranges::all_of(
        others, [&](const LeaseUse& each) { return each.until < statement.expires_at; });
    if (outlasts) lease_uses_[{statement.cal, statement.host}] = statement.expires_at;
}

const Waiting* Ledger::waiting(SubjectId holder, PackKind kind, ProductId product) const {
    const auto found = std::ranges::find(waiting_, std::tuple(holder, kind, product), key_of);
    return found == waiting_.end() ? nullptr : &*found;
}

void Ledger::join_queue(const Waiting& waiting, Undo& undo) {
    const auto found = std::ranges::find(waiting_, key_of(waiting), key_of);
    if (found == waiting_.end()) {
        waiting_.push_back(waiting);
        return;
    }
    undo.place = static_cast<size_t>(found - waiting_.begin());
    undo.before = *found;
    found->until = waiting.until;
}

void Ledger::leave_queue(const entry::QueueLeft& left, Undo& undo) {
    const auto key = std::tuple(left.holder, left.kind, find_product(left.product));
    const auto found = std::ranges::find(waiting_, key, key_of);
    CALM_ASSERT(found != waiting_.end());
    undo.place = static_cast<size_t>(found - waiting_.begin());
    undo.before = *found;
    waiting_.erase(found);
}

void Ledger::undo_queue(const Undo& undo) {
    const auto* before = std::get_if<Waiting>(&undo.before);
    if (before == nullptr) return waiting_.pop_back();
    const auto at = waiting_.begin() + static_cast<ptrdiff_t>(undo.place);
    if (applied<entry::QueueLeft>(undo)) {
        waiting_.insert(at, *before);
    } else {
        *at = *before;
    }
}

bool Ledger::rebuild_leases() {
    for (const auto& [key, until] : lease_uses_) {
        const auto& [id, host] = key;
        if (!has_cal(id) || !cal(id).standing() || !cal(id).lease() || !host ||
            host.value > hosts_.size() || !in_range(until)) {
            return false;
        }
    }
    for (const Waiting& each : waiting_) {
        if (!has_subject(each.holder) || subject(each.holder).erased != 0 ||
            !is_cal_kind(each.kind) || !each.product || each.product.value > products_.size() ||
            !in_range(each.since) || !in_range(each.until) ||
            std::ranges::count(waiting_, key_of(each), key_of) != 1) {
            return false;
        }
    }
    return true;
}

}  // namespace calm
