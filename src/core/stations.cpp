// Verbs on stations.
#include "core/stations.h"

#include <algorithm>

#include <fmt/format.h>

namespace calm {
namespace {

void return_cals(const Ledger& ledger, SubjectId holder, ReturnReason why, Entries& entries) {
    for (CalId id = ledger.subject(holder).first; id; id = ledger.cal(id).next) {
        if (ledger.cal(id).standing()) entries.emplace_back(entry::CalReturned{id, why});
    }
}

// Nobody can show a desktop that is gone, elsewhere, or no desktop any more.
void show_no_more(const Ledger& ledger, SubjectId desktop, Entries& entries) {
    for (const Station& each : ledger.stations()) {
        if (each.removed || each.shows != desktop) continue;
        entries.emplace_back(
            entry::StationSet{.station = each.subject, .host = each.host, .kind = each.kind});
    }
}

Result<> check_shown(const Ledger& ledger, const StationWish& wish) {
    if (!wish.shows) return {};
    const Station* shown = ledger.station(wish.shows);
    if (shown == nullptr || shown->kind != StationKind::virtual_desktop ||
        shown->host != wish.host || wish.kind == StationKind::virtual_desktop) {
        return fail("station_shows_no_desktop",
                    "a local or remote station shows a virtual desktop of its own host");
    }
    return {};
}

}  // namespace

Result<Entries> decide_station(const Ledger& ledger, const StationWish& wish) {
    if (!ledger.has_host(wish.host)) {
        return fail("host_unknown", fmt::format("there is no host `{}`", wish.host.value));
    }
    const Station* known = ledger.station(wish.station);
    if (wish.station && known == nullptr) {
        return fail("station_unknown", fmt::format("there is no station `{}`", wish.station.value));
    }
    CALM_TRY(check_shown(ledger, wish));
    // The host itself is one place.
    const bool second_console = wish.kind == StationKind::console &&
                                std::ranges::any_of(ledger.stations(), [&](const Station& each) {
                                    return !each.removed && each.host == wish.host &&
                                           each.kind == StationKind::console &&
                                           each.subject != wish.station;
                                });
    if (second_console) {
        return fail("station_console_exists",
                    fmt::format("host `{}` has its console station already", wish.host.value));
    }
    entry::StationSet set{
        .station = wish.station, .host = wish.host, .kind = wish.kind, .shows = wish.shows};
    Entries entries;
    if (known == nullptr) {
        set.station = ledger.next_subject();
        entries.emplace_back(entry::SubjectAdded{
            .subject = set.station, .kind = HolderKind::station, .commitment = wish.commitment});
    } else {
        if (Station{set.station, set.host, set.kind, set.shows, false} == *known) return Entries{};
        const bool no_desktop_here = known->kind == StationKind::virtual_desktop &&
                                     (set.kind != known->kind || set.host != known->host);
        if (no_desktop_here) show_no_more(ledger, set.station, entries);
        if (set.shows && !known->shows)
            return_cals(ledger, set.station, ReturnReason::replaced, entries);
    }
    entries.emplace_back(set);
    return entries;
}

Result<Entries> decide_station_removal(const Ledger& ledger, SubjectId station) {
    if (ledger.station(station) == nullptr) {
        return fail("station_unknown", fmt::format("there is no station `{}`", station.value));
    }
    Entries entries;
    show_no_more(ledger, station, entries);
    return_cals(ledger, station, ReturnReason::out_of_service, entries);
    entries.emplace_back(entry::StationRemoved{station});
    return entries;
}

StationCount count_stations(const Ledger& ledger, Instant now) {
    StationCount count;
    for (const Station& each : ledger.stations()) {
        if (each.removed || each.shows || !ledger.has_host(each.host)) continue;
        ++count.registered;
        CalId id = ledger.subject(each.subject).first;
        while (id && !(ledger.cal(id).live(now) && ledger.cal(id).spends_seat()))
            id = ledger.cal(id).next;
        if (id) {
            ++count.covered;
        } else {
            count.uncovered.push_back(each.subject);
        }
    }
    return count;
}

}  // namespace calm
