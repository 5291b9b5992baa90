// What the holder has already: active, over-use and temporary CALs.
#include "core/question.h"

namespace calm {

// Rule 4: a valid active CAL of sufficient version admits.
std::optional<Decision> Question::seat_held(const Way& way) const {
    const CalId id = longest_cal(way, [&](const Cal& cal) {
        return cal.spends_seat() && !cal.lease() && cal.live(now_) && sufficient(cal);
    });
    if (!id) return {};
    return admit_held(id);
}

// An over-use CAL is active too; it moves to a seat that covers as much as it does.
std::optional<Decision> Question::overuse_held(const Way& way) const {
    const CalId id = longest_cal(way, [&](const Cal& cal) {
        return cal.state == CalState::active && cal.overuse() && cal.live(now_) &&
               sufficient(cal) && (!cal.pack || ledger_.pack(cal.pack).counts_at(request_.host));
    });
    if (!id) return {};
    const Cal& cal = ledger_.cal(id);
    // What stands for a concurrent seat may become one that counts here only.
    const Cal* whole = cal.lease() && !cal.pack ? nullptr : &cal;
    const auto seat = free_seat(way, {}, *version_here(cal), whole);
    if (seat && !seats_are_kept() && !has_lent(way)) return move_to_seat(way, id, *seat);
    return cal.lease() ? admit_lease(id) : admit_held(id);
}

Decision Question::admit_as_it_is(Reason reason, CalId id) const {
    const Cal& cal = ledger_.cal(id);
    return {.reason = reason,
            .cal = id,
            .expires_at = {cal.expires_at},
            .entries = {},
            .rests_on = cal.sequence + 1};
}

Decision Question::admit_held(CalId id) const {
    const Cal& cal = ledger_.cal(id);
    const Reason reason = cal.overuse() ? Reason::cal_overuse_held : Reason::cal_held;
    if (cal.expires_at - now_.seconds > days(rules_.renewal_days).count) {
        return admit_as_it_is(reason, id);
    }
    // Its vendor has taken the pack back: what it has given runs out.
    if (cal.pack && ledger_.pack(cal.pack).revoked) return admit_as_it_is(reason, id);
    // Over-use that the rule no longer admits runs to its end and not longer; an overdraft stands
    // in its pack.
    if (cal.overuse() && !cal.pack && !overuse_admits(cal.kind()))
        return admit_as_it_is(reason, id);
    CalStatement renewed = statement_of(id);
    renewed.expires_at = expiry(cal.kind(), cal.pack, false);
    // Its pack ends with it, or the rules now say less than was given.
    if (renewed.expires_at.seconds <= cal.expires_at) return admit_as_it_is(reason, id);
    Decision decision =
        allow(cal.overuse() ? Reason::cal_overuse_held : Reason::cal_renewed, renewed);
    decision.entries.emplace_back(entry::CalRenewed{renewed});
    return decision;
}

Decision Question::move_to_seat(const Way& way, CalId id, const Seat& seat) const {
    CalStatement moved = statement_of(id);
    moved.pack = seat.pack;
    moved.product = newest_product(seat.pack);
    moved.converted = static_cast<bool>(ledger_.pack(seat.pack).converted_from);
    moved.overuse = false;
    moved.issued_at = now_;
    moved.lease = ledger_.pack(seat.pack).leases();
    moved.expires_at = expiry(moved.kind, seat.pack, moved.lease);
    Decision decision = allow(Reason::cal_moved, moved);
    if (seat.expired) decision.entries.emplace_back(entry::CalExpired{seat.expired});
    return_covered(way, {.pack = seat.pack, .lease = moved.lease}, id, decision);
    end_grace(decision);
    leave_line(way, decision);
    decision.entries.emplace_back(entry::CalMoved{moved});
    return decision;
}

// Rule 5, second contact: once somebody has logged on, a temporary CAL becomes active when a seat
// is free; else it admits to its end.
std::optional<Decision> Question::temporary_held(const Way& way) const {
    const auto fits = [&](const Cal& cal) {
        return cal.state == CalState::temporary && cal.live(now_) && sufficient(cal);
    };
    const CalId id = longest_cal(way, fits);
    if (!id) return {};
    const bool validated =
        find_cal(way, [&](const Cal& cal) { return fits(cal) && cal.validated(); }) != CalId{};
    if (is_doubted(way)) return admit_as_it_is(Reason::quarantine_held, id);
    if ((validated || !starts_temporary()) && !has_lent(way)) {
        const auto seat = free_seat_of(PackMetric::named, way, {}, product_.version);
        if (seat && !seats_are_kept()) return issue(way, *seat);
    }
    return admit_as_it_is(Reason::cal_temporary_held, id);
}

}  // namespace calm
