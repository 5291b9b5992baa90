// Whether anybody still needs to know a subject by name.
#pragma once

#include "core/ledger.h"

namespace calm {

// A user or device that is known by name and holds nothing: no CAL, installation or place in line
// or in a group, is no other name of a machine that does, is like no device of which somebody has
// to say whether it is the same; and whose CALs had ended before `since` (a revoked one: would have
// ended; one that was given back tells nothing). `since` is ledger time. REQUIRES:
// ledger.has_subject(subject). Pure; any thread that may read the ledger.
bool is_idle(const Ledger& ledger, SubjectId subject, Instant since);

}  // namespace calm
