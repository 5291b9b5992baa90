// CALs that are lent, and devices that look like another one.
#include "core/question.h"

namespace calm {

// A stand-in uses a seat that is somebody else's; it is not renewed.
std::optional<Decision> Question::on_loan(const Way& way) const {
    const CalId id = longest_cal(way, [&](const Cal& cal) {
        return cal.on_loan() && cal.state == CalState::active && cal.live(now_) && sufficient(cal);
    });
    if (!id) return {};
    return admit_as_it_is(Reason::cal_on_loan, id);
}

bool Question::has_lent(const Way& way) const {
    if (ledger_.loans().empty() || way.party->presence != Party::Presence::known) return false;
    for (CalId id = ledger_.subject(way.party->subject).first; id; id = ledger_.cal(id).next) {
        if (ledger_.cal(id).kind() == way.kind && ledger_.is_lent(id, now_)) return true;
    }
    return false;
}

// Whoever has lent a CAL is absent, and is given nothing new until it is back: a second CAL would
// be paid for twice.
std::optional<Decision> Question::while_lent() const {
    if (std::ranges::none_of(ways_, [&](const Way& way) { return has_lent(way); })) return {};
    if (rules_.requirement == CalRequirement::trusted)
        return rest_on_everything(Reason::cal_lent_trusted);
    return rest_on_everything(in_initial_grace() ? Reason::initial_grace : Reason::cal_lent);
}

// Enforced for devices, where the setting asks for it.
bool Question::looks_for_doubles(const Way& way) const {
    return way.kind == PackKind::per_device && !request_.at_station &&
           rules_.requirement == CalRequirement::activated &&
           ledger_.policy().quarantine_days.value_or(kQuarantineDays) > 0;
}

// Another product of the same admission has begun its quarantine.
bool Question::doubted_so_far() const {
    return so_far_ != nullptr && std::ranges::any_of(*so_far_, [](const EntryBody& body) {
               return std::holds_alternative<entry::DeviceDoubted>(body);
           });
}

bool Question::is_doubted(const Way& way) const {
    if (!looks_for_doubles(way)) return false;
    if (doubted_so_far()) return true;
    return way.party->presence == Party::Presence::known && ledger_.is_doubted(way.party->subject);
}

// A device that shows a signal of another one which holds a CAL: before a second seat is spent on
// what may be the same machine, somebody should look. Until then it is admitted for some days that
// spend none.
std::optional<Decision> Question::first_doubt(const Way& way) const {
    if (is_doubted(way)) {
        const Instant since = doubted_so_far() ? now_ : ledger_.doubt_of(way.party->subject)->since;
        const auto served = [&](const Cal& cal) { return sufficient(cal); };
        if (find_cal(way, served) || quarantine_end(since) <= now_) return {};
        return quarantine(way, since, {});
    }
    const SubjectId like = looks_like(way);
    if (!like) return {};
    return quarantine(way, now_, like);
}

Instant Question::quarantine_end(Instant since) const {
    const auto length = days(ledger_.policy().quarantine_days.value_or(kQuarantineDays));
    return std::min(since + length, kInstantMax);
}

// The machine that a device without any CAL so far looks like and that has one; zero: none.
SubjectId Question::looks_like(const Way& way) const {
    if (!request_.looks_like || !looks_for_doubles(way)) return {};
    const SubjectId like = ledger_.machine(request_.looks_like);
    const Party& device = *way.party;
    if (device.presence == Party::Presence::known &&
        (device.subject == like || ledger_.doubt_of(device.subject) != nullptr ||
         ledger_.subject(device.subject).first)) {
        return {};
    }
    const Party other{.presence = Party::Presence::known, .subject = like, .commitment = {}};
    const CalId held = find_cal({.kind = way.kind, .party = &other}, [&](const Cal& cal) {
        return cal.live(now_) && !cal.lease() && sufficient(cal);
    });
    return held ? like : SubjectId{};
}

// `like`: what is to be noted; zero: it is noted already.
Decision Question::quarantine(const Way& way, Instant since, SubjectId like) const {
    Decision decision;
    CalStatement cal = new_statement(way, {}, decision);
    if (like)
        decision.entries.emplace_back(entry::DeviceDoubted{.device = cal.holder, .like = like});
    cal.state = CalState::temporary;
    cal.expires_at = quarantine_end(since);
    decision.reason = Reason::quarantine_begun;
    decision.cal = cal.cal;
    decision.expires_at = cal.expires_at;
    decision.entries.emplace_back(entry::CalIssued{cal});
    return decision;
}

}  // namespace calm
