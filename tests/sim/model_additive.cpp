// Products that need the CALs of other products as well, in the naive model: it tries, and puts
// everything back when one of them refuses.
#include <algorithm>
#include <map>

#include "model.h"

namespace calm::sim {

namespace {

// Then nothing is given of the other products.
bool stands_alone(Reason reason) {
    return !allows(reason) || reason == Reason::initial_grace || reason == Reason::restore_window ||
           reason == Reason::administration_over_seats;
}

}  // namespace

// What the host itself is licensed for needs no CAL; why, when nothing is left.
std::optional<Reason> Model::drop_licensed(const scenario::Admit& q, const Host& host,
                                           std::vector<Product>& parts) const {
    std::optional<Reason> licensed;
    std::erase_if(parts, [&](const Product& part) {
        const auto reason = host_license(q, host, part);
        if (reason) licensed = reason;
        return reason.has_value();
    });
    return parts.empty() ? licensed : std::nullopt;
}

Model::Answer Model::additive_answer(const scenario::Admit& q, Host& host, const Product& product) {
    std::vector<Product> parts;
    for (const std::string& base : product.bases) {
        if (products_.at(base).rules.requirement != CalRequirement::none)
            parts.push_back(products_.at(base));
    }
    if (product.rules.requirement != CalRequirement::none) parts.push_back(product);
    if (const auto licensed = drop_licensed(q, host, parts)) return {*licensed};

    Together all{
        .asked = product.code, .parts = parts, .cals = cals_, .doubts = doubts_, .host = host};
    // What each of them would say alone, with nothing of the others done yet.
    for (const Product& part : parts) {
        Together::Alone each{held_answer(q, ways(q, host, part), host, part)};
        each.moves = each.held && each.held->reason == Reason::cal_moved;
        all.alone.push_back(each);
        cals_ = all.cals;
        host = all.host;
    }
    for (size_t i = 0; i < parts.size(); ++i) {
        if (all.alone[i].moves && !given_in(all, parts[i]))
            all.note(*held_answer(q, ways(q, host, parts[i]), host, parts[i]));
    }
    std::vector<size_t> lacking;
    for (size_t i = 0; i < parts.size(); ++i) {
        if (!all.alone[i].held && !given_in(all, parts[i])) lacking.push_back(i);
    }
    if (lacking.size() >= 2) all.note(suite_answer(q, lacking, parts, host));
    if (const auto refusal = give_lacking(q, host, all, lacking)) return *refusal;
    host = all.host;
    note_first_seats(host, parts, all.cals.size());
    for (size_t i = parts.size(); i-- > 0;) {
        if (all.alone[i].moves || std::ranges::count(lacking, i) > 0 || given_in(all, parts[i]))
            continue;
        const Answer answer = *held_answer(q, ways(q, host, parts[i]), host, parts[i]);
        if (answer.wrote && !all.last.wrote) all.last = answer;
    }
    return all.last.wrote ? all.last : *all.alone.back().held;
}

// Whether something that this admission gave so far serves the part.
bool Model::given_in(const Together& all, const Product& part) const {
    for (size_t i = 0; i < cals_.size(); ++i) {
        const bool is_new = i >= all.cals.size() || cals_[i].ends != all.cals[i].ends;
        if (is_new && live(cals_[i]) && serves(cals_[i], part)) return true;
    }
    return false;
}

// What stands alone, when a part is answered so.
std::optional<Model::Answer> Model::give_lacking(const scenario::Admit& q, Host& host,
                                                 Together& all, std::vector<size_t>& lacking) {
    const std::vector<Cal> cals_before = cals_;
    const Answer last_before = all.last;
    std::map<size_t, size_t> quarantined;  // part -> its CAL
    for (size_t n = 0; n < lacking.size();) {
        const size_t i = lacking[n++];
        const Product& part = all.parts[i];
        if (given_in(all, part)) continue;
        // Whether the host is in its grace is looked at as it was before all this.
        host = all.host;
        const Answer answer = lacking_answer(q, ways(q, host, part), host, part);
        if (stands_alone(answer.reason)) {
            cals_ = all.cals;
            doubts_ = all.doubts;
            host = all.host;
            const bool base = part.code != all.asked && !allows(answer.reason);
            return Answer{.reason = answer.reason, .lacks = base ? part.code : ""};
        }
        all.note(answer);
        all.alone[i].held = answer;
        if (answer.reason == Reason::quarantine_begun) quarantined[i] = cals_.size() - 1;
        // A quarantine whose CAL gives way to a seat at once was none: that part is looked at last.
        const auto needless = std::ranges::find_if(
            quarantined, [&](const auto& each) { return !live(cals_[each.second]); });
        if (needless == quarantined.end()) continue;
        std::erase(lacking, needless->first);
        lacking.push_back(needless->first);
        quarantined.clear();
        cals_ = cals_before;
        doubts_ = all.doubts;
        all.last = last_before;
        n = 0;
    }
    return std::nullopt;
}

// The grace ends for each product that was given a seat, whichever product's seat that is.
void Model::note_first_seats(Host& host, const std::vector<Product>& parts, size_t from) const {
    for (const Product& part : parts) {
        const auto is_its_seat = [&](const Cal& cal) {
            return cal.seat() && live(cal) && serves(cal, part);
        };
        if (std::any_of(cals_.begin() + static_cast<std::ptrdiff_t>(from), cals_.end(),
                        is_its_seat)) {
            first_cal_at(host, part);
        }
    }
}

// One seat for all that is lacking.
Model::Answer Model::suite_answer(const scenario::Admit& q, const std::vector<size_t>& lacking,
                                  const std::vector<Product>& parts, Host& host) {
    if (seats_are_kept()) return {Reason::no_cal_available};
    const Product& product = parts[lacking.back()];
    std::vector<int> order(packs_.size());
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<int>(i);
    std::ranges::stable_sort(order, {}, [&](int i) {
        return std::pair(sold_up_to(packs_[i], product), packs_[i].line.also.size());
    });
    for (const int i : order) {
        const bool serves_all = std::ranges::all_of(lacking, [&](size_t part) {
            const int version = parts[part].version;
            return reach(packs_[i], parts[part]) >= version &&
                   (sold_up_to(packs_[i], parts[part]) <= version ||
                    !parts[part].rules.prevent_upgrade);
        });
        if (!serves_all || !usable(packs_[i]) || leased(i)) continue;
        for (const Way& way : ways(q, host, product)) {
            const bool temporary_first =
                way.kind == PackKind::per_device && starts_with_days(q, product);
            if (!way.takes || way.kind != packs_[i].line.kind || temporary_first) continue;
            if (has_lent(way.holder, way.kind) || is_doubted(q, way, product)) continue;
            if (!looks_like(q, way, product).empty() || left_for(i, way.holder) == 0) continue;
            return seated(q, way, i, host, product);
        }
    }
    return {Reason::no_cal_available};
}

}  // namespace calm::sim
