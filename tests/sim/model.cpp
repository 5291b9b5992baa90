// The rules, read from top to bottom.
#include "model.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace calm::sim {

using scenario::Admit;
using scenario::Holding;
using scenario::Observed;

Observed Model::play(const scenario::Step& step, Instant now) {
    now_ = now.seconds;
    return std::visit([this](const auto& each) { return on(each); }, step);
}

// Products, packs, hosts.

Observed Model::on(const scenario::SetProduct& step) {
    for (const std::string& base : step.product.bases) {
        if (!products_.contains(base) || products_.at(base).family == step.product.family)
            return refused("bad_product");
    }
    Product stated = step.product;
    const auto known = products_.find(stated.code);
    if (known != products_.end() && known->second.released) {
        if (stated.released && stated.released != known->second.released)
            return refused("bad_product");
        stated.released = known->second.released;
    }
    products_[stated.code] = stated;
    return {};
}

Observed Model::on(const scenario::SetHost& step) {
    const auto host = hosts_.find(step.name);
    const bool known = host != hosts_.end() && !host->second.removed;
    for (const std::string& code : step.runs.value_or(std::vector<std::string>())) {
        if (!step.removed && known && !products_.contains(code)) return refused("product_unknown");
    }
    if (step.removed) {
        if (!known) return refused("host_unknown");
        host->second.removed = true;
        for (Pack& pack : packs_)
            pack.hosts.erase(host->second.number);
    } else if (known) {
        host->second.mode = step.mode.value_or(host->second.mode);
        host->second.preferred = step.preferred.value_or(host->second.preferred);
        host->second.console = step.console_mode.value_or(host->second.console);
        host->second.processors = step.processors.value_or(host->second.processors);
        host->second.cores = step.cores.value_or(host->second.cores);
    } else {
        hosts_[step.name] = {step.mode.value_or(LicensingMode::either),
                             step.preferred.value_or(PackKind::per_user), now_,
                             now_ + step.grace.value_or(Seconds{}).count};
        hosts_[step.name].number = next_host_++;
        hosts_[step.name].told_in = epoch_;
        hosts_[step.name].processors = step.processors.value_or(0);
        hosts_[step.name].cores = step.cores.value_or(0);
        // It is enrolled, whatever comes of the rest.
        for (const std::string& code : step.runs.value_or(std::vector<std::string>())) {
            if (products_.contains(code)) continue;
            hosts_[step.name].processors = hosts_[step.name].cores = 0;
            return refused("product_unknown");
        }
    }
    return {};
}

void Model::meet_implicit_host() {
    const std::string name(scenario::kImplicitHost);
    if (hosts_.contains(name)) return;
    hosts_[name] = {LicensingMode::either, PackKind::per_user, now_, now_};
    hosts_[name].told_in = epoch_;
}

// Who needs no CAL.
std::optional<Reason> Model::no_cal_for(const Admit& q, const Product& product) const {
    const ProductRules& rules = product.rules;
    if (q.workload == Workload::web && !rules.cal_for_web) return Reason::web_workload;
    if (q.workload == Workload::hpc && !rules.cal_for_hpc) return Reason::hpc_workload;
    if (q.workload == Workload::anonymous && q.user.empty() && !rules.cal_for_anonymous)
        return Reason::anonymous_access;
    return std::nullopt;
}

// What there is.

std::string Model::holder_of(const std::string& name) const {
    const auto lives = lives_.find(name);
    return name + "/" + std::to_string(lives == lives_.end() ? 0 : lives->second);
}

std::string Model::holder_of(const scenario::Who& who) const {
    if (who.kind == HolderKind::device) return machine_of(holder_of(who.name));
    return own_holder(who);
}

// Not resolved to the machine that it is a name of.
std::string Model::own_holder(const scenario::Who& who) const {
    if (who.kind != HolderKind::station) return holder_of(who.name);
    return places_.contains(who.name) ? place_holder(who.name) : who.name;
}

