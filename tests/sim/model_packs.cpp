// Packs that come, go and become others, what their CALs serve, and which of them has a free seat,
// in the naive model.
#include <algorithm>

#include "model.h"

namespace calm::sim {

using scenario::Observed;

namespace {

// As agreements of the program are numbered; those of Open with what stands behind them or not.
bool is_number_of(const Agreement& agreement) {
    std::string number = agreement.number;
    const bool open = agreement.program == AgreementProgram::open;
    if (open && number.size() == 24 && number[8] == '-' &&
        number.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 9) == std::string::npos) {
        number.resize(8);
    }
    return number.find_first_not_of("0123456789") == std::string::npos &&
           number.size() == (open ? 8U : 7U);
}

}  // namespace

// What one of the pack's CALs serves: families, each up to a version.
std::map<std::string, int> Model::covered_by(const Pack& pack) const {
    std::map<std::string, int> covers;
    const auto add = [&](const std::string& code) {
        const Product& product = products_.at(code);
        int& version = covers.try_emplace(product.family, 0).first->second;
        version = std::max<int>(version, product.version);
    };
    add(pack.line.product);
    add(newest_in(pack).code);
    for (const std::string& other : pack.line.also)
        add(other);
    return covers;
}

// Whether the product is a later version of the pack's own that its maintenance covers.
bool Model::carried_to(const Pack& pack, const std::string& product) const {
    const Product& own = products_.at(pack.line.product);
    const Product& other = products_.at(product);
    return other.family == own.family && other.version > own.version && other.released &&
           other.released->seconds < pack.maintained;
}

const Product& Model::newest_in(const Pack& pack) const {
    const Product* newest = &products_.at(pack.line.product);
    for (const auto& [code, each] : products_) {
        if (each.version > newest->version && carried_to(pack, code)) newest = &each;
    }
    return *newest;
}

int Model::reach(const Pack& pack, const Product& product) const {
    const auto covers = covered_by(pack);
    const auto found = covers.find(product.family);
    return found == covers.end() ? -1 : found->second;
}

int Model::sold_up_to(const Pack& pack, const Product& product) const {
    Pack unmaintained = pack;
    unmaintained.maintained = 0;
    return reach(unmaintained, product);
}

// A seat of the holder's own for an earlier version, whose pack now reaches this one.
int Model::growing(const Way& way, const Product& product) const {
    int first = -1;
    for (int i = 0; i < before_; ++i) {
        const Cal& cal = cals_[i];
        if (cal.holder != way.holder || cal.kind != way.kind || !live(cal) || !cal.seat() ||
            cal.borrowed || !cal.covers.contains(product.family) || serves(cal, product)) {
            continue;
        }
        if (usable(packs_[cal.pack]) && counts_here(cal.pack) &&
            reach(packs_[cal.pack], product) >= product.version &&
            (first < 0 || cal.pack < first)) {
            first = cal.pack;
        }
    }
    return first;
}

int Model::free_seat(const Way& way, const Product& product, int at_least, const Cal* whole) const {
    for (const PackMetric metric :
         {PackMetric::named, PackMetric::per_server, PackMetric::concurrent}) {
        const int seat = free_seat_of(metric, way, product, at_least, whole);
        if (seat >= 0) return seat;
    }
    return -1;
}

// The pack that the next CAL comes from: the lowest version that will do, the first installed.
int Model::free_seat_of(PackMetric metric, const Way& way, const Product& product, int at_least,
                        const Cal* whole) const {
    int best = -1;
    for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
        const int version = reach(packs_[i], product);
        if (!usable(packs_[i]) || packs_[i].line.kind != way.kind || version < at_least ||
            packs_[i].line.metric != metric || !counts_here(i) || left_for(i, way.holder) == 0) {
            continue;
        }
        if (product.rules.prevent_upgrade && sold_up_to(packs_[i], product) > at_least) continue;
        const auto covers = covered_by(packs_[i]);
        if (whole != nullptr && !reaches(i, *whole)) continue;
        if (whole != nullptr && !std::ranges::all_of(whole->covers, [&](const auto& each) {
                return covers.contains(each.first) && covers.at(each.first) >= each.second;
            })) {
            continue;
        }
        const auto order = [&](const Pack& pack) {
            return std::pair(sold_up_to(pack, product), pack.line.also.size());
        };
        if (best < 0 || order(packs_[i]) < order(packs_[best])) best = i;
    }
    return best;
}

// The pack that was installed last with this name's document; -1: none was.
int Model::last_of(const std::string& name) const {
    for (int i = static_cast<int>(packs_.size()) - 1; i >= 0; --i) {
        if (!packs_[i].line.declared && packs_[i].line.name == name) return i;
    }
    return -1;
}

bool Model::handed_over_before(const scenario::InstallPack& step) const {
    if (!step.moved_from || step.moved_from->source != PackSource::reachable) return false;
    return std::ranges::any_of(packs_, [&](const Pack& pack) {
        return pack.line.moved_from && pack.line.moved_from->server == step.moved_from->server &&
               pack.line.moved_from->sequence == step.moved_from->sequence;
    });
}

