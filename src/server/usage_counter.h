// UsageCounter: who used which product from which device on which day, counted in memory. That
// somebody used something on a day is written within seconds; how often is added up here and
// written now and then, because a busy day repeats itself a million times. Counted, not promised
// (design.md 4).
#pragma once

#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/instant.h"
#include "store/journal.h"

namespace calm {

class UsageCounter {
  public:
    // More keys than this are written and forgotten, whatever the hour.
    static constexpr size_t kKeysMax = 1'000'000;

    void count(Instant now, SubjectId user, SubjectId device, ProductId product, HostId host) {
        const Key key{static_cast<uint32_t>(now.seconds / 86400), user.value, device.value,
                      host.value, product.value};
        if (++counts_[key] == 1) fresh_.push_back(key);
    }

    bool full() const { return counts_.size() >= kKeysMax; }

    // What was not used before since the last take_all().
    std::vector<store::UsageRow> take_fresh() {
        std::vector<store::UsageRow> rows;
        rows.reserve(fresh_.size());
        for (const Key& key : fresh_) {
            uint32_t& count = counts_[key];
            if (count < kWritten) rows.push_back(row(key, count));
            count = kWritten;
        }
        fresh_.clear();
        return rows;
    }

    // Everything not yet written; afterwards nothing is known.
    std::vector<store::UsageRow> take_all() {
        std::vector<store::UsageRow> rows;
        for (const auto& [key, count] : counts_) {
            if (const uint32_t unwritten = count & ~kWritten; unwritten > 0) {
                rows.push_back(row(key, unwritten));
            }
        }
        counts_.clear();
        fresh_.clear();
        return rows;
    }

  private:
    struct Key {
        uint32_t day;
        uint32_t user;
        uint32_t device;
        uint32_t host;
        uint16_t product;
        bool operator==(const Key&) const = default;
        friend size_t hash_value(const Key& key) {
            uint64_t h = (uint64_t{key.user} << 32 | key.device) * 0x9E3779B97F4A7C15U;
            h ^= (uint64_t{key.host} << 24 ^ uint64_t{key.product} << 8 ^ key.day);
            return h * 0xD6E8FEB86659FD93U;
        }
    };

    static store::UsageRow row(const Key& key, uint32_t count) {
        return {key.day, {key.user}, {key.device}, {key.product}, {key.host}, count};
    }

    // Set in a count whose key is on disk; the rest of the number is what came since.
    static constexpr uint32_t kWritten = 0x8000'0000;

    boost::unordered_flat_map<Key, uint32_t> counts_;
    std::vector<Key> fresh_;
};

}  // namespace calm
