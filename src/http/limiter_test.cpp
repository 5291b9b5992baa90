// Buckets refill whatever their owner does.
#include "http/limiter.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = TokenBuckets::Time;

TEST(Limiter, a_burst_passes_and_then_one_at_a_time) {
    TokenBuckets buckets(2, 5);
    const Time start{};
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(buckets.take("a", start), milliseconds(0));
    EXPECT_EQ(buckets.take("a", start), milliseconds(500));
    EXPECT_EQ(buckets.take("b", start), milliseconds(0));  // each key has its own
    EXPECT_EQ(buckets.take("a", start + milliseconds(500)), milliseconds(0));
    EXPECT_EQ(buckets.take("a", start + milliseconds(500)), milliseconds(500));
}

TEST(Limiter, who_polls_steadily_is_let_in_again) {
    // 60 calls pass, the next are refused; one call every 10 s must not be refused for ever.
    TokenBuckets buckets(60.0 / 60, 60);
    const Time start{};
    while (buckets.take("poller", start).count() == 0) {
    }
    int passed = 0;
    for (int i = 1; i <= 13; ++i)
        passed += buckets.take("poller", start + seconds(10 * i)).count() == 0;
    EXPECT_EQ(passed, 13);
}

TEST(Limiter, ten_tries_in_15_minutes_for_each_account_from_each_address) {
    SignInLimiter limiter;
    const Time start{};
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(limiter.take("anna", "192.0.2.1", start).count(), 0);
    const milliseconds wait = limiter.take("anna", "192.0.2.1", start);
    EXPECT_EQ(wait, seconds(90));
    EXPECT_EQ(limiter.take("anna", "192.0.2.2", start).count(), 0);  // nobody else is locked out
    EXPECT_EQ(limiter.take("bruno", "192.0.2.1", start).count(), 0);
    // Trying all the time neither helps nor harms.
    for (int s = 1; s < 90; ++s)
        EXPECT_GT(limiter.take("anna", "192.0.2.1", start + seconds(s)).count(), 0);
    EXPECT_EQ(limiter.take("anna", "192.0.2.1", start + seconds(90)).count(), 0);
}

TEST(Limiter, signing_in_gives_the_tries_back) {
    SignInLimiter limiter;
    for (int i = 0; i < 10; ++i)
        limiter.take("anna", "192.0.2.1", {});
    limiter.succeeded("anna", "192.0.2.1");
    EXPECT_EQ(limiter.take("anna", "192.0.2.1", {}).count(), 0);
}

TEST(Limiter, remembers_a_bounded_number_of_keys) {
    TokenBuckets buckets(1, 2, 100);
    for (int i = 0; i < 10'000; ++i)
        buckets.take(std::to_string(i), Time{});
    EXPECT_LE(buckets.keys(), 100u);
    // What is full again is forgotten first.
    buckets.take("busy", Time{} + seconds(100));
    for (int i = 0; i < 98; ++i)
        buckets.take(std::to_string(i), Time{} + seconds(100));
    EXPECT_EQ(buckets.take("busy", Time{} + seconds(100)).count(), 0);
    EXPECT_GT(buckets.take("busy", Time{} + seconds(100)).count(), 0);
}

TEST(Limiter, retry_after_is_in_whole_seconds_and_never_0) {
    EXPECT_EQ(retry_after_seconds(milliseconds(1)), 1u);
    EXPECT_EQ(retry_after_seconds(milliseconds(1000)), 1u);
    EXPECT_EQ(retry_after_seconds(milliseconds(1001)), 2u);
}

RC_GTEST_PROP(Limiter, never_more_than_burst_plus_rate_and_the_wait_told_is_enough, ()) {
    const int burst = *rc::gen::inRange(1, 20);
    const double rate = *rc::gen::inRange(1, 50) / 10.0;
    TokenBuckets buckets(rate, burst);
    Time now{};
    double passed = 0;
    for (int i = 0; i < 200; ++i) {
        now += milliseconds(*rc::gen::inRange(0, 400));
        const milliseconds wait = buckets.take("k", now);
        if (wait.count() == 0) {
            ++passed;
        } else if (i % 5 == 0) {
            now += wait;
            RC_ASSERT(buckets.take("k", now).count() == 0);
            ++passed;
        }
        const double elapsed = std::chrono::duration<double>(now - Time{}).count();
        RC_ASSERT(passed <= burst + elapsed * rate + 1e-6);
    }
}

}  // namespace
}  // namespace calm::http
