// The position, for routes: of this moment out of the ledger in memory, in slices between requests;
// or exactly as the log was at one entry, folded again from the journal on a worker. Loop thread.
#pragma once

#include <optional>

#include "core/refusals.h"
#include "server/api.h"
#include "wire/position_json.h"

namespace calm {

struct PositionQuestion {
    ProductId product;  // zero: all
    size_t missing_max = 0;
    std::optional<Instant> before;  // of the past: as it was right before this moment
};

// The day that `?at=` names: the moment right after it; today's day, and a moment within it, is now
// (nothing). Errors: `bad_query` (no date, or one to come).
Result<std::optional<Instant>> end_of_day(const std::optional<std::string>& at, Instant now);

// As the server knows it. What changes while a great ledger is looked at may be in it or not.
// `question.before` is not looked at.
void look_at_position(Api& api, const PositionQuestion& question, Done<wire::PositionTable> done);

// Who would be refused the product, if so many CALs more were there; in the same way.
void look_at_refusals(Api& api, ProductId product, MoreCals more, Done<Refusals> done);

// How many CALs of each product are missing, in the order of the ledger's products; of the same
// ledger it is looked at once in five seconds, since consoles ask all day.
void look_at_missing(Api& api, Done<std::vector<uint64_t>> done);

// What the log's first `table.entries` entries say, and the root of the tree of exactly these.
struct ProvenPosition {
    wire::PositionTable table;
    uint32_t epoch = 0;
    Hash root{};
};

// Takes as long as reading the log does. Errors: `bad_query` (the log begins later), `unavailable`
// (too many at once), `log_damaged`, and those of the reader.
void prove_position(Api& api, const PositionQuestion& question, Done<ProvenPosition> done);

}  // namespace calm