bool Model::valid(const Pack& pack) const {
    return !pack.removed && !pack.revoked && pack.from <= now_ && now_ < pack.until;
}

bool Model::usable(const Pack& pack) const {
    return valid(pack) && (!pack.line.activation || now_ < activated_until_);
}

// Packs of this kind would serve here if a clearinghouse had certified the server.
bool Model::lacks_activation(PackKind kind, const Product& product) const {
    return std::ranges::any_of(packs_, [&](const Pack& pack) {
        const int index = static_cast<int>(&pack - packs_.data());
        return valid(pack) && !usable(pack) && counts_here(index) && pack.line.kind == kind &&
               reach(pack, product) >= product.version;
    });
}

uint32_t Model::left_in(int pack) const {
    uint32_t left = packs_[pack].line.quantity;
    for (const auto& [host, quantity] : packs_[pack].hosts)
        left -= quantity;
    left -= static_cast<uint32_t>(packs_[pack].computers.size());
    for (const Cal& cal : cals_) {
        if (cal.pack == pack && live(cal)) --left;
    }
    return left;
}

// The live CAL of one sort that the holder has for the product: the one that ends last.
int Model::held(const Way& way, const Product& product, bool seat, bool overuse, bool temporary,
                std::optional<bool> lease, bool here) const {
    int best = -1;
    for (int i = 0; i < static_cast<int>(cals_.size()); ++i) {
        const Cal& cal = cals_[i];
        // What is dear to ask comes last: long runs spend most of their time here.
        if (!live(cal) || cal.kind != way.kind || cal.seat() != seat || cal.overuse != overuse ||
            cal.temporary != temporary || cal.holder != way.holder || !serves(cal, product) ||
            is_lent(i) || (lease && cal.lease != *lease) ||
            (here && !counts_here(std::max(cal.pack, cal.beyond)))) {
            continue;
        }
        const auto rank = [&](const Cal& each) {
            return std::tuple(each.ends, -pack_of(each), -each.covers.at(product.family));
        };
        if (best < 0 || rank(cal) > rank(cals_[best])) {
            best = i;
        }
    }
    return best;
}

bool Model::serves(const Cal& cal, const Product& product) {
    const auto found = cal.covers.find(product.family);
    return found != cal.covers.end() && found->second >= product.version;
}

bool Model::sold(PackKind kind, const Product& product) const {
    return std::ranges::any_of(packs_, [&](const Pack& pack) {
        const int index = static_cast<int>(&pack - packs_.data());
        return usable(pack) && counts_here(index) && pack.line.kind == kind &&
               reach(pack, product) >= product.version;
    });
}

uint32_t Model::drawn_from(int pack) const {
    return static_cast<uint32_t>(std::ranges::count_if(
        cals_, [&](const Cal& cal) { return cal.beyond == pack && live(cal); }));
}

// The pack whose vendor allows one more than was sold.
int Model::overdraft(PackKind kind, const Product& product) const {
    int best = -1;
    for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
        const int version = reach(packs_[i], product);
        if (!usable(packs_[i]) || !counts_here(i) || packs_[i].line.kind != kind ||
            version < product.version || drawn_from(i) >= packs_[i].line.overdraft ||
            (product.rules.prevent_upgrade && sold_up_to(packs_[i], product) > product.version)) {
            continue;
        }
        const auto order = [&](const Pack& pack) {
            return std::pair(sold_up_to(pack, product), pack.line.also.size());
        };
        if (best < 0 || order(packs_[i]) < order(packs_[best])) best = i;
    }
    return best;
}

// A device's first days; a station takes its seat at once.
bool Model::starts_with_days(const Admit& q, const Product& product) {
    return q.station.empty() && product.rules.requirement == CalRequirement::activated &&
           product.rules.temporary_days > 0;
}

