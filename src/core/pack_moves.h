// Packs that go to another license server (facts rd-licensing 4.5, "Migrate"). What a pack has
// given here ends, then the pack is the other server's; it comes back only as one that was moved.
// Pure, like verbs.h.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/verbs.h"

namespace calm {

// What a move would take along and end.
struct PackMove {
    std::vector<PackId> packs;  // the pack, what came with it, and what was converted out of these
    std::vector<CalId> cals;    // that are held, over-use out of an overdraft among them
    size_t hosts = 0;           // that have licenses of them
    size_t installations = 0;
};

// The pack, what came with it, and what was converted out of these, as far as it is still here.
std::vector<PackId> going_along(const Ledger& ledger, PackId pack);

// Errors: `pack_unknown`; `pack_revoked`; `pack_not_movable` (it was declared by hand, or goes with
// another one); `pack_expired`; `pack_in_use` (a seat is borrowed: what is away cannot be called
// back).
Result<PackMove> move_of(const Ledger& ledger, PackId pack, Instant now);

// Ends everything that the pack and those that go along have given, and moves them to the server
// with this printed id; nothing to do where it has gone there. Errors: those of move_of. REQUIRES:
// `to` has kServerIdSize characters.
Result<Entries> decide_pack_move(const Ledger& ledger, PackId pack, std::string to, Instant now);

// The ends of some CALs alone: a pack with more of them than are written at once is emptied first.
// Those that its packs have not given, or not any more, are left out.
Entries decide_move_ends(const Ledger& ledger, const PackMove& move, std::span<const CalId> cals,
                         Instant now);

}  // namespace calm
