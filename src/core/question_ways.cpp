// Who could cover the admission, and with which kind of CAL.
#include "core/question.h"

namespace calm {

bool Question::in_initial_grace() const {
    if (rules_.initial_grace_days == 0 || host().grace_ended) return false;
    if (given_ != nullptr && given_->grace_over.contains(request_.host)) return false;
    return now_ < initial_grace_end(host(), rules_);
}

// Fills ways_ in the order in which they are tried; empty when nobody who could hold a CAL is
// named.
void Question::choose_ways() {
    ways_ = {};
    if (const Station* station = covered_station()) {
        station_ = {.presence = Party::Presence::known, .subject = station->subject};
    }
    const LicensingMode mode = this->mode();
    const bool trusted = rules_.requirement == CalRequirement::trusted;
    // Nothing says whom to charge. Only a product that is never enforced goes on.
    if (mode == LicensingMode::not_configured && !trusted) return;
    PackKind first = host().preferred;
    if (mode == LicensingMode::per_user) first = PackKind::per_user;
    if (mode == LicensingMode::per_device) first = PackKind::per_device;
    const bool both = mode == LicensingMode::either || mode == LicensingMode::not_configured;
    add_way(first);
    // Never enforced: whoever is named is counted, also where the mode asks for the other.
    if (both || (trusted && ways_.empty())) {
        add_way(first == PackKind::per_user ? PackKind::per_device : PackKind::per_user);
    }
}

void Question::add_way(PackKind kind) {
    const Party& person = kind == PackKind::per_user ? request_.user : request_.device;
    const Party& party = request_.at_station ? station_ : person;
    if (party.present()) ways_.add({.kind = kind, .party = &party});
}

// A seat that shows a virtual desktop costs one CAL, the desktop's (design.md 1, "station").
const Station* Question::covered_station() const {
    const Station* station = ledger_.station(request_.station);
    if (station == nullptr || station->host != request_.host) return nullptr;
    return station->shows ? ledger_.station(station->shows) : station;
}

// In console mode no station is usable, and all screens belong to the host itself (facts
// rd-licensing 11, "Modes").
std::optional<Decision> Question::refused_station() const {
    if (!request_.at_station) return {};
    const Station* station = ledger_.station(request_.station);
    if (station == nullptr || station->host != request_.host)
        return rest_on_everything(Reason::station_unknown);
    if (host().console_mode && station->kind != StationKind::console)
        return rest_on_everything(Reason::host_in_console_mode);
    return {};
}

// Where either kind may be taken, one that nobody bought is left out; when neither was bought, the
// preferred one is taken. Somebody takes in any case.
void Question::choose_takers() {
    if (ways_.size() < 2) return;
    const bool first = sold_as(ways_[0].kind);
    const bool second = sold_as(ways_[1].kind);
    ways_[0].takes = first || !second;
    ways_[1].takes = second;
}

const Stock& Question::stock(PackKind kind) const {
    auto& known = stocks_[kind == PackKind::per_device ? 1 : 0];
    if (known) return *known;
    known.emplace();
    if (given_ != nullptr && given_->sold == kind)
        known->sold[static_cast<size_t>(PackMetric::named)] = true;
    for (const PackId id : ledger_.family_packs(product_id_)) {
        const Pack& pack = ledger_.pack(id);
        if (pack.terms.kind != kind || !pack.valid(now_) || !pack.counts_at(request_.host) ||
            version_here(pack) < product_.version) {
            continue;
        }
        if (!pack.activated(now_)) {
            known->unactivated = true;
            continue;
        }
        const auto metric = static_cast<size_t>(pack.terms.metric);
        known->sold[metric] = true;
        if (is_kept_newer(pack, product_.version)) {
            known->newer = true;
        } else if (!known->with_seat[metric] && has_seat(id)) {
            known->with_seat[metric] = id;
        }
        known->reserved = known->reserved || !pack.reservations.empty();
        known->overdraft = known->overdraft || pack.terms.overdraft > 0;
    }
    return *known;
}

// A device's first CAL is a temporary one, and somebody must log on before it gets a seat. A
// station takes its seat at once (design.md 2, rule 5).
bool Question::starts_temporary() const {
    return !request_.at_station && rules_.requirement == CalRequirement::activated &&
           rules_.temporary_days > 0;
}

bool Question::overuse_admits(PackKind kind) const {
    if (rules_.requirement == CalRequirement::trusted) return true;
    return kind == PackKind::per_user && rules_.overuse == OverUse::admit;
}

}  // namespace calm
