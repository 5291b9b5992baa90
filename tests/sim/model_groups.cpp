// Groups, and the seats that are kept for them, in the naive model: everybody is counted each time.
#include <algorithm>

#include "model.h"

namespace calm::sim {

using scenario::Observed;

// A machine is in it when one of its names is.
bool Model::in_group(const std::string& group, const std::string& holder) const {
    const auto found = groups_.find(group);
    return found != groups_.end() && std::ranges::any_of(found->second, [&](const auto& member) {
               return member == holder || machine_of(member) == holder;
           });
}

// Seats of the pack that are kept and that nobody sits on: for the holder's groups, or for others.
uint32_t Model::kept_in(int pack, const std::string& holder, bool for_holder) const {
    uint32_t kept = 0;
    for (const auto& [group, seats] : packs_[pack].kept) {
        if (in_group(group, holder) != for_holder) continue;
        const auto used = static_cast<uint32_t>(std::ranges::count_if(cals_, [&](const Cal& cal) {
            return cal.pack == pack && live(cal) && in_group(group, cal.holder);
        }));
        if (seats > used) kept += seats - used;
    }
    return kept;
}

uint32_t Model::left_for(int pack, const std::string& holder) const {
    const uint32_t left = left_in(pack);
    const uint32_t kept = kept_in(pack, holder, false);
    return left > kept ? left - kept : 0;
}

// There are seats, and others are to have them.
bool Model::all_kept(const Way& way, const Product& product) const {
    for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
        if (usable(packs_[i]) && counts_here(i) && packs_[i].line.kind == way.kind &&
            reach(packs_[i], product) >= product.version && !packs_[i].kept.empty() &&
            !(product.rules.prevent_upgrade && sold_up_to(packs_[i], product) > product.version) &&
            left_in(i) > 0 && left_for(i, way.holder) == 0) {
            return true;
        }
    }
    return false;
}

Observed Model::on(const scenario::ChangeGroup& step) {
    const std::string member = own_holder(step.who);
    if (step.leaves) {
        const auto found = groups_.find(step.group);
        if (found == groups_.end() || found->second.erase(member) == 0)
            return refused("not_a_member");
        if (found->second.empty()) groups_.erase(found);
        return {};
    }
    groups_[step.group].insert(member);
    computers_.insert(member);  // known from now on
    return {};
}

Observed Model::on(const scenario::Reserve& step) {
    const auto named = pack_names_.find(step.pack);
    if (named == pack_names_.end() || packs_[named->second].removed) return refused("pack_unknown");
    Pack& pack = packs_[named->second];
    const auto present = pack.kept.find(step.group);
    if (step.seats == (present == pack.kept.end() ? 0 : present->second)) return {};
    if (step.seats == 0) {
        pack.kept.erase(step.group);
        return {};
    }
    if (!groups_.contains(step.group)) return refused("group_unknown");
    if (pack.line.kind != PackKind::per_user && pack.line.kind != PackKind::per_device)
        return refused("pack_not_reservable");
    uint32_t others = 0;
    for (const auto& [group, seats] : pack.kept)
        others += group == step.group ? 0 : seats;
    if (others + step.seats > pack.line.quantity) return refused("too_many_reserved");
    pack.kept[step.group] = step.seats;
    return {};
}

}  // namespace calm::sim
