// Days and moments.
#include "cli/dates.h"

namespace calm::cli {

Result<Instant> parse_moment(std::string_view text, bool after) {
    if (text.size() != 10) return parse_rfc3339(text);
    CALM_TRY_ASSIGN(const Instant day, parse_rfc3339(std::string(text) + "T00:00:00Z"));
    return after ? day + days(1) : day;
}

}  // namespace calm::cli