// The pack, what came with it, and what was converted out of these.
std::set<int> Model::with_all_of(int pack) const {
    std::set<int> all{pack};
    for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
        if (all.contains(packs_[i].with) || all.contains(packs_[i].out_of)) all.insert(i);
    }
    return all;
}

Observed Model::renew(int index, const scenario::InstallPack& step) {
    const Instant now{now_};
    const Pack& known = packs_[index];
    const int64_t until = step.until ? step.until->from(now).seconds : INT64_MAX;
    const int64_t maintained = step.maintained ? step.maintained->from(now).seconds : 0;
    if (known.revoked) return refused("pack_revoked");
    if (step.product != known.line.product || step.kind != known.line.kind ||
        step.quantity != known.bought || step.metric != known.line.metric ||
        step.also != known.line.also || until < known.until || maintained < known.maintained) {
        return refused("renewal_unfit");
    }
    if (until <= now_) return refused("pack_expired");
    for (const int i : with_all_of(index)) {
        if (packs_[i].removed) continue;
        packs_[i].until = until;
        packs_[i].maintained = maintained;
        packs_[i].line.renewal = step.renewal;
    }
    return {};
}

// Back from another server, or renewed by its vendor since it was removed.
bool Model::comes_again(const Pack& known, const scenario::InstallPack& step) {
    if (!known.moved_to.empty()) return step.moved_from.has_value();
    return known.removed && known.line.renewal < step.renewal;
}

namespace {

bool is_sold_by_so_many(const ProductRules& rules, const scenario::InstallPack& step) {
    const bool cals = step.kind == PackKind::per_user || step.kind == PackKind::per_device;
    if (step.quantity == 0 || (step.metric != PackMetric::named && !cals)) return false;
    if (step.kind == PackKind::core && rules.core_pack > 1 && step.quantity % rules.core_pack != 0)
        return false;
    if (!cals) return true;
    if (rules.cal_pack > 1 && step.quantity % rules.cal_pack != 0) return false;
    const auto& sizes = rules.cal_pack_sizes;
    return sizes[0] == 0 || std::ranges::count(sizes, step.quantity) > 0;
}

}  // namespace

bool Model::is_sold(const std::string& product, PackKind kind) const {
    const PackKinds& kinds = products_.at(product).rules.pack_kinds;
    return kinds == PackKinds{} || kinds.has(kind);
}

Observed Model::on(const scenario::InstallPack& step) {
    if (const int known = last_of(step.name); !step.declared && known >= 0 &&
                                              !packs_[known].removed &&
                                              packs_[known].line.renewal < step.renewal) {
        return step.stranger ? refused("pack_vendor_unknown") : renew(known, step);
    }
    if (!products_.contains(step.product)) return refused("pack_product_unknown");
    std::vector<std::string> codes = step.also;
    codes.push_back(step.product);
    std::ranges::sort(codes);
    if (std::ranges::adjacent_find(codes) != codes.end()) return refused("pack_malformed");
    for (const std::string& other : step.also) {
        if (!products_.contains(other)) return refused("pack_product_unknown");
        if (!is_sold(other, step.kind)) return refused("pack_kind_not_sold");
    }
    if (!is_sold(step.product, step.kind)) return refused("pack_kind_not_sold");
    const ProductRules& rules = products_.at(step.product).rules;
    const auto is_cal = [](PackKind kind) {
        return kind == PackKind::per_user || kind == PackKind::per_device;
    };
    if (!is_sold_by_so_many(rules, step)) return refused("pack_malformed");
    if (is_cal(step.kind) && rules.cals_max > 0) {
        uint32_t owned = step.quantity;
        for (const Pack& pack : packs_) {
            if (!pack.removed && now_ < pack.until && pack.line.product == step.product &&
                is_cal(pack.line.kind)) {
                owned += pack.line.quantity;
            }
        }
        if (owned > rules.cals_max) return refused("pack_over_maximum");
    }
    if (step.agreement && !is_number_of(*step.agreement)) return refused("bad_agreement");
    const Instant now{now_};
    if (step.until && step.until->from(now).seconds <= now_) return refused("pack_expired");
    if (step.declared) {
        const CalRequirement required = products_.at(step.product).rules.requirement;
        const bool by_hand = required == CalRequirement::trusted ||
                             (required == CalRequirement::none && !is_cal(step.kind));
        if (!by_hand) return refused("pack_malformed");
    } else {
        if (step.stranger) return refused("pack_vendor_unknown");
        if (revoked_packs_.contains(step.name)) return refused("pack_revoked");
        if (handed_over_before(step)) return refused("transfer_used");
        if (const int known = last_of(step.name); known >= 0 && !comes_again(packs_[known], step))
            return refused("pack_already_installed");
    }
    pack_names_[step.name] = static_cast<int>(packs_.size());
    packs_.push_back({step, step.from ? step.from->from(now).seconds : 0,
                      step.until ? step.until->from(now).seconds : INT64_MAX});
    packs_.back().bought = step.quantity;
    if (step.maintained) packs_.back().maintained = step.maintained->from(now).seconds;
    if (step.kind != PackKind::server || rules.cals_included == 0) return {};
    Pack cals = packs_.back();
    cals.with = static_cast<int>(packs_.size()) - 1;
    cals.line.name += "-cals";
    cals.line.kind = PackKind::per_user;
    cals.line.quantity *= rules.cals_included;
    cals.line.overdraft = 0;
    cals.line.declared = true;  // it has no document of its own
    pack_names_[cals.line.name] = static_cast<int>(packs_.size());
    packs_.push_back(cals);
    return {};
}

