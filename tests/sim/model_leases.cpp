// Concurrent seats in the naive model: a list of hosts on each, and one line of all that wait.
#include <algorithm>

#include "model.h"

namespace calm::sim {

using scenario::Observed;

bool Model::counts_here(int pack) const {
    if (pack < 0 || packs_[pack].line.metric != PackMetric::per_server) return true;
    return packs_[pack].host >= 0 && packs_[pack].host == here_;
}

// Whether a CAL of the pack is good wherever this one is.
bool Model::reaches(int pack, const Cal& cal) const {
    if (packs_[pack].line.metric != PackMetric::per_server) return true;
    const int its = std::max(cal.pack, cal.beyond);
    return its >= 0 && packs_[its].line.metric == PackMetric::per_server &&
           packs_[pack].host >= 0 && packs_[its].host == packs_[pack].host;
}

bool Model::sold_as(PackKind kind, PackMetric metric, const Product& product) const {
    for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
        if (usable(packs_[i]) && counts_here(i) && packs_[i].line.kind == kind &&
            packs_[i].line.metric == metric && reach(packs_[i], product) >= product.version) {
            return true;
        }
    }
    return false;
}

bool Model::only_leases(PackKind kind, const Product& product) const {
    return !sold_as(kind, PackMetric::named, product) && sold(kind, product);
}

bool Model::extend(int index, const Product& product, bool may) {
    Cal& cal = cals_[index];
    if (cal.borrowed) return false;
    const auto use = cal.uses.find(here_);
    const int64_t until = use == cal.uses.end() ? now_ : use->second;
    if (!may || until - now_ > product.rules.lease_minutes * 30) return false;
    int64_t end = now_ + product.rules.lease_minutes * 60;
    if (const int pack = std::max(cal.pack, cal.beyond); pack >= 0) {
        if (packs_[pack].revoked) return false;
        end = std::min(end, packs_[pack].until);
    }
    end = std::max(end, cal.ends);
    if (end <= until) return false;
    cal.ends = end;
    cal.uses[here_] = end;
    return true;
}

bool Model::in_line(const Waiter& waiter, PackKind kind, const Product& product) const {
    return waiter.until > now_ && waiter.kind == kind &&
           products_.at(waiter.product).family == product.family;
}

void Model::leave_line(const std::string& holder, PackKind kind, const std::string& product) {
    std::erase_if(line_, [&](const Waiter& each) {
        return each.holder == holder && each.kind == kind && each.product == product;
    });
}

// Concurrent seats that this holder may take, the newest version among them, and how many of them
// are kept for groups of the holder's.
uint32_t Model::free_to(const Way& way, const Product& product, int* newest, uint32_t* kept,
                        std::set<int>* packs) const {
    uint32_t free = 0;
    for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
        const int version = reach(packs_[i], product);
        const uint32_t left = left_for(i, way.holder);
        if (!usable(packs_[i]) || packs_[i].line.kind != way.kind || version < product.version ||
            packs_[i].line.metric != PackMetric::concurrent || left == 0 ||
            (product.rules.prevent_upgrade && sold_up_to(packs_[i], product) > product.version)) {
            continue;
        }
        free += left;
        packs->insert(i);
        *kept += std::min(left, kept_in(i, way.holder, true));
        *newest = std::max(*newest, version);
    }
    return free;
}

// Free seats are for those who wait, and those that are kept for those of the group who wait.
bool Model::has_turn(const Way& way, const Product& product) const {
    int newest = 0;
    uint32_t kept = 0;
    std::set<int> packs;
    const uint32_t left = free_to(way, product, &newest, &kept, &packs);
    uint32_t ahead = 0;
    uint32_t of_its_groups = 0;
    for (const Waiter& each : line_) {
        if (!in_line(each, way.kind, product)) continue;
        if (each.holder == way.holder && each.product == product.code) break;
        if (products_.at(each.product).version > newest) continue;
        ++ahead;
        for (const auto& [group, members] : groups_) {
            const bool matters = std::ranges::any_of(
                packs, [&](int pack) { return packs_[pack].kept.contains(group); });
            if (matters && in_group(group, each.holder) && in_group(group, way.holder)) {
                ++of_its_groups;
                break;
            }
        }
    }
    return left > ahead || kept > of_its_groups;
}

