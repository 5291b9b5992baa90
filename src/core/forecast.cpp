// Least squares over days, and then a walk along the line.
#include "core/forecast.h"

#include <algorithm>

namespace calm {
namespace {

constexpr int64_t kDay = days(1).count;

uint32_t day_of(Instant at) {
    return static_cast<uint32_t>(at.seconds / kDay);
}

struct Trend {
    int64_t thousandths = 0;  // seats a day
    uint32_t first_day = 0;
    uint32_t samples = 0;
};

// The slope of the line with the least squared distance to the points. Whole numbers: at most 3660
// points of 32 bits each, so every sum stays below 2^63.
Trend trend_of(std::span<const PoolDay> history, uint64_t used_today, uint32_t today,
               uint32_t window_days) {
    Trend trend{.first_day = today};
    int64_t sum_x = 0;
    int64_t sum_y = 0;
    int64_t sum_xx = 0;
    int64_t sum_xy = 0;
    const auto add = [&](uint32_t day, int64_t used) {
        const int64_t x = int64_t{day} - int64_t{today};
        trend.first_day = std::min(trend.first_day, day);
        ++trend.samples;
        sum_x += x;
        sum_y += used;
        sum_xx += x * x;
        sum_xy += x * used;
    };
    for (const PoolDay& each : history) {
        if (each.day < today && today - each.day <= window_days) add(each.day, each.used);
    }
    add(today, static_cast<int64_t>(used_today));
    const auto count = static_cast<int64_t>(trend.samples);
    const int64_t width = count * sum_xx - sum_x * sum_x;
    if (width == 0) return trend;
    const auto rise = static_cast<double>(count) * static_cast<double>(sum_xy) -
                      static_cast<double>(sum_x) * static_cast<double>(sum_y);
    trend.thousandths = static_cast<int64_t>(rise * 1000.0 / static_cast<double>(width));
    return trend;
}

}  // namespace

Forecast forecast(std::span<const PoolDay> history, const PoolSeats& pool,
                  std::span<const SeatChange> changes, Instant now, uint32_t window_days) {
    const uint32_t today = day_of(now);
    const Trend trend = trend_of(history, pool.used, today, window_days);
    Forecast out{.used = pool.used,
                 .seats = static_cast<int64_t>(pool.owned),
                 .growth_thousandths = trend.thousandths,
                 .history_days = today - trend.first_day,
                 .samples = trend.samples};
    if (pool.used >= pool.owned) {
        out.outcome = Forecast::Outcome::full;
        return out;
    }
    if (out.history_days < kForecastDaysMin || out.samples < kForecastSamplesMin) {
        out.growth_thousandths = 0;
        return out;
    }
    int64_t seats = out.seats;
    auto change = changes.begin();
    for (uint32_t ahead = 1; ahead <= kForecastYearsMax * 365; ++ahead) {
        const Instant end_of_day{(int64_t{today} + ahead + 1) * kDay};
        for (; change != changes.end() && change->at < end_of_day; ++change)
            seats += change->seats;
        const int64_t used = static_cast<int64_t>(pool.used) * 1000 + trend.thousandths * ahead;
        if (used < seats * 1000) continue;
        out.outcome = Forecast::Outcome::runs_out;
        out.day = today + ahead;
        return out;
    }
    out.outcome = trend.thousandths > 0 ? Forecast::Outcome::not_within_years
                                        : Forecast::Outcome::does_not_grow;
    return out;
}

std::vector<SeatChange> seat_changes(const Ledger& ledger, PoolKey pool, Instant now) {
    std::vector<SeatChange> out;
    for (const Pack& pack : ledger.packs()) {
        if (pack.removed || pack.product != pool.first || pack.terms.kind != pool.second) continue;
        const auto quantity = static_cast<int64_t>(pack.quantity());
        if (pack.expired(now)) continue;
        if (pack.terms.not_before > now) out.push_back({pack.terms.not_before, quantity});
        if (pack.terms.expires_at) out.push_back({*pack.terms.expires_at, -quantity});
    }
    std::ranges::sort(out, {}, &SeatChange::at);
    return out;
}

}  // namespace calm