int64_t Model::new_end(PackKind kind, const Product& product, int pack, const Admit& q,
                       bool lease) const {
    const ProductRules& rules = product.rules;
    const uint64_t choices = rules.device_days_max - rules.device_days_min + 1U;
    const int64_t length = kind == PackKind::per_user || !q.station.empty()
                               ? rules.user_days
                               : static_cast<int64_t>(rules.device_days_min + q.chance % choices);
    const int64_t end = now_ + (lease ? rules.lease_minutes * 60 : length * kDay);
    return pack < 0 ? end : std::min(end, packs_[pack].until);
}

// Admissions.

Observed Model::on(const Admit& step) {
    if (step.host == scenario::kImplicitHost) meet_implicit_host();
    Observed observed;
    const auto asked = asked_.find(step.id);
    if (!step.id.empty() && asked != asked_.end() && now_ < asked->second.at + kDay) {
        const Admit& before = asked->second.question;
        const bool same = before.user == step.user && before.device == step.device &&
                          before.product == step.product && before.host == step.host &&
                          before.administrators == step.administrators &&
                          before.service == step.service && before.token == step.token &&
                          before.station == step.station && before.via == step.via &&
                          before.from_server == step.from_server &&
                          before.workload == step.workload && before.mode == step.mode &&
                          before.outside == step.outside && before.wait == step.wait &&
                          before.hardware == step.hardware &&
                          before.certificate == step.certificate && before.keeps == step.keeps;
        if (!same) return refused("request_id_reused");
        observed.reason = asked->second.reason;
        observed.repeated = true;
        if (asked->second.ends >= 0) observed.lasts = Seconds{asked->second.ends - now_};
        note_signals(step);
        return observed;
    }
    before_ = static_cast<int>(cals_.size());
    Admit asked_now = step;
    if (step.device == step.via) asked_now.device.clear();  // a front end is nobody's device
    const bool console = at_console(step);
    if (console) asked_now.wait = false;
    Answer given = answer(asked_now);
    if (console && !allows(given.reason) && products_.contains(step.product))
        given = {Reason::console_without_cal};
    observed.reason = given.reason;
    observed.lacks = given.lacks;
    observed.place = given.place;
    if (given.cal >= 0) observed.lasts = Seconds{cals_[given.cal].ends - now_};
    tell(asked_now, given);
    note_signals(step);
    if (given.wrote && !step.id.empty())
        asked_[step.id] = {step, now_, given.reason, given.cal < 0 ? -1 : cals_[given.cal].ends};
    return observed;
}

std::vector<Model::Way> Model::ways(const Admit& q, const Host& host,
                                    const Product& product) const {
    const bool trusted = product.rules.requirement == CalRequirement::trusted;
    std::vector<Way> ways;
    std::string station;
    if (!q.station.empty()) {
        const Place& place = places_.at(q.station);
        station = place_holder(place.shows.empty() ? q.station : place.shows);
    }
    const auto user = [&] {
        if (!station.empty()) return ways.push_back({PackKind::per_user, station});
        if (!q.user.empty()) ways.push_back({PackKind::per_user, holder_of(q.user)});
    };
    const auto device = [&] {
        if (!station.empty()) return ways.push_back({PackKind::per_device, station});
        if (!q.device.empty())
            ways.push_back({PackKind::per_device, machine_of(holder_of(q.device))});
    };
    if (host.mode == LicensingMode::per_user) {
        user();
        if (trusted && ways.empty()) device();
    } else if (host.mode == LicensingMode::per_device) {
        device();
        if (trusted && ways.empty()) user();
    } else if (host.mode == LicensingMode::either || trusted) {
        if (host.preferred == PackKind::per_user) {
            user();
            device();
        } else {
            device();
            user();
        }
        if (ways.size() == 2) {
            const bool first = sold(ways[0].kind, product);
            const bool second = sold(ways[1].kind, product);
            ways[0].takes = first || !second;
            ways[1].takes = second;
        }
    }
    return ways;
}

