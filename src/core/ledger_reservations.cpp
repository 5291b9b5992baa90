// Groups in the state, and how many of the seats that are kept for each its members spend.
#include <algorithm>

#include "base/assert.h"
#include "core/ledger.h"

namespace calm {

const Group* Ledger::group(std::string_view code) const {
    const auto found = std::ranges::lower_bound(groups_, code, {}, &Group::code);
    return found != groups_.end() && found->code == code ? &*found : nullptr;
}

bool Ledger::is_member(std::string_view code, SubjectId holder) const {
    const Group* found = group(code);
    if (found == nullptr || !holder) return false;
    const auto& members = found->members;
    if (std::ranges::binary_search(members, holder)) return true;
    return std::ranges::any_of(merges_, [&](const Merge& each) {
        return machine(each.device) == holder && std::ranges::binary_search(members, each.device);
    });
}

void Ledger::join_group(const std::string& code, SubjectId member) {
    auto at = std::ranges::lower_bound(groups_, code, {}, &Group::code);
    if (at == groups_.end() || at->code != code) at = groups_.insert(at, {code, {}});
    at->members.insert(std::ranges::lower_bound(at->members, member), member);
    recount_reservations();
}

// A group that nobody is in any more is none.
void Ledger::leave_group(const std::string& code, SubjectId member) {
    const auto at = std::ranges::lower_bound(groups_, code, {}, &Group::code);
    CALM_ASSERT(at != groups_.end() && at->code == code);
    std::erase(at->members, member);
    if (at->members.empty()) groups_.erase(at);
    recount_reservations();
}

// Returns how many were kept before.
uint32_t Ledger::reserve(PackId id, const std::string& group, uint32_t seats) {
    auto& kept = packs_[id.value - 1].reservations;
    auto at = std::ranges::lower_bound(kept, group, {}, &Reservation::group);
    const bool known = at != kept.end() && at->group == group;
    const uint32_t before = known ? at->seats : 0;
    if (seats == 0) {
        if (known) kept.erase(at);
        return before;
    }
    if (known) {
        at->seats = seats;
    } else {
        kept.insert(at, {.group = group, .seats = seats});
        recount_reservations();
    }
    return before;
}

void Ledger::count_for_groups(const Cal& cal, bool comes) {
    for (Reservation& each : packs_[cal.pack.value - 1].reservations) {
        if (is_member(each.group, cal.holder)) each.used += comes ? 1 : -1;
    }
}

// Who is in a group changes rarely; then all is counted again.
void Ledger::recount_reservations() {
    for (Pack& pack : packs_) {
        for (Reservation& each : pack.reservations) {
            each.used = 0;
            const Group* group = this->group(each.group);
            if (group == nullptr) continue;
            std::vector<SubjectId> holders;
            for (const SubjectId member : group->members) {
                holders.push_back(member);
                holders.push_back(machine(member));
            }
            std::ranges::sort(holders);
            const auto repeated = std::ranges::unique(holders);
            holders.erase(repeated.begin(), repeated.end());
            for (const SubjectId holder : holders) {
                for (CalId id = subject(holder).first; id; id = cal(id).next) {
                    if (cal(id).spends_seat() && cal(id).pack == pack.terms.pack) ++each.used;
                }
            }
        }
    }
}

// Whether it was one of these entries.
bool Ledger::undo_group(const Undo& undo) {
    if (const auto* joined = std::get_if<entry::GroupJoined>(&undo.before)) {
        leave_group(joined->group, joined->member);
    } else if (const auto* left = std::get_if<entry::GroupLeft>(&undo.before)) {
        join_group(left->group, left->member);
    } else if (const auto* reserved = std::get_if<entry::SeatsReserved>(&undo.before)) {
        reserve(reserved->pack, reserved->group, reserved->seats);
    } else {
        return false;
    }
    return true;
}

bool Ledger::rebuild_groups() {
    const Group* before = nullptr;
    for (const Group& each : groups_) {
        if (!is_product_code(each.code) || each.members.empty() ||
            (before != nullptr && before->code >= each.code)) {
            return false;
        }
        before = &each;
        SubjectId last;
        for (const SubjectId member : each.members) {
            if (member <= last || !has_subject(member) || subject(member).erased != 0 ||
                subject(member).kind == HolderKind::station) {
                return false;
            }
            last = member;
        }
    }
    for (const Pack& pack : packs_) {
        uint64_t seats = 0;
        for (size_t i = 0; i < pack.reservations.size(); ++i) {
            const Reservation& each = pack.reservations[i];
            if (!is_product_code(each.group) || each.seats == 0 ||
                (i > 0 && pack.reservations[i - 1].group >= each.group)) {
                return false;
            }
            seats += each.seats;
        }
        // Seats that nobody holds may have been converted since.
        if (seats > pack.terms.quantity || (seats > 0 && !is_cal_kind(pack.terms.kind)))
            return false;
    }
    recount_reservations();
    return true;
}

}  // namespace calm