Observed Model::on(const scenario::RemovePack& step) {
    const auto pack = pack_names_.find(step.name);
    if (pack == pack_names_.end() || packs_[pack->second].removed) return refused("pack_unknown");
    if (packs_[pack->second].with >= 0) return refused("pack_in_use");
    for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
        const bool goes = i == pack->second || packs_[i].with == pack->second;
        if (goes && (left_in(i) < packs_[i].line.quantity || drawn_from(i) > 0))
            return refused("pack_in_use");
    }
    for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
        if (i != pack->second && packs_[i].with != pack->second) continue;
        packs_[i].removed = true;
        packs_[i].kept.clear();
    }
    return {};
}

Observed Model::on(const scenario::MovePack& step) {
    const auto named = pack_names_.find(step.name);
    if (named == pack_names_.end()) return refused("pack_unknown");
    if (packs_[named->second].moved_to == step.server) return {};
    if (packs_[named->second].removed) return refused("pack_unknown");
    if (packs_[named->second].line.declared) return refused("pack_not_movable");
    if (packs_[named->second].revoked) return refused("pack_revoked");
    if (packs_[named->second].until <= now_) return refused("pack_expired");
    const auto is_given = [&](const Cal& cal, const std::set<int>& packs) {
        return live(cal) && (packs.contains(cal.pack) || packs.contains(cal.beyond));
    };
    const std::set<int> gone = with_all_of(named->second);
    if (std::ranges::any_of(cals_,
                            [&](const Cal& cal) { return cal.borrowed && is_given(cal, gone); })) {
        return refused("pack_in_use");
    }
    for (const int i : gone) {
        if (packs_[i].removed) continue;
        packs_[i].removed = true;
        packs_[i].moved_to = step.server;
        packs_[i].kept.clear();
        packs_[i].hosts.clear();
        packs_[i].computers.clear();
    }
    for (int i = 0; i < static_cast<int>(cals_.size()); ++i) {
        if (!is_given(cals_[i], gone)) continue;
        end_loan(i);
        cals_[i].gone = true;
    }
    return {};
}

Observed Model::on(const scenario::Activate& step) {
    if (step.serial <= serial_) return refused("activation_replayed");
    const int64_t until = step.until.from(Instant{now_}).seconds;
    if (until <= now_) return refused("activation_expired");
    serial_ = step.serial;
    activated_until_ = until;
    return {};
}

Observed Model::on(const scenario::Deactivate&) {
    if (serial_ == 0) return refused("not_activated");
    activated_until_ = 0;
    return {};
}

Observed Model::on(const scenario::RevokePack& step) {
    withdrawn_.insert(step.name);
    if (step.list < status_list_) return refused("status_list_older");
    if (step.list == status_list_) return {};
    status_list_ = step.list;
    revoked_packs_ = withdrawn_;
    for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
        if (packs_[i].line.declared || !revoked_packs_.contains(packs_[i].line.name)) continue;
        for (const int each : with_all_of(i))
            packs_[each].revoked = true;
    }
    return {};
}

Observed Model::on(const scenario::Convert& step) {
    const auto named = pack_names_.find(step.pack);
    if (named == pack_names_.end() || packs_[named->second].removed) return refused("pack_unknown");
    Pack& source = packs_[named->second];
    const bool cals =
        source.line.kind == PackKind::per_user || source.line.kind == PackKind::per_device;
    if (!cals || source.until <= now_ || source.revoked || source.line.metric != PackMetric::named)
        return refused("pack_not_convertible");
    const PackKind other =
        source.line.kind == PackKind::per_user ? PackKind::per_device : PackKind::per_user;
    bool sold = is_sold(source.line.product, other);
    for (const std::string& code : source.line.also)
        sold = sold && is_sold(code, other);
    if (!sold) return refused("pack_kind_not_sold");
    const uint32_t left = left_for(named->second, "");
    const uint32_t quantity = step.quantity == 0 ? left : step.quantity;
    if (quantity == 0 || quantity > left) return refused("too_few_seats");
    source.line.quantity -= quantity;
    Pack made = source;
    made.line.quantity = quantity;
    made.line.overdraft = 0;
    made.kept.clear();
    made.out_of = named->second;
    made.line.kind = other;
    made.line.name = step.into;
    made.line.declared = true;  // its document is the source's
    pack_names_[step.into] = static_cast<int>(packs_.size());
    packs_.push_back(made);
    return {};
}

}  // namespace calm::sim