// What is held, and renewed when its end is near.
std::optional<Model::Answer> Model::held_answer(const Admit& q, const std::vector<Way>& all,
                                                Host& host, const Product& product) {
    const ProductRules& rules = product.rules;
    const auto renew = [&](int cal, bool may) {
        const int pack = std::max(cals_[cal].pack, cals_[cal].beyond);
        const int64_t end = new_end(cals_[cal].kind, product, pack, q, false);
        if (!may || cals_[cal].ends - now_ > rules.renewal_days * kDay || end <= cals_[cal].ends ||
            (pack >= 0 && packs_[pack].revoked)) {
            return false;
        }
        cals_[cal].ends = end;
        return true;
    };
    for (const Way& way : all) {
        const int cal = held(way, product, true, false, false, false);
        if (cal < 0) continue;
        const bool renewed = renew(cal, true);
        return Answer{renewed ? Reason::cal_renewed : Reason::cal_held, cal, renewed};
    }
    for (const Way& way : all) {
        const int cal = held(way, product, false, false, false);
        if (cal >= 0) return Answer{Reason::cal_on_loan, cal};
    }
    for (const Way& way : all) {
        const int cal = held(way, product, true, false, false, true, true);
        if (cal < 0) continue;
        const bool extended = extend(cal, product, true);
        return Answer{extended ? Reason::seat_extended : Reason::seat_held, cal, extended};
    }
    for (const Way& way : all) {
        const int cal = held(way, product, false, true, false, {}, true);
        if (cal < 0) continue;
        const bool whole = !cals_[cal].lease || cals_[cal].beyond >= 0;
        const int seat = free_seat(way, product, cals_[cal].covers.at(product.family),
                                   whole ? &cals_[cal] : nullptr);
        if (seat >= 0 && !seats_are_kept() && !has_lent(way.holder, way.kind)) {
            first_cal_at(host, product);
            leave_line(way.holder, way.kind, product.code);
            cals_[cal].gone = true;  // it becomes that seat
            const int64_t end = new_end(way.kind, product, seat, q, leased(seat));
            return Answer{Reason::cal_moved, give(way, product, seat, end, -1, leased(seat)), true};
        }
        const bool admits = rules.requirement == CalRequirement::trusted ||
                            cals_[cal].beyond >= 0 ||
                            (way.kind == PackKind::per_user && rules.overuse == OverUse::admit);
        return Answer{Reason::cal_overuse_held, cal,
                      cals_[cal].lease ? extend(cal, product, admits) : renew(cal, admits)};
    }
    return std::nullopt;
}

Model::Answer Model::seated(const Admit& q, const Way& way, int seat, Host& host,
                            const Product& product) {
    const bool older = std::any_of(cals_.begin(), cals_.begin() + before_, [&](const Cal& cal) {
        return cal.holder == way.holder && cal.kind == way.kind && live(cal) &&
               cal.covers.contains(product.family) && !serves(cal, product) && !cal.temporary;
    });
    first_cal_at(host, product);
    leave_line(way.holder, way.kind, product.code);
    const bool lease = leased(seat);
    const int cal = give(way, product, seat, new_end(way.kind, product, seat, q, lease), -1, lease);
    if (lease) return {Reason::seat_taken, cal, true};
    return {older ? Reason::cal_upgraded : Reason::cal_issued, cal, true};
}

// A temporary CAL that runs: active when it may be and a seat is free, else it admits to its end.
std::optional<Model::Answer> Model::temporary_answer(const Admit& q, const std::vector<Way>& all,
                                                     Host& host, const Product& product) {
    const bool starts_temporary = starts_with_days(q, product);
    for (const Way& way : all) {
        int longest = -1;
        bool validated = !starts_temporary;
        for (int i = 0; i < static_cast<int>(cals_.size()); ++i) {
            const Cal& cal = cals_[i];
            if (cal.holder != way.holder || cal.kind != way.kind || !live(cal) || !cal.temporary ||
                !serves(cal, product)) {
                continue;
            }
            const auto rank = [&](const Cal& each) {
                return std::pair(each.ends, -each.covers.at(product.family));
            };
            if (longest < 0 || rank(cal) > rank(cals_[longest])) longest = i;
            validated = validated || cal.validated;
        }
        if (longest < 0) continue;
        if (is_doubted(q, way, product)) return Answer{Reason::quarantine_held, longest};
        const int seat = free_seat_of(PackMetric::named, way, product, product.version);
        const bool absent = has_lent(way.holder, way.kind);
        if (validated && seat >= 0 && !seats_are_kept() && !absent)
            return seated(q, way, seat, host, product);
        return Answer{Reason::cal_temporary_held, longest};
    }
    return std::nullopt;
}

