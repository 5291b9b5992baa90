// Stations: the places to work at a host, each of which needs a CAL of its own (facts rd-licensing
// 11). Verbs of the administrator, pure like those of verbs.h.
#pragma once

#include "core/verbs.h"

namespace calm {

struct StationWish {
    SubjectId station;  // zero: a new one
    HostId host;
    StationKind kind = StationKind::local;
    SubjectId shows;    // the virtual desktop that the seat shows from now on; zero: none
    Hash commitment{};  // of a new one, to its name
};

// Adds a station, or changes one: it stays the same holder with the same CAL when it moves to
// another host or becomes another kind. A seat that begins to show a virtual desktop gives its own
// CAL back, because the desktop's counts. Errors: `host_unknown`, `station_unknown`,
// `station_shows_no_desktop`, `station_console_exists`.
Result<Entries> decide_station(const Ledger& ledger, const StationWish& wish);

// Its CALs are returned; seats that showed it show nothing any more. Errors: `station_unknown`.
Result<Entries> decide_station_removal(const Ledger& ledger, SubjectId station);

// How many of the stations of all hosts have a CAL: a live one of their own on a seat, or that of
// the virtual desktop which they show and which is a station itself.
struct StationCount {
    uint64_t registered = 0;  // those that need a CAL: a seat that shows a desktop does not
    uint64_t covered = 0;     // of them
    std::vector<SubjectId> uncovered;  // the others, in the order in which they were added
};
StationCount count_stations(const Ledger& ledger, Instant now);

}  // namespace calm
