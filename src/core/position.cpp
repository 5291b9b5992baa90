// Counting who needs what, and giving seats that nobody sits on to those without one.
#include "core/position.h"

#include <algorithm>
#include <limits>

#include "core/coverage.h"

namespace calm {
namespace {

constexpr size_t kNone = std::numeric_limits<size_t>::max();

// Of two CALs of one holder that cover the same, the one that is counted.
bool counted_before(const Cal& a, CalId a_id, const Cal& b, CalId b_id) {
    if (a.spends_seat() != b.spends_seat()) return a.spends_seat();
    if (a.state != b.state) return a.state == CalState::active;
    return a_id < b_id;
}

template <class Visit>
void each_other(const Ledger& ledger, CalId id, Instant now, Visit visit) {
    const Cal& cal = ledger.cal(id);
    for (CalId other = ledger.subject(cal.holder).first; other; other = ledger.cal(other).next) {
        const Cal& each = ledger.cal(other);
        if (other != id && each.live(now) && each.kind() == cal.kind() && !each.on_loan())
            visit(other, each);
    }
}

}  // namespace

bool PositionSweep::step(const Ledger& ledger, Instant now, size_t things) {
    for (; things > 0 && packs_ < ledger.packs().size(); --things)
        look_at_pack(ledger, {static_cast<uint32_t>(++packs_)}, now);
    for (; things > 0 && cals_ < ledger.cal_count(); --things)
        look_at_cal(ledger, {static_cast<uint32_t>(++cals_)}, now);
    if (things == 0 || !look_at_refusals(ledger, now, things)) return false;
    finish(ledger, now);
    return true;
}

// One product a step at the most.
bool PositionSweep::look_at_refusals(const Ledger& ledger, Instant now, size_t things) {
    if (ledger.stations().empty()) return true;
    while (refusals_of_ < ledger.products().size()) {
        const ProductId product{static_cast<uint16_t>(refusals_of_ + 1)};
        if (ledger.product(product).product.rules.requirement != CalRequirement::activated) {
            ++refusals_of_;
            continue;
        }
        if (!refusals_) refusals_.emplace(product, MoreCals{});
        if (!refusals_->step(ledger, now, things)) return false;
        for (const PackKind kind : {PackKind::per_user, PackKind::per_device}) {
            const uint64_t missing = refusals_->missing()[static_cast<size_t>(kind)];
            if (missing > 0) refused_[{product, kind}] = missing;
        }
        refusals_.reset();
        ++refusals_of_;
        return false;
    }
    return true;
}

PositionRow& PositionSweep::row(ProductId product, PackKind kind) {
    PositionRow& row = rows_[{product, kind}];
    row.product = product;
    row.kind = kind;
    return row;
}

void PositionSweep::look_at_pack(const Ledger& ledger, PackId id, Instant now) {
    const Pack& pack = ledger.pack(id);
    supply_of_pack_.push_back(kNone);
    if (!pack.valid(now) || !is_cal_kind(pack.terms.kind)) return;
    // A maintained pack is owned as the latest version that it reaches.
    const ProductId product = newest_of(ledger, pack);
    const auto [found, added] =
        supply_ids_.try_emplace({pack.terms.kind, product, pack.suite}, supplies_.size());
    if (added) supplies_.push_back({pack.terms.kind, product, pack.suite});
    supplies_[found->second].quantity += pack.quantity();
    supply_of_pack_.back() = found->second;
    PositionRow& pool = row(product, pack.terms.kind);
    pool.owned += pack.quantity();
    if (pack.terms.declared) pool.declared += pack.quantity();
}

// On a seat that is owned now.
bool PositionSweep::seated(const Cal& cal) const {
    return cal.spends_seat() && cal.pack.value <= supply_of_pack_.size() &&
           supply_of_pack_[cal.pack.value - 1] != kNone;
}

// Live, of a product that requires CALs, and not covered by another live CAL of its holder.
bool PositionSweep::counts(const Ledger& ledger, CalId id, Instant now) const {
    const Cal& cal = ledger.cal(id);
    const ProductState& product = ledger.product(cal.product);
    if (!cal.live(now) || product.product.rules.requirement == CalRequirement::none) return false;
    bool covered = false;
    each_other(ledger, id, now, [&](CalId other_id, const Cal& other) {
        if (!covers_all(ledger, other, cal)) return;
        if (!covers_all(ledger, cal, other) || counted_before(other, other_id, cal, id))
            covered = true;
    });
    return !covered;
}

void PositionSweep::look_at_cal(const Ledger& ledger, CalId id, Instant now) {
    const Cal& cal = ledger.cal(id);
    // A stand-in is counted by the CAL that was lent.
    if (!cal.live(now) || cal.on_loan()) return;
    // A pack that came while the CALs were looked at.
    while (packs_ < ledger.packs().size())
        look_at_pack(ledger, {static_cast<uint32_t>(++packs_)}, now);
    PositionRow& pool = row(cal.product, cal.kind());
    if (cal.state == CalState::temporary) ++pool.temporary;
    if (cal.overuse()) ++pool.overuse;
    if (cal.spends_seat()) ++pool.held;
    if (!counts(ledger, id, now)) return;
    ++pool.required;
    ++pool.holders[static_cast<size_t>(ledger.subject(cal.holder).kind)];
    if (seated(cal)) {
        Supply& supply = supplies_[supply_of_pack_[cal.pack.value - 1]];
        ++supply.sat_on;
        // Given before its pack reached so far.
        if (supply.product != cal.product) {
            ++row(cal.product, cal.kind()).borrowed;
            ++row(supply.product, cal.kind()).lent;
        }
    } else {
        note_lacks(ledger, id, now);
    }
}

// All that the holder lacks, once: when its first such CAL is looked at.
void PositionSweep::note_lacks(const Ledger& ledger, CalId id, Instant now) {
    const Cal& cal = ledger.cal(id);
    Lacks lacks{cal.kind(), {{cal.product, cal.state == CalState::temporary}}};
    Waiting waiting{cal.issued_at, cal.holder, false};
    bool first = true;
    each_other(ledger, id, now, [&](CalId other_id, const Cal& other) {
        if (seated(other) || !counts(ledger, other_id, now)) return;
        if (other_id < id) first = false;
        lacks.second.push_back({other.product, other.state == CalState::temporary});
        waiting.since = std::min(waiting.since, other.issued_at);
    });
    if (!first) return;
    std::ranges::sort(lacks.second);
    lacks_[lacks].push_back(waiting);
}

bool PositionSweep::serves(const Ledger& ledger, const Supply& supply, ProductId id,
                           PackKind kind) const {
    if (supply.kind != kind) return false;
    const ProductState& product = ledger.product(id);
    std::optional<uint16_t> version;
    const auto look = [&](ProductId covered) {
        const ProductState& state = ledger.product(covered);
        if (state.family != product.family) return;
        version = std::max(version.value_or(0), state.product.version);
    };
    look(supply.product);
    for (const ProductId each : supply.suite)
        look(each);
    if (!version || *version < product.product.version) return false;
    return !product.product.rules.prevent_upgrade || *version == product.product.version;
}

// One seat of a suite serves a holder for all that it covers, so those who lack several products
// come first.
void PositionSweep::serve_bundles(const Ledger& ledger) {
    std::vector<std::pair<Lacks, std::vector<Waiting>>> bundles;
    for (auto& [lacks, waiting] : lacks_) {
        if (lacks.second.size() > 1) bundles.emplace_back(lacks, std::move(waiting));
    }
    for (const auto& [lacks, waiting] : bundles)
        lacks_.erase(lacks);
    for (auto& [lacks, waiting] : bundles) {
        std::ranges::sort(waiting);
        serve_bundle(ledger, lacks, waiting);
    }
}

void PositionSweep::serve_bundle(const Ledger& ledger, const Lacks& lacks,
                                 std::vector<Waiting>& waiting) {
    const auto covered_by = [&](const Supply& supply) {
        return static_cast<size_t>(std::ranges::count_if(lacks.second, [&](const Lack& lack) {
            return serves(ledger, supply, lack.product, lacks.first);
        }));
    };
    auto next = waiting.begin();
    for (Supply& supply : supplies_) {
        if (supply.free == 0 || supply.suite.empty() || covered_by(supply) < 2) continue;
        const auto taken = std::min<uint64_t>(supply.free, waiting.end() - next);
        supply.free -= taken;
        Lacks left{lacks.first, {}};
        bool own = false;
        for (const Lack& lack : lacks.second) {
            if (!serves(ledger, supply, lack.product, lacks.first)) {
                left.second.push_back(lack);
            } else if (lack.product == supply.product) {
                own = true;
            } else {
                row(lack.product, lacks.first).borrowed += taken;
            }
        }
        if (!own) row(supply.product, supply.kind).lent += taken;
        auto& rest = lacks_[left];
        rest.insert(rest.end(), next, next + static_cast<ptrdiff_t>(taken));
        next += static_cast<ptrdiff_t>(taken);
    }
    auto& rest = lacks_[lacks];
    rest.insert(rest.end(), next, waiting.end());
}

// Those who wait, by what they wait for; the highest versions first.
std::vector<PositionSweep::Demand> PositionSweep::demands(const Ledger& ledger) {
    std::map<std::pair<PackKind, ProductId>, std::vector<Waiting>> waiting;
    for (const auto& [lacks, holders] : lacks_) {
        for (const Lack& lack : lacks.second) {
            auto& into = waiting[{lacks.first, lack.product}];
            for (Waiting each : holders) {
                each.temporary = lack.temporary;
                into.push_back(each);
            }
        }
    }
    std::vector<Demand> out;
    for (auto& [key, holders] : waiting) {
        std::ranges::sort(holders);
        out.push_back({.product = key.second, .kind = key.first, .waiting = std::move(holders)});
        find_options(ledger, out.back());
    }
    const auto order = [&](const Demand& demand) {
        const int version = ledger.product(demand.product).product.version;
        return std::tuple(-version, demand.kind, demand.product);
    };
    std::ranges::sort(out, {}, order);
    return out;
}

// Its own product's seats, then those of the lowest sufficient version, then the narrowest suite.
void PositionSweep::find_options(const Ledger& ledger, Demand& demand) const {
    for (size_t i = 0; i < supplies_.size(); ++i) {
        if (serves(ledger, supplies_[i], demand.product, demand.kind)) demand.options.push_back(i);
    }
    std::ranges::sort(demand.options, {}, [&](size_t i) {
        const Supply& supply = supplies_[i];
        return std::tuple(supply.suite.size(), supply.product != demand.product,
                          ledger.product(supply.product).product.version, i);
    });
}

uint64_t PositionSweep::Demand::served() const {
    uint64_t seats = 0;
    for (const auto& [supply, count] : from)
        seats += count;
    return seats;
}

// Seats for one demand: free ones, or such as another demand can do without. The value: how many
// were found, at most `amount`; 0: none.
uint64_t PositionSweep::push(std::vector<Demand>& demands, size_t demand, uint64_t amount,
                             std::vector<bool>& seen) {
    for (const size_t i : demands[demand].options) {
        if (supplies_[i].free == 0) continue;
        const uint64_t taken = std::min(amount, supplies_[i].free);
        supplies_[i].free -= taken;
        demands[demand].from[i] += taken;
        return taken;
    }
    for (const size_t i : demands[demand].options) {
        if (seen[i]) continue;
        seen[i] = true;
        for (size_t other = 0; other < demands.size(); ++other) {
            const auto held = demands[other].from.find(i);
            if (other == demand || held == demands[other].from.end() || held->second == 0) continue;
            const uint64_t moved = push(demands, other, std::min(amount, held->second), seen);
            if (moved == 0) continue;
            demands[other].from[i] -= moved;
            demands[demand].from[i] += moved;
            return moved;
        }
    }
    return 0;
}

// Augmenting paths: a demand that was served stays so, and as many as possible are.
void PositionSweep::serve(std::vector<Demand>& demands) {
    for (size_t i = 0; i < demands.size(); ++i) {
        uint64_t wanted = demands[i].waiting.size();
        while (wanted > 0) {
            std::vector<bool> seen(supplies_.size());
            const uint64_t found = push(demands, i, wanted, seen);
            if (found == 0) break;
            wanted -= found;
        }
    }
}

// Seats for those who wait; what remains stands in the supplies, and what was lent in the rows.
std::vector<PositionSweep::Demand> PositionSweep::assign(const Ledger& ledger, bool bundles_first) {
    for (Supply& supply : supplies_)
        supply.free = supply.quantity - std::min(supply.quantity, supply.sat_on);
    if (bundles_first) serve_bundles(ledger);
    std::vector<Demand> all = demands(ledger);
    serve(all);
    for (const Demand& demand : all) {
        for (const auto& [supply, count] : demand.from) {
            if (supplies_[supply].product == demand.product) continue;
            row(demand.product, demand.kind).borrowed += count;
            row(supplies_[supply].product, demand.kind).lent += count;
        }
    }
    return all;
}

void PositionSweep::finish(const Ledger& ledger, Instant now) {
    const bool bundles =
        std::ranges::any_of(lacks_, [](const auto& each) { return each.first.second.size() > 1; });
    const auto all_short = [](const std::vector<Demand>& demands) {
        uint64_t sum = 0;
        for (const Demand& demand : demands)
            sum += demand.short_of();
        return sum;
    };
    PositionSweep apart;
    if (bundles) apart = *this;
    std::vector<Demand> all = assign(ledger, bundles);
    if (bundles && all_short(all) > 0) {
        std::vector<Demand> other = apart.assign(ledger, false);
        if (all_short(other) < all_short(all)) {
            *this = std::move(apart);
            all = std::move(other);
        }
    }
    for (const Demand& demand : all)
        row(demand.product, demand.kind).short_of = demand.short_of();
    for (const auto& [key, stations] : refused_) {
        PositionRow& lacking = row(key.first, key.second);
        lacking.required += stations;
        lacking.holders[static_cast<size_t>(HolderKind::station)] += stations;
        lacking.short_of += stations;
        lacking.refused = stations;
    }
    for (const Supply& supply : supplies_)
        row(supply.product, supply.kind).spare += supply.free;
    count_other_packs(ledger, now);
    count_hosts(ledger, now);
    const auto place = [&](const auto& each) {
        return std::pair(std::string_view(ledger.product(each.product).product.code), each.kind);
    };
    std::ranges::sort(all, {}, place);
    for (const Demand& demand : all) {
        for (size_t i = demand.served(); i < demand.waiting.size(); ++i) {
            const Waiting& each = demand.waiting[i];
            position_.uncovered.push_back(
                {demand.product, demand.kind, each.holder, Instant{each.since}, each.temporary});
        }
    }
    for (const auto& [key, each] : rows_)
        position_.rows.push_back(each);
    std::ranges::sort(position_.rows, {}, place);
    position_.at = now;
    position_.entries = ledger.size();
}

Position position_of(const Ledger& ledger, Instant now) {
    PositionSweep sweep;
    while (!sweep.step(ledger, now, std::numeric_limits<size_t>::max())) {
    }
    return sweep.take();
}

}  // namespace calm
