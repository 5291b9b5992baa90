// New CALs: which seat is taken, what it replaces, and how long it runs.
#include "core/question.h"
#include "core/reservations.h"
#include "core/verbs.h"

namespace calm {
namespace {

// What lasts is given first, then what counts here only.
constexpr std::array kMetrics{PackMetric::named, PackMetric::per_server, PackMetric::concurrent};

}  // namespace

// Rule 5, first contact of a device: 90 days that spend no seat, even when one is free. A device
// that ever held a CAL of this version or a later one has had its first contact.
std::optional<Decision> Question::first_temporary(const Way& way) const {
    if (way.kind != PackKind::per_device || !starts_temporary()) return {};
    if (only_leases_sold(way.kind)) return {};
    if (find_cal(way, [&](const Cal& cal) { return sufficient(cal); })) return {};
    // One that holds an older CAL is upgraded when it can be (facts rd-licensing 2, event 82).
    const CalId older = find_cal(
        way, [&](const Cal& cal) { return cal.state == CalState::active && cal.live(now_); });
    if (older && (growing(way) || free_seat_of(PackMetric::named, way, {}, product_.version))) {
        return {};
    }
    Decision decision;
    CalStatement cal = new_statement(way, {}, decision);
    cal.state = CalState::temporary;
    cal.expires_at = std::min(now_ + days(rules_.temporary_days), kInstantMax);
    decision.reason = Reason::cal_temporary_issued;
    decision.cal = cal.cal;
    decision.expires_at = cal.expires_at;
    decision.entries.emplace_back(entry::CalIssued{cal});
    return decision;
}

// The pack of a seat that the holder has for an earlier version and that its pack's maintenance
// carries on to this one; zero: none. Of several the pack installed first.
PackId Question::growing(const Way& way) const {
    PackId first;
    if (way.party->presence != Party::Presence::known) return first;
    for (CalId id = ledger_.subject(way.party->subject).first; id; id = ledger_.cal(id).next) {
        const Cal& cal = ledger_.cal(id);
        if (cal.kind() != way.kind || !cal.spends_seat() || cal.borrowed() || !cal.live(now_) ||
            !version_here(cal) || sufficient(cal) || written_so_far(id)) {
            continue;
        }
        const Pack& pack = ledger_.pack(cal.pack);
        if (pack.usable(now_) && pack.counts_at(request_.host) &&
            version_here(pack) >= product_.version && (!first || cal.pack < first)) {
            first = cal.pack;
        }
    }
    return first;
}

std::optional<Decision> Question::seated(const Way& way) const {
    if (const PackId own = growing(way)) return issue(way, {own, {}});
    const CalId own_expired =
        find_cal(way, [&](const Cal& cal) { return cal.spends_seat() && !cal.live(now_); });
    for (const PackMetric metric : kMetrics) {
        const auto seat = free_seat_of(metric, way, own_expired, product_.version);
        if (seat && (metric != PackMetric::concurrent || has_turn(way))) return issue(way, *seat);
    }
    return {};
}

std::optional<Decision> Question::seated_from(PackId pack) {
    if (seats_are_kept() || ledger_.pack(pack).leases()) return {};
    choose_takers();
    for (const Way& way : ways_) {
        if (!way.takes || ledger_.pack(pack).terms.kind != way.kind || has_lent(way)) continue;
        if (is_doubted(way) || looks_like(way)) continue;
        if (way.kind == PackKind::per_device && starts_temporary()) continue;
        const CalId own = find_cal(way, [&](const Cal& cal) {
            return cal.spends_seat() && !cal.live(now_) && cal.pack == pack;
        });
        if (const auto seat = seat_in(pack, way, own)) return issue(way, *seat);
    }
    return {};
}

Decision Question::issue(const Way& way, const Seat& seat) const {
    const bool lease = ledger_.pack(seat.pack).leases();
    const CalId older = find_cal(way, [&](const Cal& cal) {
        return cal.state == CalState::active && cal.live(now_) && !sufficient(cal);
    });
    Decision decision;
    if (seat.expired) decision.entries.emplace_back(entry::CalExpired{seat.expired});
    const Place place{.pack = seat.pack, .lease = lease};
    const CalId record = replace_covered(way, place, seat.expired, decision);
    CalStatement cal = new_statement(way, record, decision);
    cal.pack = seat.pack;
    cal.product = newest_product(seat.pack);
    cal.converted = static_cast<bool>(ledger_.pack(seat.pack).converted_from);
    cal.lease = lease;
    cal.expires_at = expiry(way.kind, seat.pack, lease);
    decision.reason = lease   ? Reason::seat_taken
                      : older ? Reason::cal_upgraded
                              : Reason::cal_issued;
    decision.cal = cal.cal;
    decision.expires_at = cal.expires_at;
    end_grace(decision);
    leave_line(way, decision);
    decision.entries.emplace_back(entry::CalIssued{cal});
    return decision;
}

// `beyond`: out of whose overdraft; a zero pack: the rule alone admits.
Decision Question::issue_overuse(const Way& way, const Seat& beyond) const {
    Decision decision;
    if (beyond.expired) decision.entries.emplace_back(entry::CalExpired{beyond.expired});
    const bool lease =
        beyond.pack ? ledger_.pack(beyond.pack).leases() : only_leases_sold(way.kind);
    const Place place{.pack = beyond.pack, .seat = false, .lease = lease};
    const CalId record = replace_covered(way, place, beyond.expired, decision);
    CalStatement cal = new_statement(way, record, decision);
    cal.overuse = true;
    cal.lease = lease;
    if (beyond.pack) {
        cal.pack = beyond.pack;
        cal.product = newest_product(beyond.pack);
        cal.converted = static_cast<bool>(ledger_.pack(beyond.pack).converted_from);
    }
    cal.expires_at = expiry(way.kind, beyond.pack, lease);
    decision.reason = Reason::cal_overuse_issued;
    decision.cal = cal.cal;
    decision.expires_at = cal.expires_at;
    leave_line(way, decision);
    decision.entries.emplace_back(entry::CalIssued{cal});
    return decision;
}

bool Question::would_cover(PackId pack, const Cal& cal) const {
    return pack ? covers_all(ledger_, ledger_.pack(pack), cal) : covers_all(ledger_, stated_, cal);
}

// A new CAL takes the place of all that it covers, so that its holder pays once (I4); one that
// spends no seat leaves seats alone. Returns the record that it is written into: the one of a CAL
// that it replaces, else one that is over, else zero. A record never goes down to something less:
// it remembers what its holder has had. `expired`: whose expiry is among the entries.
CalId Question::replace_covered(const Way& way, const Place& place, CalId expired,
                                Decision& decision) const {
    const auto covered = [&](const Cal& cal) { return cal.live(now_) && replaces(place, cal); };
    CalId record = find_cal(
        way, [&](const Cal& cal) { return cal.state == CalState::temporary && covered(cal); });
    if (!record) record = find_cal(way, covered);
    if (!record) {
        record = find_cal(
            way, [&](const Cal& cal) { return !cal.live(now_) && would_cover(place.pack, cal); });
        if (record && record != expired && ledger_.cal(record).standing()) {
            decision.entries.emplace_back(entry::CalExpired{record});
        }
    }
    return_covered(way, place, record, decision);
    return record;
}

void Question::return_covered(const Way& way, const Place& place, CalId kept,
                              Decision& decision) const {
    if (way.party->presence != Party::Presence::known) return;
    for (CalId id = ledger_.subject(way.party->subject).first; id; id = ledger_.cal(id).next) {
        const Cal& cal = ledger_.cal(id);
        if (id != kept && !written_so_far(id) && cal.live(now_) && cal.kind() == way.kind &&
            replaces(place, cal)) {
            decision.entries.emplace_back(entry::CalReturned{id});
        }
    }
}

// A seat of at least this version (the product's, or a later one) that is counted so: the lowest
// such version first; never a newer one where the rule keeps them (rule 5).
std::optional<Seat> Question::free_seat_of(PackMetric metric, const Way& way, CalId own_expired,
                                           uint16_t at_least, const Cal* whole) const {
    const Stock& stock = this->stock(way.kind);
    if (!stock.sold[static_cast<size_t>(metric)]) return {};
    // Nothing depends on who asks: what was found with the first look is the answer.
    if (at_least == product_.version && whole == nullptr && !stock.reserved) {
        const PackId found = stock.with_seat[static_cast<size_t>(metric)];
        return found ? seat_in(found, way, own_expired) : std::nullopt;
    }
    for (const PackId id : ledger_.family_packs(product_id_)) {
        const Pack& pack = ledger_.pack(id);
        const uint16_t version = version_here(pack);
        if (pack.terms.kind != way.kind || pack.terms.metric != metric ||
            !pack.counts_at(request_.host) || !pack.usable(now_) || version < at_least) {
            continue;
        }
        if (is_kept_newer(pack, at_least)) return {};
        if (whole != nullptr && !covers_all(ledger_, pack, *whole)) continue;
        if (const auto seat = seat_in(id, way, own_expired)) return seat;
    }
    return {};
}

std::optional<Seat> Question::free_seat(const Way& way, CalId own_expired, uint16_t at_least,
                                        const Cal* whole) const {
    for (const PackMetric metric : kMetrics) {
        if (auto seat = free_seat_of(metric, way, own_expired, at_least, whole)) return seat;
    }
    return {};
}

// What a vendor allows beyond a pack's seats, in the order in which seats are taken.
std::optional<Seat> Question::overdraft(PackKind kind) const {
    if (!stock(kind).overdraft) return {};
    for (const PackId id : ledger_.family_packs(product_id_)) {
        const Pack& pack = ledger_.pack(id);
        const uint16_t version = version_here(pack);
        if (pack.terms.kind != kind || !pack.counts_at(request_.host) || !pack.usable(now_) ||
            version < product_.version) {
            continue;
        }
        if (is_kept_newer(pack, product_.version)) return {};
        if (given_ != nullptr) {
            const auto out = given_->overdrafts.find(id);
            const uint64_t more = out == given_->overdrafts.end() ? 0 : out->second;
            const uint64_t over = ledger_.all_overdraft_due_in(id, now_).size();
            if (pack.overdrawn + more < pack.terms.overdraft + over) return Seat{id, {}};
            continue;
        }
        if (pack.overdrawn < pack.terms.overdraft) return Seat{id, {}};
        if (const CalId over = ledger_.overdraft_due_in(id, now_)) return Seat{id, over};
    }
    return {};
}

PackId Question::seat_for(const Party& holder, PackKind kind) const {
    const auto seat = free_seat({.kind = kind, .party = &holder}, {}, product_.version);
    return seat ? seat->pack : PackId{};
}

// Whether anybody could have a seat of it that is not kept for a group.
bool Question::has_seat(PackId id) const {
    if (given_ != nullptr) return seat_in(id, {}, {}).has_value();
    return ledger_.pack(id).free() > 0 || ledger_.due_in(id, now_);
}

std::optional<Seat> Question::seat_in(PackId id, const Way& way, CalId own_expired) const {
    if (given_ != nullptr) {
        const auto gone = given_->seats.find(id);
        const uint64_t left = left_for(ledger_, id, known_holder(way), now_);
        if (left > (gone == given_->seats.end() ? 0 : gone->second)) return Seat{id, {}};
        return {};
    }
    const bool kept = !ledger_.pack(id).reservations.empty();
    if (kept && left_for(ledger_, id, known_holder(way), now_) == 0) return {};
    if (own_expired && ledger_.cal(own_expired).pack == id) return Seat{id, own_expired};
    if (ledger_.pack(id).free() > 0) return Seat{id, {}};
    if (const CalId over = ledger_.due_in(id, now_)) return Seat{id, over};
    return {};
}

bool Question::newer_seat_kept_back(const Way& way) const {
    return stock(way.kind).newer &&
           std::ranges::any_of(ledger_.family_packs(product_id_), [&](PackId id) {
               const Pack& pack = ledger_.pack(id);
               return pack.terms.kind == way.kind && pack.usable(now_) &&
                      pack.counts_at(request_.host) && is_kept_newer(pack, product_.version) &&
                      seat_in(id, way, {});
           });
}

// There are seats that would do, and all of them are kept for groups that the holder is not in.
bool Question::kept_for_groups(const Way& way) const {
    return stock(way.kind).reserved &&
           std::ranges::any_of(ledger_.family_packs(product_id_), [&](PackId id) {
               const Pack& pack = ledger_.pack(id);
               if (pack.terms.kind != way.kind || pack.reservations.empty() || !pack.usable(now_) ||
                   !pack.counts_at(request_.host) || version_here(pack) < product_.version ||
                   is_kept_newer(pack, product_.version)) {
                   return false;
               }
               return (pack.free() > 0 || ledger_.due_in(id, now_)) &&
                      left_for(ledger_, id, known_holder(way), now_) == 0;
           });
}

CalStatement Question::statement_of(CalId id) const {
    CalStatement statement = calm::statement_of(ledger_, id);
    statement.host = request_.host;
    return statement;
}

// A stranger becomes a subject first, once.
SubjectId Question::holder_of(const Way& way, Decision& decision) const {
    if (way.party->presence == Party::Presence::known) return way.party->subject;
    const entry::SubjectAdded stranger{
        .subject = ledger_.next_subject(),
        .kind = way.kind == PackKind::per_device ? HolderKind::device : HolderKind::user,
        .commitment = way.party->commitment};
    SubjectId next = stranger.subject;
    for (size_t i = 0; so_far_ != nullptr && i < so_far_->size(); ++i) {
        const auto* added = std::get_if<entry::SubjectAdded>(&(*so_far_)[i]);
        if (added == nullptr) continue;
        if (added->kind == stranger.kind) return added->subject;
        ++next.value;
    }
    decision.entries.emplace_back(stranger);
    std::get<entry::SubjectAdded>(decision.entries.back()).subject = next;
    return next;
}

// Another product of the same admission has changed this CAL already.
bool Question::written_so_far(CalId id) const {
    if (so_far_ == nullptr) return false;
    return std::ranges::any_of(*so_far_, [&](const EntryBody& body) {
        const CalStatement* cal = stated_cal(body);
        const auto* expired = std::get_if<entry::CalExpired>(&body);
        const auto* returned = std::get_if<entry::CalReturned>(&body);
        return (cal != nullptr && cal->cal == id) || (expired != nullptr && expired->cal == id) ||
               (returned != nullptr && returned->cal == id);
    });
}

// A CAL of the asked product from now on.
CalStatement Question::new_statement(const Way& way, CalId reused, Decision& decision) const {
    CalId next = ledger_.next_cal();
    for (size_t i = 0; so_far_ != nullptr && i < so_far_->size(); ++i) {
        const CalStatement* other = stated_cal((*so_far_)[i]);
        if (other != nullptr && other->cal == next) ++next.value;
    }
    return {.cal = reused ? reused : next,
            .holder = holder_of(way, decision),
            .kind = way.kind,
            .product = product_.code,
            .pack = {},
            .state = CalState::active,
            .overuse = false,
            .validated = false,
            .converted = false,
            .issued_at = now_,
            .expires_at = {},
            .host = request_.host};
}

// When a CAL taken or renewed now ends: users and stations after a fixed time, devices after a
// random one, so that they do not all come back on one day; a concurrent seat after minutes; never
// after its pack.
Instant Question::expiry(PackKind kind, PackId pack, bool lease) const {
    int64_t length = rules_.user_days;
    if (kind == PackKind::per_device && !request_.at_station) {
        const uint64_t choices = rules_.device_days_max - rules_.device_days_min + 1U;
        length = rules_.device_days_min + static_cast<int64_t>(request_.chance % choices);
    }
    const Seconds life = lease ? minutes(rules_.lease_minutes) : days(length);
    Instant end = std::min(now_ + life, kInstantMax);
    if (pack && ledger_.pack(pack).terms.expires_at) {
        end = std::min(end, *ledger_.pack(pack).terms.expires_at);
    }
    return end;
}

Decision Question::allow(Reason reason, const CalStatement& cal) const {
    return {.reason = reason, .cal = cal.cal, .expires_at = cal.expires_at, .entries = {}};
}

Decision Question::rest_on_product(Reason reason) const {
    return {.reason = reason, .entries = {}, .rests_on = stated_.sequence + 1};
}

// A refusal, and an admission by grace, follow from the whole log: any entry could have changed
// them.
Decision Question::rest_on_everything(Reason reason) const {
    return {
        .reason = reason, .cal = {}, .expires_at = {}, .entries = {}, .rests_on = ledger_.size()};
}

void Question::end_grace(Decision& decision) const {
    if (rules_.grace_ends_with_first_cal && !host().grace_ended && now_ < host().grace_until) {
        decision.entries.emplace_back(entry::HostGraceEnded{request_.host});
    }
}

}  // namespace calm
