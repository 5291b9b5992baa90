// The day on which a pool runs out, if things go on as they did: a straight line through the seats
// that were spent at the end of each of the last days. Pure, and simple enough to be checked with a
// ruler.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/warnings.h"

namespace calm {

// How many seats of a pool were spent at the end of a day.
struct PoolDay {
    uint32_t day = 0;  // days since 1970-01-01 UTC
    uint32_t used = 0;

    bool operator==(const PoolDay&) const = default;
};

// The pool's seats become more or fewer by what is already known: a pack that ends, or begins.
struct SeatChange {
    Instant at;
    int64_t seats = 0;

    bool operator==(const SeatChange&) const = default;
};

inline constexpr uint32_t kForecastDaysMin = 14;    // a shorter history says nothing
inline constexpr uint32_t kForecastSamplesMin = 7;  // days of it that are known
inline constexpr uint32_t kForecastYearsMax = 5;    // nothing is said beyond

struct Forecast {
    enum class Outcome : uint8_t {
        not_enough_history,
        full,              // no seat is free today
        runs_out,          // on `day`
        not_within_years,  // grows, but lasts longer than kForecastYearsMax
        does_not_grow
    };
    Outcome outcome = Outcome::not_enough_history;
    std::optional<uint32_t> day;  // days since 1970: the first on which no seat is left
    uint64_t used = 0;
    int64_t seats = 0;
    int64_t growth_thousandths = 0;  // more seats a day, times 1000; of an unknown trend 0
    uint32_t history_days = 0;       // from the oldest day that was looked at to today
    uint32_t samples = 0;            // the days among them that are known

    bool operator==(const Forecast&) const = default;
};

template <>
struct NamesOf<Forecast::Outcome> {
    using enum Forecast::Outcome;
    static constexpr Names<Forecast::Outcome, 5> value{{{not_enough_history, "not_enough_history"},
                                                        {full, "full"},
                                                        {runs_out, "runs_out"},
                                                        {not_within_years, "not_within_years"},
                                                        {does_not_grow, "does_not_grow"}}};
};

// `history` ascends by day; days before the last `window_days` and today's are left out, and
// today's number is `pool.used`. `changes` ascends by time. What is assumed: holders go on coming
// and going as they did in these days, and no pack is bought or removed but those in `changes`.
Forecast forecast(std::span<const PoolDay> history, const PoolSeats& pool,
                  std::span<const SeatChange> changes, Instant now, uint32_t window_days);

// The packs of a pool that end, or begin, after `now`, by time.
std::vector<SeatChange> seat_changes(const Ledger& ledger, PoolKey pool, Instant now);

}  // namespace calm