std::optional<Model::Answer> Model::stand_in_line(const scenario::Admit& q,
                                                  const std::vector<Way>& ways,
                                                  const Product& product) {
    if (!q.wait || together_) return std::nullopt;
    for (const Way& way : ways) {
        if (!way.takes || !sold_as(way.kind, PackMetric::concurrent, product)) continue;
        const int64_t kept = product.rules.queue_minutes * 60;
        uint32_t place = 1;
        for (Waiter& each : line_) {
            if (!in_line(each, way.kind, product)) continue;
            if (each.holder == way.holder && each.product == product.code) {
                Answer answer{Reason::seat_queued};
                answer.place = place;
                answer.wrote = each.until - now_ <= kept / 2;
                if (answer.wrote) each.until = now_ + kept;
                return answer;
            }
            ++place;
        }
        if (place > product.rules.queue_max) return std::nullopt;
        leave_line(way.holder, way.kind, product.code);  // a place that was lost
        line_.push_back({way.holder, way.kind, product.code, now_ + kept});
        computers_.insert(way.holder);
        Answer answer{Reason::seat_queued};
        answer.place = place;
        answer.wrote = true;
        return answer;
    }
    return std::nullopt;
}

Observed Model::on(const scenario::EndSession& step) {
    if (step.host == scenario::kImplicitHost) meet_implicit_host();
    const auto product = products_.find(step.product);
    if (product == products_.end()) return refused("product_unknown");
    const auto host = hosts_.find(step.host);
    if (host == hosts_.end()) return {};
    const int number = host->second.number;
    std::vector<std::string> holders;
    for (const std::string& name : {step.user, step.device}) {
        if (!name.empty() && step.station.empty()) holders.push_back(machine_of(holder_of(name)));
    }
    const auto place = places_.find(step.station);
    if (place != places_.end() && !place->second.removed && place->second.number == number) {
        holders.push_back(
            place_holder(place->second.shows.empty() ? step.station : place->second.shows));
    }
    for (const std::string& holder : holders) {
        for (Cal& cal : cals_) {
            if (cal.holder != holder || !cal.lease || cal.borrowed || !live(cal) ||
                !serves(cal, product->second) || !cal.uses.contains(number)) {
                continue;
            }
            int64_t kept = now_ + product->second.rules.linger_minutes * 60;
            if (const int pack = std::max(cal.pack, cal.beyond); pack >= 0)
                kept = std::min(kept, packs_[pack].until);
            int64_t elsewhere = now_;
            cal.uses.erase(number);
            for (const auto& [other, until] : cal.uses)
                elsewhere = std::max(elsewhere, until);
            if (kept > elsewhere) cal.uses[number] = kept;
            cal.ends = std::max(kept, elsewhere);
            if (cal.ends <= now_) cal.gone = true;
        }
    }
    return {};
}

Observed Model::on(const scenario::Borrow& step) {
    const int index = best(holder_of(step.holder), products_.at(step.product));
    if (index < 0) return refused("cal_unknown");
    Cal& cal = cals_[index];
    if (!cal.seat() || packs_[cal.pack].line.metric != PackMetric::concurrent ||
        step.holder.kind == HolderKind::station) {
        return refused("borrow_needs_seat");
    }
    if (packs_[cal.pack].revoked) return refused("pack_revoked");
    const int64_t most = products_.at(cal.product).rules.borrow_days_max * kDay;
    const int64_t until = step.until.from(Instant{now_}).seconds;
    if (most == 0) return refused("borrow_not_allowed");
    if (until <= cal.ends) return refused("bad_borrow_end");
    if (until > now_ + most) return refused("borrow_too_long");
    cal.ends = std::min(until, packs_[cal.pack].until);
    cal.borrowed = true;
    cal.uses.clear();
    return {};
}

Observed Model::on(const scenario::AssignPack& step) {
    int number = -1;
    if (!step.host.empty()) {
        if (step.host == scenario::kImplicitHost) meet_implicit_host();
        const auto host = hosts_.find(step.host);
        if (host == hosts_.end()) return refused("host_unknown");
        number = host->second.number;
    }
    const auto named = pack_names_.find(step.pack);
    if (named == pack_names_.end() || packs_[named->second].removed) return refused("pack_unknown");
    if (!step.host.empty() && hosts_.at(step.host).removed) return refused("host_unknown");
    Pack& pack = packs_[named->second];
    if (pack.line.metric != PackMetric::per_server) return refused("pack_not_per_server");
    if (pack.host == number) return {};
    if (left_in(named->second) < pack.line.quantity || drawn_from(named->second) > 0)
        return refused("pack_in_use");
    pack.host = number;
    return {};
}

}  // namespace calm::sim
