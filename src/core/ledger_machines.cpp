// Which devices are one machine, and which looked like another one.
#include <algorithm>

#include "base/assert.h"
#include "core/ledger.h"

namespace calm {
namespace {

template <class T>
const T* find_device(const std::vector<T>& rows, SubjectId device) {
    const auto found = std::ranges::lower_bound(rows, device, {}, &T::device);
    return found != rows.end() && found->device == device ? &*found : nullptr;
}

}  // namespace

const Merge* Ledger::merge_of(SubjectId device) const {
    return find_device(merges_, device);
}

const Doubt* Ledger::doubt_of(SubjectId device) const {
    return find_device(doubts_, device);
}

bool Ledger::is_doubted(SubjectId device) const {
    const Doubt* doubt = doubts_.empty() ? nullptr : doubt_of(device);
    return doubt != nullptr && !doubt->accepted && merge_of(device) == nullptr &&
           subject(doubt->like).erased == 0;
}

void Ledger::merge(const Merge& merge) {
    CALM_ASSERT(merge_of(merge.device) == nullptr && machine(merge.into) != merge.device);
    merges_.insert(std::ranges::lower_bound(merges_, merge.device, {}, &Merge::device), merge);
    recount_reservations();
}

Merge Ledger::separate(SubjectId device) {
    const auto found = std::ranges::lower_bound(merges_, device, {}, &Merge::device);
    CALM_ASSERT(found != merges_.end() && found->device == device);
    const Merge ended = *found;
    merges_.erase(found);
    recount_reservations();
    return ended;
}

// Whether it was one of these entries.
bool Ledger::undo_machine(const Undo& undo) {
    const SubjectId device{undo.thing};
    if (const auto* ended = std::get_if<Merge>(&undo.before)) {
        merge(*ended);
    } else if (applied<entry::DevicesMerged>(undo)) {
        separate(device);
    } else if (applied<entry::DeviceDoubted>(undo)) {
        std::erase_if(doubts_, [&](const Doubt& each) { return each.device == device; });
    } else if (const auto* doubt = std::get_if<Doubt>(&undo.before)) {
        *std::ranges::lower_bound(doubts_, device, {}, &Doubt::device) = *doubt;
    } else {
        return false;
    }
    return true;
}

bool Ledger::machines_are_sound() const {
    const auto is_device = [&](SubjectId id) {
        return has_subject(id) && subject(id).kind == HolderKind::device;
    };
    SubjectId last;
    for (const Merge& each : merges_) {
        if (each.device <= last || !is_device(each.device) || !is_device(each.into) ||
            each.sequence >= size_ || subject(each.device).erased != 0 ||
            subject(each.into).erased != 0) {
            return false;
        }
        last = each.device;
    }
    // No name leads back to itself.
    for (const Merge& each : merges_) {
        SubjectId at = each.into;
        for (size_t steps = 0; const Merge* next = merge_of(at); ++steps) {
            if (steps > merges_.size()) return false;
            at = next->into;
        }
    }
    last = {};
    for (const Doubt& each : doubts_) {
        if (each.device <= last || !is_device(each.device) || !is_device(each.like) ||
            each.since < Instant{} || each.since > kInstantMax) {
            return false;
        }
        last = each.device;
    }
    return true;
}

}  // namespace calm
