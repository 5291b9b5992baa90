// Concurrent seats (core/leases.h): what is held, whose turn it is, and who waits.
#include "core/leases.h"
#include "core/question.h"
#include "core/reservations.h"

namespace calm {

bool Question::only_leases_sold(PackKind kind) const {
    return !sold(kind, PackMetric::named) &&
           (sold(kind, PackMetric::concurrent) || sold(kind, PackMetric::per_server));
}

std::optional<Decision> Question::lease_held(const Way& way) const {
    const CalId id = longest_cal(way, [&](const Cal& cal) {
        return cal.spends_seat() && cal.lease() && cal.live(now_) && sufficient(cal) &&
               ledger_.pack(cal.pack).counts_at(request_.host);
    });
    if (!id) return {};
    return admit_lease(id);
}

// The end is moved only when half of the time has passed since this host asked last, so that a
// session that goes on writes rarely.
Decision Question::admit_lease(CalId id) const {
    const Cal& cal = ledger_.cal(id);
    if (cal.borrowed()) return admit_as_it_is(Reason::seat_held, id);  // it asks for no word
    const Reason held = cal.overuse() ? Reason::cal_overuse_held : Reason::seat_held;
    const Instant until = ledger_.lease_use(id, request_.host).value_or(now_);
    const Seconds half{minutes(rules_.lease_minutes).count / 2};
    if (until - now_ > half) return admit_as_it_is(held, id);
    if (cal.pack && ledger_.pack(cal.pack).revoked) return admit_as_it_is(held, id);
    if (cal.overuse() && !cal.pack && !overuse_admits(cal.kind())) return admit_as_it_is(held, id);
    CalStatement extended = statement_of(id);
    extended.expires_at =
        std::max(expiry(cal.kind(), cal.pack, true), Instant{static_cast<int64_t>(cal.expires_at)});
    if (extended.expires_at <= until) return admit_as_it_is(held, id);  // its pack ends with it
    Decision decision = allow(cal.overuse() ? held : Reason::seat_extended, extended);
    decision.entries.emplace_back(entry::CalRenewed{extended});
    return decision;
}

// A free concurrent seat is for those who wait, the first of them first.
bool Question::has_turn(const Way& way) const {
    if (ledger_.waiting().empty()) return true;
    const SubjectId holder = known_holder(way);
    uint64_t free = 0;
    uint64_t kept = 0;  // for groups that the holder is in
    uint16_t newest = 0;
    std::vector<PackId> with_seats;
    for (const PackId id : ledger_.family_packs(product_id_)) {
        const Pack& pack = ledger_.pack(id);
        const uint16_t version = version_here(pack);
        if (pack.terms.kind != way.kind || pack.terms.metric != PackMetric::concurrent ||
            !pack.usable(now_) || version < product_.version ||
            is_kept_newer(pack, product_.version)) {
            continue;
        }
        const uint64_t left = left_for(ledger_, id, holder, now_);
        if (left == 0) continue;
        with_seats.push_back(id);
        newest = std::max(newest, version);
        free += left;
        kept += kept_for(ledger_, id, holder, now_);
    }
    const Waiting* own = waiting(way);
    uint64_t ahead = 0;
    uint64_t of_its_groups = 0;  // of those ahead; nobody else is given what is kept
    for (const Waiting& each : ledger_.waiting()) {
        if (own != nullptr && own->live(now_) && &each == own) break;
        const ProductState& wanted = ledger_.product(each.product);
        if (each.live(now_) && each.kind == way.kind && wanted.family == stated_.family &&
            wanted.product.version <= newest) {
            ++ahead;
            if (kept > 0 && share_group(ledger_, with_seats, each.holder, holder)) ++of_its_groups;
        }
    }
    return free > ahead || kept > of_its_groups;
}

const Waiting* Question::waiting(const Way& way) const {
    if (way.party->presence != Party::Presence::known) return nullptr;
    return ledger_.waiting(way.party->subject, way.kind, product_id_);
}

// Whoever has something now waits no more.
void Question::leave_line(const Way& way, Decision& decision) const {
    if (const Waiting* own = waiting(way)) decision.entries.emplace_back(left_line(ledger_, *own));
}

// All seats are in use: the holder gets a place in line, or keeps the one it has. Nothing: there is
// no line, or it is full.
std::optional<Decision> Question::stand_in_line() const {
    const auto way = std::ranges::find_if(ways_, [&](const Way& each) {
        return each.takes && sold(each.kind, PackMetric::concurrent);
    });
    // Together with other products nobody waits for one of them.
    if (way == ways_.end() || !request_.wait || so_far_ != nullptr) return {};
    const Waiting* own = waiting(*way);
    const bool lapsed = own != nullptr && !own->live(now_);
    const Waiting* place = lapsed ? nullptr : own;
    const uint32_t ahead = count_ahead(ledger_, place, way->kind, product_id_, now_);
    if (place == nullptr && ahead >= rules_.queue_max) return {};
    Decision decision = rest_on_everything(Reason::seat_queued);
    decision.place = ahead + 1;
    const Seconds kept = minutes(rules_.queue_minutes);
    if (place != nullptr && place->until - now_ > Seconds{kept.count / 2}) return decision;
    if (lapsed) leave_line(*way, decision);
    const SubjectId holder = holder_of(*way, decision);
    decision.entries.emplace_back(entry::QueueJoined{.holder = holder,
                                                     .kind = way->kind,
                                                     .product = product_.code,
                                                     .until = std::min(now_ + kept, kInstantMax)});
    return decision;
}

}  // namespace calm
