// After a snapshot was read: whether its records fit together, and the indexes over them. A
// snapshot is trusted only behind its hash; this makes sure that damage that got through ends in an
// error and never in a wrong index.
#include <algorithm>

#include "core/coverage.h"

namespace calm {
namespace {

template <class E>
bool is_known(E value) {
    return name_of(value) != "?";
}

bool is_sound(const ProductState& state, uint64_t size) {
    const ProductRules& rules = state.product.rules;
    return check_product(state.product) && in_range(state.product.released.value_or(Instant{})) &&
           is_known(rules.requirement) && is_known(rules.overuse) && state.sequence < size;
}

bool is_sound(const std::optional<Agreement>& agreement) {
    return !agreement || (is_known(agreement->program) && check_agreement(*agreement).has_value());
}

bool is_sound(const std::optional<entry::PackOrigin>& origin) {
    return !origin || (is_known(origin->source) && origin->server.size() == kServerIdSize);
}

bool is_sound(const entry::PackInstalled& terms) {
    return is_sound(terms.moved_from) && terms.quantity > 0 && is_known(terms.kind) &&
           is_known(terms.channel) && is_known(terms.metric) && in_range(terms.not_before) &&
           in_range(terms.expires_at.value_or(Instant{})) &&
           in_range(terms.maintained_until.value_or(Instant{})) &&
           check_suite(terms.product, terms.also).has_value() && is_sound(terms.agreement) &&
           (!terms.agreement || terms.channel == Channel::volume) &&
           !(terms.declared && (terms.activation || terms.moved_from));
}

bool is_sound(const Host& host) {
    return is_known(host.mode) && is_known(host.preferred) && in_range(host.enrolled_at) &&
           in_range(host.grace_until);
}

bool is_sound(const Subject& subject, size_t cals, uint64_t size) {
    return subject.first.value <= cals && is_known(subject.kind) && subject.erased <= 1 &&
           subject.added_at() < size;
}

}  // namespace

bool Ledger::is_sound(const Cal& cal, CalId id) const {
    if (!cal.product || cal.product.value > products_.size() || cal.pack.value > packs_.size() ||
        !has_subject(cal.holder) || !may_hold(subject(cal.holder).kind, cal.kind()) ||
        cal.next >= id || cal.sequence >= size_ || !is_known(cal.state) ||
        cal.flags > Cal::kFlagsMax || cal.issued_at > cal.expires_at) {
        return false;
    }
    const CalId first = subject(cal.holder).first;
    if (!first || (cal.next && this->cal(cal.next).holder != cal.holder)) return false;
    if (!cal.standing()) return true;
    if (cal.on_loan() && (!cal.pack || cal.overuse())) return false;
    if (cal.borrowed() && !(cal.lease() && cal.spends_seat())) return false;
    if (cal.lease() && cal.state != CalState::active) return false;
    if (subject(cal.holder).erased != 0) return false;
    if (!cal.pack) return (cal.state == CalState::active) == cal.overuse();
    const Pack& pack = this->pack(cal.pack);
    const auto ends = pack.terms.expires_at;
    // Logs that are older than expire_left_stand_ins() have such CALs of packs that are gone.
    const bool left_behind = cal.on_loan() && cal.expires_at <= time_.seconds;
    return cal.state == CalState::active && (!pack.removed || left_behind) &&
           is_product_of(*this, pack, cal.product) && pack.terms.kind == cal.kind() &&
           (!cal.lease() || pack.leases()) && (!ends || cal.expires_at <= ends->seconds);
}

bool Ledger::rebuild_products() {
    if (products_.size() > 65535) return false;
    for (size_t i = 0; i < products_.size(); ++i) {
        ProductState& state = products_[i];
        const ProductId id{static_cast<uint16_t>(i + 1)};
        if (!calm::is_sound(state, size_)) return false;
        if (!product_ids_.emplace(state.product.code, id).second) return false;
        const auto [family, added] =
            family_ids_.try_emplace(state.product.family, static_cast<uint32_t>(families_.size()));
        if (added) {
            families_.emplace_back();
            family_products_.emplace_back();
        }
        state.family = family->second;
        family_products_[state.family].push_back(id);
    }
    for (ProductState& state : products_) {
        state.bases = find_products(state.product.bases);
        if (std::ranges::count(state.bases, ProductId{}) > 0) return false;
    }
    for (size_t i = 0; i < packs_.size(); ++i) {
        Pack& pack = packs_[i];
        pack.product = find_product(pack.terms.product);
        pack.suite = find_products(pack.terms.also);
        if (!pack.product || std::ranges::count(pack.suite, ProductId{}) > 0 ||
            pack.terms.pack.value != i + 1 || pack.sequence >= size_ ||
            !calm::is_sound(pack.terms)) {
            return false;
        }
        if (pack.converted > pack.terms.quantity || pack.converted_from.value > i) return false;
        if (const PackId with = pack.terms.included_with;
            with && (with.value > i || !is_cal_kind(pack.terms.kind) ||
                     this->pack(with).terms.kind != PackKind::server)) {
            return false;
        }
        if (pack.moved && (!pack.removed || pack.moved->to.size() != kServerIdSize ||
                           pack.moved->sequence >= size_ || !in_range(pack.moved->at))) {
            return false;
        }
        if (pack.host.value > hosts_.size()) return false;
        tell_pack(pack);
        link_pack(pack.terms.pack);
    }
    return true;
}

bool Ledger::rebuild_cals() {
    for (size_t i = 0; i < subjects_.size(); ++i) {
        const Subject& subject = subjects_[i];
        if (!calm::is_sound(subject, cals_.size(), size_)) return false;
        if (subject.first && cal(subject.first).holder.value != i + 1) return false;
    }
    for (size_t i = 0; i < cals_.size(); ++i) {
        const Cal& cal = cals_[i];
        const CalId id{static_cast<uint32_t>(i + 1)};
        if (!is_sound(cal, id)) return false;
        if (!cal.standing()) continue;
        if (cal.is_overdraft() &&
            ++packs_[cal.pack.value - 1].overdrawn > pack(cal.pack).terms.overdraft) {
            return false;
        }
        if (cal.spends_seat()) {
            if (++packs_[cal.pack.value - 1].used > pack(cal.pack).quantity()) return false;
        } else if (!cal.on_loan()) {
            ProductState& state = products_[cal.product.value - 1U];
            ++(cal.state == CalState::temporary ? state.temporary : state.overuse);
        }
        pool_of(cal).add({cal.expires_at, id});
    }
    for (Pack& pack : packs_)
        pack.due.build();
    for (ProductState& product : products_)
        product.due.build();
    return true;
}

bool Ledger::stations_are_sound() const {
    SubjectId before;
    for (const Station& each : stations_) {
        if (each.subject <= before || !has_subject(each.subject) ||
            subject(each.subject).kind != HolderKind::station || !each.host ||
            each.host.value > hosts_.size() || !is_known(each.kind) ||
            each.shows.value > subjects_.size()) {
            return false;
        }
        before = each.subject;
    }
    return true;
}

bool Ledger::rebuild_indexes() {
    constexpr uint64_t kEntriesMax = uint64_t{1} << 62;  // a store numbers them with 63 bits
    if (size_ > kEntriesMax) return false;
    if (!in_range(time_) || !is_known(policy_.default_mode)) return false;
    if (!in_range(restoration_.at) || restoration_.sequence > size_) return false;
    // Before the first entry there is nothing; what else there could be counts its entries itself.
    if (size_ == 0 && !(nodes_.empty() && vendors_.empty() && hosts_.empty())) return false;
    if (!vendors_are_sound() || !rebuild_products() || !rebuild_cals()) return false;
    for (const Host& host : hosts_) {
        if (!calm::is_sound(host)) return false;
    }
    if (!rebuild_hosts() || !rebuild_installations() || !stations_are_sound()) return false;
    if (!loans_are_sound() || !machines_are_sound() || !rebuild_leases()) return false;
    if (!rebuild_groups()) return false;
    for (const Withdrawal& each : withdrawals_) {
        if (!has_cal(each.cal) || !each.product || each.product.value > products_.size())
            return false;
    }
    uint32_t at = 0;
    for (size_t i = 0; i < requests_.size(); ++i) {
        const RememberedAnswer& answer = requests_[i];
        if (answer.cal.value > cals_.size() || answer.sequence >= size_ || answer.at < at ||
            answer.at > time_.seconds || !is_known(answer.reason)) {
            return false;
        }
        at = answer.at;
    }
    return true;
}

}  // namespace calm
