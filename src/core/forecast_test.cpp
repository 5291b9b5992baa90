#include "core/forecast.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/test_kit.h"

namespace calm {
namespace {

using test::kBegin;
using test::Kit;
using enum Forecast::Outcome;

constexpr uint32_t kToday = 20'454;  // 2026-01-01

// `count` days up to yesterday, with so many more seats spent each day.
std::vector<PoolDay> line(uint32_t count, int64_t yesterday, int64_t a_day) {
    std::vector<PoolDay> out;
    for (uint32_t back = count; back > 0; --back) {
        out.push_back({kToday - back, static_cast<uint32_t>(yesterday - (back - 1) * a_day)});
    }
    return out;
}

TEST(Forecast, a_straight_line_runs_out_where_the_ruler_says) {
    const auto history = line(30, 58, 2);
    const Forecast told = forecast(history, {.owned = 100, .used = 60}, {}, kBegin, 90);
    EXPECT_EQ(told.outcome, runs_out);
    EXPECT_EQ(told.growth_thousandths, 2000);
    EXPECT_EQ(told.day, kToday + 20);  // 40 free seats, two a day
    EXPECT_EQ(told.history_days, 30U);
    EXPECT_EQ(told.samples, 31U);
}

TEST(Forecast, says_when_there_is_not_enough_history) {
    const auto short_one = line(13, 58, 2);
    EXPECT_EQ(forecast(short_one, {.owned = 100, .used = 60}, {}, kBegin, 90).outcome,
              not_enough_history);
    EXPECT_EQ(forecast(line(14, 58, 2), {.owned = 100, .used = 60}, {}, kBegin, 90).outcome,
              runs_out);
    // Far back, but only two days of it are known.
    const std::vector<PoolDay> thin{{kToday - 60, 10}, {kToday - 30, 30}};
    const Forecast told = forecast(thin, {.owned = 100, .used = 60}, {}, kBegin, 90);
    EXPECT_EQ(told.outcome, not_enough_history);
    EXPECT_EQ(told.growth_thousandths, 0);
    EXPECT_EQ(forecast({}, {.owned = 100, .used = 60}, {}, kBegin, 90).outcome, not_enough_history);
}

TEST(Forecast, a_full_pool_has_run_out_whatever_the_history) {
    EXPECT_EQ(forecast({}, {.owned = 10, .used = 10}, {}, kBegin, 90).outcome, full);
    EXPECT_EQ(forecast({}, {.owned = 0, .used = 0}, {}, kBegin, 90).outcome, full);
}

TEST(Forecast, no_growth_lasts) {
    EXPECT_EQ(forecast(line(30, 60, 0), {.owned = 100, .used = 60}, {}, kBegin, 90).outcome,
              does_not_grow);
    EXPECT_EQ(forecast(line(30, 62, -2), {.owned = 100, .used = 60}, {}, kBegin, 90).outcome,
              does_not_grow);
}

TEST(Forecast, says_nothing_of_what_is_more_than_five_years_away) {
    const auto history = line(30, 59, 1);
    EXPECT_EQ(forecast(history, {.owned = 100'000, .used = 60}, {}, kBegin, 90).outcome,
              not_within_years);
    EXPECT_EQ(forecast(history, {.owned = 60 + 1825, .used = 60}, {}, kBegin, 90).day,
              kToday + 1825);
    EXPECT_EQ(forecast(history, {.owned = 60 + 1826, .used = 60}, {}, kBegin, 90).outcome,
              not_within_years);
}

TEST(Forecast, only_the_window_counts) {
    std::vector<PoolDay> history = line(20, 60, 0);
    for (PoolDay& old : history)
        old.day -= 100;
    const auto flat = line(40, 60, 0);
    history.insert(history.end(), flat.begin(), flat.end());
    history.front().used = 0;
    EXPECT_EQ(forecast(history, {.owned = 100, .used = 60}, {}, kBegin, 90).outcome, does_not_grow);
}

TEST(Forecast, a_pack_that_ends_takes_its_seats_along) {
    const auto flat = line(30, 60, 0);
    const std::vector<SeatChange> ends{{kBegin + days(40), -50}};
    const Forecast told = forecast(flat, {.owned = 100, .used = 60}, ends, kBegin, 90);
    EXPECT_EQ(told.outcome, runs_out);
    EXPECT_EQ(told.day, kToday + 40);
    const std::vector<SeatChange> replaced{{kBegin + days(20), 50}, {kBegin + days(40), -50}};
    EXPECT_EQ(forecast(flat, {.owned = 100, .used = 60}, replaced, kBegin, 90).outcome,
              does_not_grow);
}

TEST(SeatChanges, are_the_packs_of_the_pool_that_end_or_begin) {
    Kit kit;
    kit.set("ts-2022");
    kit.pack("ts-2022", PackKind::per_user, 5, kBegin + days(30));
    kit.pack("ts-2022", PackKind::per_user, 7);
    kit.pack("ts-2022", PackKind::per_device, 9, kBegin + days(10));
    kit.pack("ts-2022", PackKind::per_user, 3, kBegin + days(20));
    kit.add(entry::PackRemoved{kit.pack("ts-2022", PackKind::per_user, 4, kBegin + days(5))});
    const PoolKey pool{kit.ledger.find_product("ts-2022"), PackKind::per_user};
    EXPECT_EQ(seat_changes(kit.ledger, pool, kBegin),
              (std::vector<SeatChange>{{kBegin + days(20), -3}, {kBegin + days(30), -5}}));
    EXPECT_EQ(seat_changes(kit.ledger, pool, kBegin + days(20)),
              (std::vector<SeatChange>{{kBegin + days(30), -5}}));
}

RC_GTEST_PROP(Forecast, more_seats_never_run_out_earlier, ()) {
    const auto history = *rc::gen::map(
        rc::gen::container<std::vector<uint32_t>>(40, rc::gen::inRange<uint32_t>(0, 200)),
        [](const std::vector<uint32_t>& used) {
            std::vector<PoolDay> out;
            for (uint32_t i = 0; i < used.size(); ++i)
                out.push_back({kToday - 40 + i, used[i]});
            return out;
        });
    const auto owned = *rc::gen::inRange<uint64_t>(101, 400);
    const auto few = forecast(history, {.owned = owned, .used = 100}, {}, kBegin, 90);
    const auto many = forecast(history, {.owned = owned + 10, .used = 100}, {}, kBegin, 90);
    if (many.outcome != runs_out) return;
    RC_ASSERT(few.outcome == runs_out);
    RC_ASSERT(*few.day <= *many.day);
}

}  // namespace
}  // namespace calm
