// Tokens are computed when asked for; nothing runs in between.
#include "http/limiter.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"

namespace calm::http {

TokenBuckets::TokenBuckets(double tokens_per_second, double burst, size_t keys_max)
    : per_second_(tokens_per_second), burst_(burst), keys_max_(keys_max) {
    CALM_ASSERT(per_second_ > 0 && burst_ >= 1 && keys_max_ >= 1);
}

double TokenBuckets::tokens_at(const Bucket& bucket, Time now) const {
    const double passed = std::chrono::duration<double>(now - bucket.at).count();
    return std::min(burst_, bucket.tokens + std::max(0.0, passed) * per_second_);
}

std::chrono::milliseconds TokenBuckets::take(std::string_view key, Time now) {
    auto found = buckets_.find(key);
    if (found == buckets_.end()) {
        if (buckets_.size() >= keys_max_) make_room(now);
        found = buckets_.emplace(key, Bucket{burst_, now}).first;
    }
    Bucket& bucket = found->second;
    bucket.tokens = tokens_at(bucket, now);
    bucket.at = std::max(bucket.at, now);
    // A hair's breadth below 1 is 1: the wait told before was rounded to milliseconds.
    if (bucket.tokens >= 1 - 1e-9) {
        bucket.tokens = std::max(0.0, bucket.tokens - 1);
        return {};
    }
    const double seconds = (1 - bucket.tokens) / per_second_;
    return std::chrono::milliseconds(static_cast<int64_t>(std::ceil(seconds * 1000)));
}

void TokenBuckets::reset(std::string_view key) {
    if (const auto found = buckets_.find(key); found != buckets_.end()) buckets_.erase(found);
}

void TokenBuckets::make_room(Time now) {
    std::erase_if(buckets_,
                  [&](const auto& entry) { return tokens_at(entry.second, now) >= burst_; });
    // A sweep costs keys_max steps; dropping a good part pays for as many cheap calls.
    const size_t wanted = keys_max_ - keys_max_ / 8;
    while (buckets_.size() >= keys_max_ || (buckets_.size() > wanted && buckets_.size() > 1)) {
        buckets_.erase(buckets_.begin());
    }
}

}  // namespace calm::http