// Neither itself nor what it rests on asks for a CAL.
bool Model::needs_nothing(const Product& product) const {
    const auto asks = [](const Product& each) {
        return each.rules.requirement != CalRequirement::none;
    };
    return !asks(product) && std::ranges::none_of(product.bases, [&](const std::string& base) {
        return asks(products_.at(base));
    });
}

Model::Answer Model::answer(const Admit& q) {
    const auto found = products_.find(q.product);
    if (found == products_.end()) return {Reason::product_unknown};
    const Product& product = found->second;
    if (needs_nothing(product)) return {Reason::not_required};
    if (q.administrators && *q.administrators < product.rules.administrators_max)
        return {Reason::administration};
    if (q.service) return {Reason::host_service};
    if (const auto exempt = no_cal_for(q, product)) return {*exempt};
    const auto host = hosts_.find(q.host);
    if (host == hosts_.end() || host->second.removed) return {Reason::host_unknown};
    here_ = host->second.number;
    together_ = !product.bases.empty();
    const auto server = hosts_.find(q.from_server);
    if (server != hosts_.end() && !server->second.removed && !product.rules.cal_for_servers)
        return {Reason::server_to_server};
    if (!q.station.empty()) {
        const auto place = places_.find(q.station);
        if (place == places_.end() || place->second.removed ||
            place->second.number != host->second.number)
            return {Reason::station_unknown};
        if (host->second.console && place->second.kind != StationKind::console)
            return {Reason::host_in_console_mode};
    }
    // The host's own policy may name another mode, for this question.
    const LicensingMode own = std::exchange(host->second.mode, q.mode.value_or(host->second.mode));
    const Answer found_answer = answer_at(q, host->second, product);
    host->second.mode = own;
    return found_answer;
}

Model::Answer Model::answer_at(const Admit& q, Host& host, const Product& product) {
    if (!product.bases.empty()) return additive_answer(q, host, product);
    if (const auto licensed = host_license(q, host, product)) return {*licensed};
    const std::vector<Way> all = ways(q, host, product);
    if (auto held = held_answer(q, all, host, product)) return *held;
    return lacking_answer(q, all, host, product);
}

Model::Answer Model::lacking_answer(const Admit& q, const std::vector<Way>& all, Host& host,
                                    const Product& product) {
    const ProductRules& rules = product.rules;
    if (q.token && !all.empty()) return {Reason::cal_held_elsewhere};
    if (auto temporary = temporary_answer(q, all, host, product)) return *temporary;
    if (!all.empty() && seats_are_kept()) return {Reason::restore_window};
    if (auto lent = while_lent(all, host, product)) return *lent;

    // A device's first days.
    const bool starts_temporary = starts_with_days(q, product);
    for (const Way& way : all) {
        if (!way.takes) continue;
        if (auto doubt = first_doubt(q, way, product)) return *doubt;
        if (is_doubted(q, way, product)) continue;
        int seat = growing(way, product);
        if (seat < 0) seat = free_seat_of(PackMetric::named, way, product, product.version);
        bool ever = false;
        bool older = false;
        for (int i = 0; i < before_; ++i) {
            const Cal& cal = cals_[i];
            if (cal.holder != way.holder || cal.kind != way.kind ||
                !cal.covers.contains(product.family)) {
                continue;
            }
            ever = ever || serves(cal, product);
            older = older || (live(cal) && !cal.temporary);
        }
        if (way.kind == PackKind::per_device && starts_temporary && !ever &&
            !only_leases(way.kind, product) && !(older && seat >= 0)) {
            cals_.push_back({.holder = way.holder,
                             .kind = way.kind,
                             .product = product.code,
                             .covers = {{product.family, product.version}},
                             .temporary = true,
                             .issued = now_,
                             .ends = now_ + rules.temporary_days * kDay});
            return {Reason::cal_temporary_issued, static_cast<int>(cals_.size()) - 1, true};
        }
        if (seat < 0) seat = free_seat_of(PackMetric::per_server, way, product, product.version);
        if (seat < 0 && has_turn(way, product))
            seat = free_seat_of(PackMetric::concurrent, way, product, product.version);
        if (seat >= 0) return seated(q, way, seat, host, product);
    }
    return without_seat(q, all, host, product);
}

