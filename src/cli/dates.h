// Days and moments as people type them.
#pragma once

#include <string_view>

#include "base/instant.h"

namespace calm::cli {

// "2027-12-31" is the first second of that day, or with `after` the first second after it; a whole
// moment such as "2027-12-31T12:00:00Z" is itself. Errors: `bad_time`.
Result<Instant> parse_moment(std::string_view text, bool after);

}  // namespace calm::cli
