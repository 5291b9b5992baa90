// One number a pool and day, over restarts.
#include "server/pool_history.h"

#include <gtest/gtest.h>

#include "store/memory_journal.h"

namespace calm {
namespace {

constexpr Instant kFirstDay{1'767'225'600};  // 20454 days
const PoolKey kPool{ProductId{2}, PackKind::per_user};

std::map<PoolKey, PoolSeats> used(uint64_t n) {
    return {{kPool, PoolSeats{.owned = 100, .used = n}}};
}

std::vector<PoolDay> days_of(const PoolHistory& history) {
    const auto days = history.of(kPool);
    return {days.begin(), days.end()};
}

TEST(PoolHistory, keeps_the_last_number_of_each_day) {
    PoolHistory history;
    history.take(used(5), kFirstDay);
    history.take(used(7), kFirstDay + hours(5));
    history.take(used(9), kFirstDay + days(1));
    EXPECT_EQ(days_of(history), (std::vector<PoolDay>{{20454, 7}, {20455, 9}}));
    EXPECT_TRUE(history.of({ProductId{1}, PackKind::per_user}).empty());
}

TEST(PoolHistory, writes_what_changed_and_once_an_hour) {
    PoolHistory history;
    EXPECT_EQ(history.take(used(5), kFirstDay).size(), 1U);
    EXPECT_EQ(history.take(used(6), kFirstDay + minutes(59)).size(), 0U);
    EXPECT_EQ(history.take(used(6), kFirstDay + minutes(60)).size(), 1U);
    EXPECT_EQ(history.take(used(6), kFirstDay + hours(5)).size(), 0U);
}

TEST(PoolHistory, is_read_as_it_was_written) {
    PoolHistory history;
    store::MemoryDisk disk;
    auto journal = store::open_memory_journal(disk).value();
    for (int day = 0; day < 3; ++day) {
        store::Batch batch;
        for (auto& record : history.take(used(10 + day), kFirstDay + days(day)))
            batch.put(std::move(record));
        ASSERT_TRUE(journal->append(batch).is_committed());
    }
    const auto reader = journal->open_reader().value();
    const auto again = PoolHistory::read(*reader);
    ASSERT_TRUE(again);
    EXPECT_EQ(days_of(*again), days_of(history));
    EXPECT_EQ(days_of(*again).size(), 3U);
}

TEST(PoolHistory, forgets_what_no_forecast_looks_at) {
    PoolHistory history;
    for (int day = 0; day < 500; ++day)
        history.take(used(1), kFirstDay + days(day));
    EXPECT_EQ(history.of(kPool).size(), kPoolDaysMax);
    EXPECT_EQ(history.of(kPool).back().day, 20454U + 499U);
}

TEST(PoolHistory, a_record_that_does_not_read_is_damage) {
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"00002", "1:1"},
                                                          {"00002.moon", "1:1"},
                                                          {"00002.per_user", "1:1 1:2"},
                                                          {"00002.per_user", "1:"},
                                                          {"00002.per_user", "1:1,2:2"}}) {
        store::MemoryDisk disk;
        auto journal = store::open_memory_journal(disk).value();
        store::Batch batch;
        batch.put({"pool_days", key, value});
        ASSERT_TRUE(journal->append(batch).is_committed());
        EXPECT_FALSE(PoolHistory::read(*journal->open_reader().value())) << key << " " << value;
    }
}

}  // namespace
}  // namespace calm