Model::Answer Model::without_seat(const Admit& q, const std::vector<Way>& ways, Host& host,
                                  const Product& product) {
    const ProductRules& rules = product.rules;
    const auto overuse = [&](const Way& way, int beyond) -> Answer {
        const bool lease = beyond < 0 ? only_leases(way.kind, product) : leased(beyond);
        const int64_t end = new_end(way.kind, product, beyond, q, lease);
        leave_line(way.holder, way.kind, product.code);
        return {Reason::cal_overuse_issued, give(way, product, -1, end, beyond, lease), true};
    };
    if (rules.requirement == CalRequirement::trusted) {
        for (const Way& way : ways) {
            if (way.takes) return overuse(way, overdraft(way.kind, product));
        }
    }
    for (const Way& way : ways) {
        if (q.administrators && sold_as(way.kind, PackMetric::per_server, product))
            return {Reason::administration_over_seats};
    }
    if (in_grace(host, product)) return {Reason::initial_grace};
    for (const Way& way : ways) {
        const bool takes = way.takes && !is_doubted(q, way, product);
        const int beyond = takes ? overdraft(way.kind, product) : -1;
        if (beyond >= 0) return overuse(way, beyond);
    }
    const bool only_devices_sold =
        sold(PackKind::per_device, product) && !sold(PackKind::per_user, product);
    const bool enforced = only_leases(PackKind::per_user, product) &&
                          !sold_as(PackKind::per_user, PackMetric::concurrent, product);
    if (rules.overuse == OverUse::admit && !enforced &&
        (host.mode == LicensingMode::per_user || !only_devices_sold)) {
        for (const Way& way : ways) {
            if (way.takes && way.kind == PackKind::per_user) return overuse(way, -1);
        }
    }
    const Reason reason = refusal(q, ways, host, product);
    if (reason == Reason::seats_all_in_use || reason == Reason::seats_reserved) {
        if (const auto waits = stand_in_line(q, ways, product)) return *waits;
    }
    return {reason};
}

Reason Model::refusal(const Admit& q, const std::vector<Way>& ways, const Host& host,
                      const Product& product) const {
    const bool trusted = product.rules.requirement == CalRequirement::trusted;
    if (host.mode == LicensingMode::not_configured && !trusted) return Reason::mode_not_configured;
    if (ways.empty())
        return host.mode == LicensingMode::per_device ? Reason::device_missing
                                                      : Reason::user_missing;
    for (const Way& way : ways) {
        if (is_doubted(q, way, product)) return Reason::look_alike_undecided;
    }
    Product upgradable = product;
    upgradable.rules.prevent_upgrade = false;
    for (const Way& way : ways) {
        if (free_seat(way, upgradable, product.version) >= 0 &&
            free_seat(way, product, product.version) < 0) {
            return Reason::upgrade_prevented;
        }
    }
    if (host.mode == LicensingMode::either) {
        if (q.station.empty() && q.device.empty() &&
            free_seat({PackKind::per_device, ""}, product, product.version) >= 0)
            return Reason::device_missing;
        if (q.station.empty() && q.user.empty() &&
            free_seat({PackKind::per_user, ""}, product, product.version) >= 0)
            return Reason::user_missing;
    }
    for (const Way& way : ways) {
        if (all_kept(way, product)) return Reason::seats_reserved;
    }
    for (const Way& way : ways) {
        if (sold_as(way.kind, PackMetric::concurrent, product)) return Reason::seats_all_in_use;
    }
    for (const Way& way : ways) {
        if (sold_as(way.kind, PackMetric::per_server, product))
            return Reason::host_seats_all_in_use;
    }
    for (const Way& way : ways) {
        if (lacks_activation(way.kind, product)) return Reason::server_not_activated;
    }
    for (const Way& way : ways) {
        int temporary = 0;
        int other = 0;
        for (const Cal& cal : cals_) {
            if (cal.holder == way.holder && cal.kind == way.kind && serves(cal, product)) {
                ++(cal.temporary ? temporary : other);
            }
        }
        if (temporary > 0 && other == 0) return Reason::temporary_cal_expired;
    }
    return Reason::no_cal_available;
}

