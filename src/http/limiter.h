// Token buckets by key: how often one address, or one account from one address, may try something.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace calm::http {

// A bucket holds `burst` tokens, each try takes one, and they come back at a steady rate whatever
// the key does meanwhile: somebody who keeps asking is let in again as soon as a token is there. (A
// window that restarts with every refused try never opens again for a steady poller.)
//
// Not thread-safe; time is an argument.
class TokenBuckets {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // At most `keys_max` keys are remembered; beyond, full buckets are forgotten first (they are
    // worth nothing), then any. REQUIRES: tokens_per_second > 0, burst >= 1.
    TokenBuckets(double tokens_per_second, double burst, size_t keys_max = 65'536);

    // Takes a token. Gives 0 when there was one, else the time until there will be.
    std::chrono::milliseconds take(std::string_view key, Time now);

    // The key starts anew with a full bucket (a sign-in that succeeded).
    void reset(std::string_view key);

    size_t keys() const { return buckets_.size(); }

  private:
    struct Bucket {
        double tokens;
        Time at;
    };
    struct TextHash {
        using is_transparent = void;
        size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    double tokens_at(const Bucket& bucket, Time now) const;
    void make_room(Time now);

    double per_second_;
    double burst_;
    size_t keys_max_;
    std::unordered_map<std::string, Bucket, TextHash, std::equal_to<>> buckets_;
};

// Tries to sign in: 10 in 15 minutes for each account from each address (rule R16). One address
// cannot lock an account for others.
class SignInLimiter {
  public:
    static constexpr double kTries = 10;
    static constexpr double kMinutes = 15;

    SignInLimiter() : buckets_(kTries / (kMinutes * 60), kTries) {}

    // 0: try now (and the try is counted); else how long to wait.
    std::chrono::milliseconds take(std::string_view account, std::string_view address,
                                   TokenBuckets::Time now) {
        return buckets_.take(key(account, address), now);
    }
    void succeeded(std::string_view account, std::string_view address) {
        buckets_.reset(key(account, address));
    }

  private:
    static std::string key(std::string_view account, std::string_view address) {
        std::string both(address);  // an address has no space
        both += ' ';
        both += account;
        return both;
    }
    TokenBuckets buckets_;
};

// Whole seconds for a Retry-After header, at least 1.
constexpr uint32_t retry_after_seconds(std::chrono::milliseconds wait) {
    return static_cast<uint32_t>(wait.count() <= 1000 ? 1 : (wait.count() + 999) / 1000);
}

}  // namespace calm::http
