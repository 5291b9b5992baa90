// PoolHistory: how many seats of each pool were spent at the end of each day: what a forecast is
// made from. Kept as one record a pool.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "core/forecast.h"
#include "store/journal.h"

namespace calm {

inline constexpr size_t kPoolDaysMax = 400;

class PoolHistory {
  public:
    // Errors: those of the reader, `database_damaged`.
    static Result<PoolHistory> read(store::JournalReader& reader);

    // Takes note of today's numbers. The value: what is to be written, a pool at most once an hour.
    std::vector<store::Record> take(const std::map<PoolKey, PoolSeats>& pools, Instant now);

    // By ascending day; the last may be today.
    std::span<const PoolDay> of(PoolKey pool) const;

  private:
    struct Days {
        std::vector<PoolDay> days;
        Instant written;
        bool changed = false;
    };
    std::map<PoolKey, Days> pools_;
};

}  // namespace calm
