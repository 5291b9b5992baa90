// Loans, devices that are one machine, and devices that look like one, in the naive model.
#include <algorithm>

#include "model.h"

namespace calm::sim {

using scenario::Observed;

bool Model::in_grace(const Host& host, const Product& product) const {
    const int64_t end =
        std::min(host.grace_until, host.enrolled + product.rules.initial_grace_days * kDay);
    return product.rules.initial_grace_days > 0 && !host.grace_ended && now_ < end;
}

// Loans.

bool Model::is_lent(int index) const {
    return std::ranges::any_of(cals_, [&](const Cal& cal) { return cal.of == index && live(cal); });
}

void Model::end_loan(int index) {
    for (Cal& cal : cals_) {
        if (cal.of == index) cal.gone = true;
    }
}

bool Model::has_lent(const std::string& holder, PackKind kind) const {
    for (int i = 0; i < static_cast<int>(cals_.size()); ++i) {
        if (cals_[i].holder == holder && cals_[i].kind == kind && is_lent(i)) return true;
    }
    return false;
}

int Model::pack_of(const Cal& cal) const {
    return cal.of >= 0 ? cals_[cal.of].pack : std::max(cal.pack, cal.beyond);
}

// The CAL for the product that somebody else uses now; none: -1.
int Model::lent_to_others(const std::string& holder, const Product& product) const {
    int best = -1;
    const auto rank = [&](int i) {
        return std::tuple(cals_[i].ends, -cals_[i].pack, -cals_[i].covers.at(product.family));
    };
    for (int i = 0; i < static_cast<int>(cals_.size()); ++i) {
        if (cals_[i].holder != holder || !serves(cals_[i], product) || !live(cals_[i]) ||
            !is_lent(i)) {
            continue;
        }
        if (best < 0 || rank(i) > rank(best)) best = i;
    }
    return best;
}

std::optional<Model::Answer> Model::while_lent(const std::vector<Way>& ways, const Host& host,
                                               const Product& product) const {
    for (const Way& way : ways) {
        if (!has_lent(way.holder, way.kind)) continue;
        if (product.rules.requirement == CalRequirement::trusted)
            return Answer{Reason::cal_lent_trusted};
        return Answer{in_grace(host, product) ? Reason::initial_grace : Reason::cal_lent};
    }
    return std::nullopt;
}

Observed Model::on(const scenario::Lend& step) {
    const int index = best(holder_of(step.holder), products_.at(step.product));
    if (index < 0) return refused("cal_unknown");
    const Cal lent = cals_[index];
    if (!lent.seat() || lent.lease || step.holder.kind == HolderKind::station)
        return refused("loan_needs_seat");
    if (packs_[lent.pack].revoked) return refused("pack_revoked");
    if (is_lent(index)) return refused("loan_exists");
    const int64_t until = step.until.from(Instant{now_}).seconds;
    if (until <= now_ || until > now_ + 366 * kDay) return refused("bad_loan_end");
    const std::string to = holder_of(step.to);
    if (to == lent.holder) return refused("loan_needless");
    if (has_lent(to, lent.kind)) return refused("loan_exists");
    for (const Cal& cal : cals_) {
        if (cal.holder == to && cal.kind == lent.kind && live(cal) &&
            ((cal.seat() && !cal.lease) || cal.of >= 0) && covers(cal.covers, lent.covers)) {
            return refused("loan_needless");
        }
    }
    const int64_t pack_end = packs_[lent.pack].until;
    const int64_t end = std::min(until, pack_end);
    cals_[index].ends = std::max(lent.ends, std::min(end + 7 * kDay, pack_end));
    for (Cal& cal : cals_) {
        if (cal.holder == to && cal.kind == lent.kind && live(cal) &&
            (!cal.seat() || (cal.lease && !cal.borrowed)) && cal.of < 0 &&
            covers(lent.covers, cal.covers)) {
            cal.gone = true;
        }
    }
    cals_.push_back({.holder = to,
                     .kind = lent.kind,
                     .product = lent.product,
                     .covers = lent.covers,
                     .of = index,
                     .issued = now_,
                     .ends = end});
    return {};
}

Observed Model::on(const scenario::Recall& step) {
    const int index = best(holder_of(step.holder), products_.at(step.product));
    if (index < 0) return refused("cal_unknown");
    if (is_lent(index)) {
        end_loan(index);
    } else if (cals_[index].of >= 0) {
        cals_[index].gone = true;
    } else {
        return refused("loan_unknown");
    }
    return {};
}

// Machines.

std::string Model::machine_of(std::string holder) const {
    while (merged_.contains(holder))
        holder = merged_.at(holder).into;
    return holder;
}

bool Model::is_known(const std::string& holder) const {
    return std::ranges::count(cals_, holder, &Cal::holder) > 0 || computers_.contains(holder);
}

Observed Model::on(const scenario::MergeDevices& step) {
    for (const std::string& name : {step.device, step.other}) {
        if (!is_known(holder_of(name))) return refused("subject_unknown");
    }
    const std::string into = machine_of(holder_of(step.device));
    const std::string from = machine_of(holder_of(step.other));
    if (into == from) return {};
    std::vector<int> has;
    std::vector<int> brings;
    for (int i = 0; i < static_cast<int>(cals_.size()); ++i) {
        if (!live(cals_[i]) || (cals_[i].holder != into && cals_[i].holder != from)) continue;
        if (cals_[i].of >= 0 || is_lent(i)) return refused("loan_exists");
        (cals_[i].holder == into ? has : brings).push_back(i);
    }
    const auto enough = [&](int more, int less) {
        const Cal& a = cals_[more];
        const Cal& b = cals_[less];
        return worth(a.temporary, a.overuse, a.lease) >= worth(b.temporary, b.overuse, b.lease) &&
               covers(a.covers, b.covers) && (pack_of(a) < 0 || reaches(pack_of(a), b));
    };
    Merged& merged = merged_[from];
    merged.into = into;
    for (const int i : brings) {
        cals_[i].gone = true;
        if (cals_[i].lease) continue;  // the machine asks again for its sessions
        const bool needless = std::ranges::any_of(has, [&](int own) {
            return enough(own, i) && (!cals_[own].lease || cals_[i].overuse);
        });
        merged.ended.emplace_back(i, !needless);
        if (needless) continue;
        for (const int own : has) {
            if (enough(i, own)) cals_[own].gone = true;
        }
        Cal carried = cals_[i];
        carried.holder = into;
        carried.gone = false;
        cals_.push_back(carried);
    }
    for (Pack& pack : packs_) {
        if (pack.computers.erase(from) == 0) continue;
        pack.computers.insert(into);
        computers_.insert(into);
    }
    return {};
}

// What went over to the machine: it is there still, under the same pack and product.
bool Model::bring_back(const Cal& cal, const std::string& machine, std::set<int>& taken) {
    int there = -1;
    const auto rank = [&](int i) { return std::pair(cals_[i].ends, cals_[i].validated); };
    for (int i = 0; i < static_cast<int>(cals_.size()); ++i) {
        const Cal& own = cals_[i];
        if (own.holder != machine || !live(own) || own.lease || own.of >= 0 || is_lent(i) ||
            pack_of(own) != pack_of(cal) || own.product != cal.product ||
            worth(own.temporary, own.overuse, false) != worth(cal.temporary, cal.overuse, false) ||
            taken.contains(i)) {
            continue;
        }
        if (there < 0 || rank(i) > rank(there)) there = i;
    }
    if (there < 0) return false;
    taken.insert(there);
    cals_[there].gone = true;
    Cal back = cals_[there];
    back.holder = cal.holder;
    back.gone = false;
    cals_.push_back(back);
    return true;
}

bool Model::may_be_given_again(const Cal& cal) const {
    if (cal.ends <= now_) return false;
    if (cal.seat()) return valid(packs_[cal.pack]) && left_in(cal.pack) > 0 && !seats_are_kept();
    if (cal.beyond < 0) return true;
    return valid(packs_[cal.beyond]) && drawn_from(cal.beyond) < packs_[cal.beyond].line.overdraft;
}

Observed Model::on(const scenario::SeparateDevice& step) {
    const std::string holder = holder_of(step.device);
    if (!is_known(holder)) return refused("subject_unknown");
    if (!merged_.contains(holder)) return refused("device_not_merged");
    const std::string machine = machine_of(holder);
    const Merged merged = merged_.at(holder);
    merged_.erase(holder);
    if (doubts_.contains(holder)) doubts_.at(holder).accepted = true;
    std::set<int> taken;
    for (const auto& [index, went_over] : merged.ended) {
        const Cal cal = cals_[index];
        if (went_over && bring_back(cal, machine, taken)) continue;
        if (!may_be_given_again(cal)) continue;
        Cal again = cal;
        again.gone = false;
        cals_.push_back(again);
    }
    return {};
}

Observed Model::on(const scenario::Erase& step) {
    const std::string holder = own_holder(step.holder);
    if (!is_known(holder)) return refused("subject_unknown");
    for (Pack& pack : packs_)
        pack.computers.erase(holder);
    for (int i = 0; i < static_cast<int>(cals_.size()); ++i) {
        if (cals_[i].holder != holder) continue;
        end_loan(i);
        cals_[i].gone = true;
    }
    std::erase_if(line_, [&](const Waiter& each) { return each.holder == holder; });
    std::erase_if(merged_, [&](const auto& each) {
        const bool apart = each.first == holder || each.second.into == holder;
        if (apart && doubts_.contains(each.first)) doubts_.at(each.first).accepted = true;
        return apart;
    });
    for (auto& [group, members] : groups_)
        members.erase(holder);
    std::erase_if(groups_, [](const auto& each) { return each.second.empty(); });
    erased_.insert(holder);
    ++lives_[step.holder.name];
    return {};
}

// Look-alikes.

Observed Model::on(const scenario::Quarantine& step) {
    quarantine_days_ = step.days;
    return {};
}

bool Model::is_doubted(const std::string& holder) const {
    const auto doubt = doubts_.find(holder);
    return doubt != doubts_.end() && !doubt->second.accepted && !merged_.contains(holder) &&
           !erased_.contains(doubt->second.like);
}

Observed Model::on(const scenario::AcceptDevice& step) {
    const std::string holder = holder_of(step.device);
    if (!is_known(holder)) return refused("subject_unknown");
    if (!is_doubted(holder)) return refused("device_not_doubted");
    doubts_.at(holder).accepted = true;
    for (Cal& cal : cals_) {
        if (cal.holder == holder && live(cal) && cal.temporary) cal.validated = true;
    }
    return {};
}

bool Model::looks_for_doubles(const scenario::Admit& q, const Way& way,
                              const Product& product) const {
    return way.kind == PackKind::per_device && q.station.empty() && quarantine_days_ > 0 &&
           product.rules.requirement == CalRequirement::activated;
}

bool Model::is_doubted(const scenario::Admit& q, const Way& way, const Product& product) const {
    return looks_for_doubles(q, way, product) && is_doubted(way.holder);
}

// The machine with a CAL for the product whose signal a device without any CAL shows; or empty.
std::string Model::looks_like(const scenario::Admit& q, const Way& way,
                              const Product& product) const {
    if (!looks_for_doubles(q, way, product)) return "";
    std::string like;
    for (const std::string& signal :
         {"keeps " + q.keeps, "certificate " + q.certificate, "hardware " + q.hardware}) {
        const auto shown = signals_.find(signal);
        if (like.empty() && !signal.ends_with(' ') && shown != signals_.end() &&
            shown->second != holder_of(q.device) && !erased_.contains(shown->second)) {
            like = shown->second;
        }
    }
    if (like.empty()) return "";
    like = machine_of(like);
    if (like == way.holder || doubts_.contains(way.holder)) return "";
    const auto of_device = [&](const Cal& cal) { return cal.holder == way.holder; };
    if (std::any_of(cals_.begin(), cals_.begin() + before_, of_device)) return "";
    const bool holds = std::any_of(cals_.begin(), cals_.begin() + before_, [&](const Cal& cal) {
        return cal.holder == like && live(cal) && !cal.lease && serves(cal, product);
    });
    return holds ? like : "";
}

std::optional<Model::Answer> Model::first_doubt(const scenario::Admit& q, const Way& way,
                                                const Product& product) {
    int64_t since = now_;
    if (is_doubted(q, way, product)) {
        since = doubts_.at(way.holder).since;
        const bool served = std::any_of(
            cals_.begin(), cals_.begin() + before_,
            [&](const Cal& cal) { return cal.holder == way.holder && serves(cal, product); });
        if (served || since + quarantine_days_ * kDay <= now_) return std::nullopt;
    } else {
        const std::string like = looks_like(q, way, product);
        if (like.empty()) return std::nullopt;
        doubts_[way.holder] = {like, now_};
    }
    cals_.push_back({.holder = way.holder,
                     .kind = way.kind,
                     .product = product.code,
                     .covers = {{product.family, product.version}},
                     .temporary = true,
                     .issued = now_,
                     .ends = since + quarantine_days_ * kDay});
    return Answer{Reason::quarantine_begun, static_cast<int>(cals_.size()) - 1, true};
}

// A signal is the first device's that showed it, as long as that is not erased.
void Model::note_signals(const scenario::Admit& q) {
    if (q.device.empty() || q.device == q.via || !is_known(holder_of(q.device))) return;
    for (const std::string& signal :
         {"keeps " + q.keeps, "certificate " + q.certificate, "hardware " + q.hardware}) {
        if (signal.ends_with(' ')) continue;
        const auto [shown, added] = signals_.try_emplace(signal, holder_of(q.device));
        if (!added && erased_.contains(shown->second)) shown->second = holder_of(q.device);
    }
}

}  // namespace calm::sim
