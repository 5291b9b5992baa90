// What is true of every ledger at every moment, whatever happened: the parts of invariants I1 and
// I4 that can be read off the state. For the simulator, for scenarios and for `calm doctor`.
#pragma once

#include <optional>
#include <string>

#include "core/ledger.h"

namespace calm {

// The first contradiction found, as an English sentence, or nothing. Looks at every record, so it
// takes about a second for ten million CALs.
std::optional<std::string> broken_invariant(const Ledger& ledger, Instant now);

}  // namespace calm