// A new CAL (pack -1: over-use, out of the overdraft of `beyond` or none) in the place of all that
// it covers.
int Model::give(const Way& way, const Product& product, int pack, int64_t ends, int beyond,
                bool lease) {
    const int source = std::max(pack, beyond);
    const Product& its = source < 0 ? product : newest_in(packs_[source]);
    const auto covers = source < 0 ? std::map<std::string, int>{{its.family, its.version}}
                                   : covered_by(packs_[source]);
    const auto pays_for = [&](const Cal& cal) {
        if (lease && (!cal.lease || cal.borrowed) && !cal.overuse) return false;
        return (source < 0 || reaches(source, cal)) &&
               std::ranges::all_of(cal.covers, [&](const auto& each) {
                   const auto found = covers.find(each.first);
                   return found != covers.end() && found->second >= each.second;
               });
    };
    // A seat of a pack that has grown with its product is the same seat: who else uses it goes on.
    std::map<int, int64_t> uses;
    for (Cal& cal : cals_) {
        if (cal.holder == way.holder && cal.kind == way.kind && pays_for(cal) && live(cal) &&
            (pack >= 0 || !(cal.seat() || cal.of >= 0))) {
            const bool same = lease && cal.lease && cal.pack == pack && cal.beyond == beyond;
            uses = same ? cal.uses : std::map<int, int64_t>{};
            cal.gone = true;
        }
    }
    cals_.push_back({.holder = way.holder,
                     .kind = way.kind,
                     .product = its.code,
                     .covers = covers,
                     .pack = pack,
                     .beyond = beyond,
                     .overuse = pack < 0,
                     .issued = now_,
                     .ends = ends,
                     .lease = lease,
                     .uses = std::move(uses)});
    if (lease) cals_.back().uses[here_] = ends;
    return static_cast<int>(cals_.size()) - 1;
}

void Model::first_cal_at(Host& host, const Product& product) const {
    if (product.rules.grace_ends_with_first_cal && now_ < host.grace_until) host.grace_ended = true;
}

// Verbs.

// What would admit: a seat before over-use before a temporary CAL, the newest of each.
int Model::best(const std::string& holder, const Product& product) const {
    const auto rank = [&](int i) {
        const Cal& cal = cals_[i];
        return std::tuple(cal.ends, -cal.pack, -cal.covers.at(product.family));
    };
    using Lease = std::optional<bool>;
    for (const auto& [seat, overuse, temporary, lease] :
         {std::tuple(true, false, false, Lease(false)), std::tuple(false, false, false, Lease()),
          std::tuple(true, false, false, Lease(true)), std::tuple(false, true, false, Lease()),
          std::tuple(false, false, true, Lease())}) {
        // Only a station may have one of each kind.
        const int user =
            held({PackKind::per_user, holder}, product, seat, overuse, temporary, lease);
        const int device =
            held({PackKind::per_device, holder}, product, seat, overuse, temporary, lease);
        if (user >= 0 && device >= 0) return rank(user) > rank(device) ? user : device;
        if (user >= 0 || device >= 0) return std::max(user, device);
    }
    return lent_to_others(holder, product);
}

