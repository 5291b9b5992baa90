// A record is "DAY:USED DAY:USED …", ascending.
#include "server/pool_history.h"

#include <charconv>

#include <fmt/format.h>

namespace calm {
namespace {

constexpr std::string_view kDaysTable = "pool_days";
constexpr Seconds kBetweenWrites = hours(1);

// The number at the text's beginning, and the text behind it.
template <class Number>
bool take_number(std::string_view& text, Number& into) {
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), into);
    if (failed != std::errc()) return false;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    return true;
}

bool take_sign(std::string_view& text, char sign) {
    if (!text.starts_with(sign)) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<PoolKey> key_from(std::string_view text) {
    uint16_t product = 0;
    if (!take_number(text, product) || !take_sign(text, '.')) return std::nullopt;
    const auto kind = from_name<PackKind>(text);
    if (!kind) return std::nullopt;
    return PoolKey{ProductId{product}, *kind};
}

std::optional<std::vector<PoolDay>> days_from(std::string_view text) {
    std::vector<PoolDay> days;
    while (!text.empty()) {
        PoolDay day;
        if (!days.empty() && !take_sign(text, ' ')) return std::nullopt;
        if (!take_number(text, day.day) || !take_sign(text, ':') || !take_number(text, day.used)) {
            return std::nullopt;
        }
        if (!days.empty() && days.back().day >= day.day) return std::nullopt;
        days.push_back(day);
    }
    return days;
}

std::string text_of(const std::vector<PoolDay>& days) {
    std::string out;
    for (const PoolDay& each : days)
        out += fmt::format("{}{}:{}", out.empty() ? "" : " ", each.day, each.used);
    return out;
}

}  // namespace

Result<PoolHistory> PoolHistory::read(store::JournalReader& reader) {
    PoolHistory out;
    bool sound = true;
    CALM_TRY(reader.records(kDaysTable, [&](std::string_view key, std::string_view value) {
        const auto pool = key_from(key);
        auto days = days_from(value);
        sound = pool && days;
        if (sound) out.pools_[*pool].days = std::move(*days);
        return sound;
    }));
    if (!sound) return fail("database_damaged", "the history of a pool does not read");
    return out;
}

std::vector<store::Record> PoolHistory::take(const std::map<PoolKey, PoolSeats>& pools,
                                             Instant now) {
    const auto today = static_cast<uint32_t>(now.seconds / days(1).count);
    std::vector<store::Record> out;
    for (const auto& [key, seats] : pools) {
        Days& pool = pools_[key];
        const auto used = static_cast<uint32_t>(std::min<uint64_t>(seats.used, 0xFFFF'FFFF));
        const PoolDay sample{.day = today, .used = used};
        if (pool.days.empty() || pool.days.back().day < today) {
            if (pool.days.size() == kPoolDaysMax) pool.days.erase(pool.days.begin());
            pool.days.push_back(sample);
            pool.changed = true;
        } else if (pool.days.back().day == today && pool.days.back() != sample) {
            pool.days.back() = sample;
            pool.changed = true;
        }
        if (!pool.changed || now - pool.written < kBetweenWrites) continue;
        pool.changed = false;
        pool.written = now;
        out.push_back({.table = std::string(kDaysTable),
                       .key = fmt::format("{:05}.{}", key.first.value, name_of(key.second)),
                       .value = text_of(pool.days)});
    }
    return out;
}

std::span<const PoolDay> PoolHistory::of(PoolKey pool) const {
    const auto found = pools_.find(pool);
    if (found == pools_.end()) return {};
    return found->second.days;
}

}  // namespace calm
