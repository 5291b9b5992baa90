// No seat: over-use, initial grace, or the refusal that says most.
#include "core/question.h"

namespace calm {

// Rule 6.
Decision Question::without_seat() const {
    const auto taker = std::ranges::find(ways_, true, &Way::takes);
    if (rules_.requirement == CalRequirement::trusted && taker != ways_.end()) {
        return issue_overuse(*taker, overdraft(taker->kind).value_or(Seat{}));
    }
    // An administrator gets in to see who is connected (facts rd-licensing 12, "License Logging").
    const bool counted_here = std::ranges::any_of(
        ways_, [&](const Way& way) { return sold(way.kind, PackMetric::per_server); });
    if (request_.administration && counted_here)
        return rest_on_everything(Reason::administration_over_seats);
    if (in_initial_grace()) return rest_on_everything(Reason::initial_grace);
    // A vendor's overdraft admits also where the rule refuses over-use.
    for (const Way& way : ways_) {
        if (!way.takes || is_doubted(way)) continue;
        if (const auto beyond = overdraft(way.kind)) return issue_overuse(way, *beyond);
    }
    const auto user = std::ranges::find(ways_, PackKind::per_user, &Way::kind);
    // Where seats are counted at the host and nothing else is sold, they are enforced.
    const bool enforced =
        only_leases_sold(PackKind::per_user) && !sold(PackKind::per_user, PackMetric::concurrent);
    if (user != ways_.end() && user->takes && !enforced && overuse_admits(PackKind::per_user) &&
        (mode() == LicensingMode::per_user || sold_as(PackKind::per_user) ||
         !sold_as(PackKind::per_device))) {
        return issue_overuse(*user, {});
    }
    const Reason reason = refusal();
    if (reason == Reason::seats_all_in_use || reason == Reason::seats_reserved) {
        if (auto waits = stand_in_line()) return std::move(*waits);
    }
    return rest_on_everything(reason);
}

Reason Question::refusal() const {
    const LicensingMode mode = this->mode();
    if (mode == LicensingMode::not_configured && rules_.requirement == CalRequirement::activated) {
        return Reason::mode_not_configured;
    }
    if (ways_.empty()) {
        return mode == LicensingMode::per_device ? Reason::device_missing : Reason::user_missing;
    }
    if (std::ranges::any_of(ways_, [&](const Way& way) { return is_doubted(way); }))
        return Reason::look_alike_undecided;
    for (const Way& way : ways_) {
        if (newer_seat_kept_back(way) && !free_seat(way, {}, product_.version))
            return Reason::upgrade_prevented;
    }
    // There is a seat, but nobody is named who could take it.
    if (mode == LicensingMode::either && !request_.at_station) {
        const auto free = [&](PackKind kind) {
            return free_seat(Way{.kind = kind}, {}, product_.version).has_value();
        };
        if (!request_.device.present() && free(PackKind::per_device)) return Reason::device_missing;
        if (!request_.user.present() && free(PackKind::per_user)) return Reason::user_missing;
    }
    for (const Way& way : ways_) {
        if (kept_for_groups(way)) return Reason::seats_reserved;
    }
    for (const auto& [metric, reason] :
         {std::pair(PackMetric::concurrent, Reason::seats_all_in_use),
          std::pair(PackMetric::per_server, Reason::host_seats_all_in_use)}) {
        for (const Way& way : ways_) {
            if (sold(way.kind, metric)) return reason;
        }
    }
    if (std::ranges::any_of(ways_, [&](const Way& way) { return stock(way.kind).unactivated; }))
        return Reason::server_not_activated;
    return std::ranges::any_of(ways_, [&](const Way& way) { return only_had_temporary(way); })
               ? Reason::temporary_cal_expired
               : Reason::no_cal_available;
}

// The party had temporary CALs for this product and never another one.
bool Question::only_had_temporary(const Way& way) const {
    const auto temporary = [](const Cal& cal) { return !cal.pack && !cal.overuse(); };
    return find_cal(way, [&](const Cal& cal) { return sufficient(cal) && temporary(cal); }) &&
           !find_cal(way, [&](const Cal& cal) { return sufficient(cal) && !temporary(cal); });
}

}  // namespace calm