Observed Model::on(const scenario::Logon& step) {
    const int cal = best(machine_of(holder_of(step.device)), products_.at(step.product));
    if (cal < 0) return refused("cal_unknown");
    cals_[cal].validated = true;
    return {};
}

Observed Model::on(const scenario::Release& step) {
    const int cal = best(holder_of(step.holder), products_.at(step.product));
    if (cal < 0) return refused("cal_unknown");
    const int64_t wait = products_.at(cals_[cal].product).rules.reassign_days * kDay;
    if (step.why == ReturnReason::reassigned && !cals_[cal].lease &&
        now_ < cals_[cal].issued + wait)
        return refused("reassignment_too_early");
    end_loan(cal);
    cals_[cal].gone = true;
    return {};
}

Observed Model::on(const scenario::Revoke& step) {
    const int cal = best(holder_of(step.holder), products_.at(step.product));
    if (cal < 0) return refused("cal_unknown");
    Cal& taken = cals_[cal];
    if (taken.kind != PackKind::per_device || !taken.seat() || taken.lease)
        return refused("revoke_needs_device_cal");
    const Product& of = products_.at(taken.product);
    uint64_t installed = 0;
    for (const Pack& pack : packs_) {
        const Product& its = products_.at(pack.line.product);
        if (valid(pack) && pack.line.kind == PackKind::per_device &&
            pack.line.metric == PackMetric::named && its.family == of.family &&
            its.version <= of.version && of.version <= newest_in(pack).version) {
            installed += pack.line.quantity;
        }
    }
    const auto counting = std::ranges::count_if(revoked_, [&](const Revoked& each) {
        return each.family == of.family && each.version == of.version && each.until > now_;
    });
    const uint8_t percent = of.rules.revoke_percent;
    if ((static_cast<uint64_t>(counting) + 1) * 100 > installed * percent)
        return refused("revoke_limit_reached");
    end_loan(cal);
    revoked_.push_back({of.family, of.version, taken.ends});
    taken.gone = true;
    return {};
}

Observed Model::on(const scenario::Count& step) {
    Observed observed;
    observed.count = 0;
    if (step.what == scenario::Count::What::overdraft) {
        observed.count = drawn_from(pack_names_.at(step.name));
    } else if (step.what == scenario::Count::What::waiting) {
        observed.count = std::ranges::count_if(line_, [&](const Waiter& each) {
            return each.until > now_ && each.product == step.name && each.kind == step.kind;
        });
    } else if (step.what == scenario::Count::What::used) {
        const int pack = pack_names_.at(step.name);
        observed.count = packs_[pack].line.quantity - left_in(pack);
    } else if (step.what == scenario::Count::What::free) {
        const Product& product = products_.at(step.name);
        for (int i = 0; i < static_cast<int>(packs_.size()); ++i) {
            if (usable(packs_[i]) && packs_[i].line.kind == step.kind &&
                reach(packs_[i], product) >= product.version) {
                *observed.count += left_in(i);
            }
        }
    } else {
        const bool overuse = step.what == scenario::Count::What::overuse;
        for (const Cal& cal : cals_) {
            if (live(cal) && cal.product == step.name && (overuse ? cal.overuse : cal.temporary))
                ++*observed.count;
        }
    }
    return observed;
}

Observed Model::on(const scenario::Holds& step) {
    Observed observed;
    observed.holding = Holding{};
    const int cal = best(holder_of(step.holder), products_.at(step.product));
    if (cal < 0) return observed;
    const Cal& held = cals_[cal];
    observed.lasts = Seconds{held.ends - now_};
    observed.holding->what = held.temporary ? Holding::What::temporary
                             : held.overuse ? Holding::What::overuse
                                            : Holding::What::active;
    if (held.of >= 0) observed.holding->what = Holding::What::loan;
    if (is_lent(cal)) observed.holding->what = Holding::What::lent;
    const int pack = held.of >= 0 ? cals_[held.of].pack : held.pack;
    if (pack >= 0) observed.holding->pack = packs_[pack].line.name;
    return observed;
}

}  // namespace calm::sim
