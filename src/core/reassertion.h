// After a backup was restored: hosts tell which CALs they hold that the backup does not know, and
// each is given back to its holder before any seat is given to somebody else (design.md 5). A verb
// of hosts, pure like those of verbs.h.
#pragma once

#include <optional>

#include "core/admission.h"
#include "core/verbs.h"

namespace calm {

// A CAL that a host holds a token of; whoever calls has verified it.
struct Reassertion {
    CalStatement cal;  // as the log stated it; its numbers are those of the epoch below
    HolderKind holder_kind = HolderKind::user;
    Party holder;                     // as the ledger knows it now
    std::optional<Bytes16> document;  // of the vendor's pack in the token
    uint32_t epoch = 0;               // of the log that stated it
    uint64_t sequence = 0;            // of the entry there
    HostId host;                      // who tells
};

// Gives the CAL back as it was: at a seat of its pack when one is free, else as an over-use CAL; to
// its former end, and not for longer. CALs of the same holder that it covers are returned. Nothing
// is written when what the holder has does as much. Errors: `restore_window_closed` (no backup was
// restored, the time is over, or this host has told all), `token_of_this_epoch`,
// `product_unknown`, `station_unknown`, `cal_not_live` (it is over).
Result<Entries> decide_reassertion(const Ledger& ledger, const Reassertion& told, Instant now);

// The host has told all. Errors: `restore_window_closed`.
Result<Entries> decide_reasserted(const Ledger& ledger, HostId host, Instant now);

}  // namespace calm
