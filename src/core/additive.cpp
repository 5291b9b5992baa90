// The order matters: CALs that move or are new come first, because they may make what is held
// superfluous; a suite's seat that covers several products comes before a seat for each.
#include "core/additive.h"

#include <algorithm>
#include <iterator>

namespace calm {

AdditiveQuestion::AdditiveQuestion(const Ledger& ledger, const AdmissionRequest& request,
                                   Instant now, ProductId product)
    : ledger_(ledger), request_(request), now_(now), asked_(product) {
    const auto add = [&](ProductId id) {
        if (ledger_.product(id).product.rules.requirement == CalRequirement::none) return;
        add_part(id);
    };
    for (const ProductId base : ledger_.product(product).bases)
        add(base);
    // The asked product is there whatever it requires: its exemptions are everybody's.
    add_part(product);
}

// Whether the asked product asks for no CAL of its own, as an edition that is sold in licenses of
// hosts only.
bool AdditiveQuestion::asks_for_none() const {
    return ledger_.product(asked_).product.rules.requirement == CalRequirement::none;
}

void AdditiveQuestion::add_part(ProductId product) {
    parts_.push_back({product, Question(ledger_, request_, now_, product, &entries_), {}});
}

// What its bases answer rests on what the asked product says of itself, too.
Decision AdditiveQuestion::answer() {
    Decision decision = all_or_none();
    decision.rests_on = std::max(decision.rests_on, ledger_.product(asked_).sequence + 1);
    return decision;
}

Decision AdditiveQuestion::all_or_none() {
    if (asks_for_none() && parts_.size() == 1) return parts_.back().question.not_required();
    if (const auto exempt = parts_.back().question.exemption()) return *exempt;
    if (asks_for_none()) parts_.pop_back();
    if (const auto licensed = drop_host_licensed()) return *licensed;
    for (Part& part : parts_)
        part.held = part.question.held();
    move_over_use();
    take_suite();
    if (auto refused = take_lacking()) return *refused;
    end_grace();
    take_held();
    return together();
}

// What the host's own license covers needs no CAL; the others still do. When it covers all, that is
// the answer.
std::optional<Decision> AdditiveQuestion::drop_host_licensed() {
    std::optional<Decision> licensed;
    std::vector<ProductId> left;
    for (const Part& part : parts_) {
        if (auto answer = part.question.host_licensed()) {
            licensed = std::move(answer);
        } else {
            left.push_back(part.product);
        }
    }
    if (left.empty()) return licensed;
    dropped_ = left.size() < parts_.size();
    if (!dropped_) return {};
    parts_.clear();
    for (const ProductId id : left)
        add_part(id);
    return {};
}

// Whether a CAL that is given in this admission admits to this product too.
bool AdditiveQuestion::covered_so_far(ProductId product) const {
    const ProductState& wanted = ledger_.product(product);
    return std::ranges::any_of(entries_, [&](const EntryBody& body) {
        const CalStatement* cal = stated_cal(body);
        if (cal == nullptr) return false;
        const auto version = version_in(ledger_, stated(ledger_, *cal), wanted.family);
        return version && *version >= wanted.product.version;
    });
}

void AdditiveQuestion::take(Part& part, const Decision& decision) {
    part.settled = true;
    add(decision);
}

// All but the end of the grace, which follows from what is given in the end.
void AdditiveQuestion::add(const Decision& decision) {
    if (decision.entries.empty()) return;
    std::ranges::copy_if(decision.entries, std::back_inserter(entries_), [](const auto& body) {
        return !std::holds_alternative<entry::HostGraceEnded>(body);
    });
    wrote_ = decision;
}

// The host's grace ends when a product whose rule says so gets its first seat there, whichever
// product's seat that is. REQUIRES: nothing is in entries_ but what is new or moves.
void AdditiveQuestion::end_grace() {
    const Host& host = ledger_.host(request_.host);
    if (host.grace_ended || now_ >= host.grace_until) return;
    const bool ends = std::ranges::any_of(parts_, [&](const Part& part) {
        const ProductState& wanted = ledger_.product(part.product);
        return wanted.product.rules.grace_ends_with_first_cal &&
               std::ranges::any_of(entries_, [&](const EntryBody& body) {
                   const CalStatement* cal = stated_cal(body);
                   if (cal == nullptr || !cal->pack || cal->overuse) return false;
                   const auto version = version_in(ledger_, stated(ledger_, *cal), wanted.family);
                   return version && *version >= wanted.product.version;
               });
    });
    if (ends) entries_.insert(entries_.begin(), entry::HostGraceEnded{request_.host});
}

void AdditiveQuestion::move_over_use() {
    for (Part& part : parts_) {
        if (!part.held || part.held->reason != Reason::cal_moved) continue;
        if (covered_so_far(part.product)) continue;
        // Chosen before the others moved, it would give back what they have moved to a seat.
        if (!entries_.empty()) part.held = part.question.held();
        if (drop_moves_for(*part.held)) part.held = part.question.held();
        take(part, *part.held);
        moves_.push_back(*part.held);
    }
}

// A move that gives no more than the seat in `decision` does is not made: its over-use CAL is given
// back for that seat instead, or its holder would pay twice. REQUIRES: nothing but moves was taken
// that is to stay. ENSURES: when true, entries_ are those of the moves that are left.
bool AdditiveQuestion::drop_moves_for(const Decision& decision) {
    const auto needless = [&](const Decision& move) {
        return gives_no_more(move.entries.back(), decision);
    };
    if (std::ranges::none_of(moves_, needless)) return false;
    std::erase_if(moves_, needless);
    entries_.clear();
    wrote_.reset();
    for (const Decision& move : moves_)
        add(move);
    return true;
}

// One seat for all that is lacking is cheaper than one for each.
void AdditiveQuestion::take_suite() {
    std::vector<Part*> lacking;
    for (Part& part : parts_) {
        if (!part.held && !covered_so_far(part.product)) lacking.push_back(&part);
    }
    if (lacking.size() < 2) return;
    Part& last = *lacking.back();
    for (const PackId id : ledger_.family_packs(last.product)) {
        const Pack& pack = ledger_.pack(id);
        const bool serves_all = std::ranges::all_of(lacking, [&](const Part* part) {
            const ProductState& wanted = ledger_.product(part->product);
            const auto version = reach_in(ledger_, pack, wanted.family);
            const auto sold = version_in(ledger_, pack, wanted.family);
            return version && *version >= wanted.product.version &&
                   (*sold <= wanted.product.version || !wanted.product.rules.prevent_upgrade);
        });
        if (!serves_all || !pack.usable(now_)) continue;
        auto answer = last.question.seated_from(id);
        if (!answer) continue;
        if (drop_moves_for(*answer)) answer = last.question.seated_from(id);
        return take(last, *answer);
    }
}

// What refuses, or admits without a CAL, stands alone: then nothing is written for anybody.
std::optional<Decision> AdditiveQuestion::take_lacking() {
    std::vector<Part*> lacking;
    for (Part& part : parts_) {
        if (!part.held && !part.settled) lacking.push_back(&part);
    }
    std::vector<EntryBody> before = entries_;
    auto wrote_before = wrote_;
    std::vector<size_t> ends(lacking.size());  // of what each one wrote, in entries_
    for (size_t i = 0; i < lacking.size();) {
        Part& part = *lacking[i];
        ends[i] = entries_.size();
        if (covered_so_far(part.product)) {
            ++i;
            continue;
        }
        Decision decision = part.question.lacking();
        if (decision.verdict() == Verdict::deny || decision.reason == Reason::initial_grace ||
            decision.reason == Reason::restore_window ||
            decision.reason == Reason::administration_over_seats) {
            if (decision.verdict() == Verdict::deny && part.product != asked_) {
                decision.lacks = part.product;
            }
            decision.entries.clear();
            return decision;
        }
        if (drop_moves_for(decision)) {
            before = entries_;
            wrote_before = wrote_;
            i = 0;
            continue;
        }
        if (const auto entry = made_superfluous(decision, before.size())) {
            // Whoever chose that one looks again behind the others, and finds itself covered.
            const auto chooser =
                std::ranges::find_if(ends, [&](size_t end) { return end > *entry; });
            const auto at = lacking.begin() + (chooser - ends.begin());
            std::rotate(at, at + 1, lacking.end());
            entries_ = before;
            wrote_ = wrote_before;
            i = 0;
            continue;
        }
        part.held = decision;
        take(part, decision);
        ends[i++] = entries_.size();
    }
    return {};
}

// Which of entries_, from `first` on, gives no more than the seat in `decision` does.
std::optional<size_t> AdditiveQuestion::made_superfluous(const Decision& decision,
                                                         size_t first) const {
    for (size_t i = first; i < entries_.size(); ++i) {
        if (gives_no_more(entries_[i], decision)) return i;
    }
    return {};
}

// Whether `body` states a CAL that the seat in `decision` covers whole.
bool AdditiveQuestion::gives_no_more(const EntryBody& body, const Decision& decision) const {
    const CalStatement* given =
        decision.entries.empty() ? nullptr : stated_cal(decision.entries.back());
    const CalStatement* cal = stated_cal(body);
    if (given == nullptr || !given->pack || cal == nullptr || cal->kind != given->kind)
        return false;
    if (given->overuse && cal->pack && !cal->overuse) return false;  // it leaves seats alone
    if (given->lease && !cal->lease && !cal->overuse) return false;  // and that what lasts
    return covers_all(ledger_, stated(ledger_, *given), stated(ledger_, *cal));
}

// Renewals, the asked product's first, because a suite's CAL may be held for several. They give no
// new number, so they may stand before the rest.
void AdditiveQuestion::take_held() {
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
        if (part->settled || covered_so_far(part->product)) continue;
        if (part->held->entries.empty()) continue;
        entries_.insert(entries_.begin(), part->held->entries.begin(), part->held->entries.end());
        if (!wrote_) wrote_ = part->held;
    }
}

// What was written last is the answer, so that the same request gets the same one again (I3); when
// nothing was, the asked product's CAL is.
Decision AdditiveQuestion::together() {
    if (wrote_) {
        wrote_->entries = std::move(entries_);
        return *wrote_;
    }
    Decision decision = *parts_.back().held;
    for (const Part& part : parts_)
        decision.rests_on = std::max(decision.rests_on, part.held->rests_on);
    if (dropped_) decision.rests_on = ledger_.size();
    return decision;
}

}  // namespace calm
