// Instant: a second of UTC since 1970, and the only form of time in the rules. Nothing here reads a
// clock.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace calm {

struct Seconds {
    int64_t count = 0;
    constexpr auto operator<=>(const Seconds&) const = default;
};

constexpr Seconds seconds(int64_t n) {
    return {n};
}
constexpr Seconds minutes(int64_t n) {
    return {n * 60};
}
constexpr Seconds hours(int64_t n) {
    return {n * 3600};
}
constexpr Seconds days(int64_t n) {
    return {n * 86400};
}

struct Instant {
    int64_t seconds = 0;  // since 1970-01-01T00:00:00Z, leap seconds not counted

    constexpr auto operator<=>(const Instant&) const = default;
};

constexpr Instant operator+(Instant at, Seconds d) {
    return {at.seconds + d.count};
}
constexpr Instant operator-(Instant at, Seconds d) {
    return {at.seconds - d.count};
}
constexpr Seconds operator-(Instant a, Instant b) {
    return {a.seconds - b.seconds};
}

// The largest moment a right may state: 2106-02-07, what 32 bits hold. Parsers refuse later ones.
inline constexpr Instant kInstantMax{0xFFFF'FFFF};
constexpr bool in_range(Instant at) {
    return at.seconds >= 0 && at <= kInstantMax;
}

// "2026-11-21T18:24:21Z". REQUIRES: 0 <= at <= 9999-12-31.
std::string to_rfc3339(Instant at);
void append_rfc3339(std::string& out, Instant at);  // the same, without a string of its own

// Reads exactly the form that to_rfc3339 writes. Errors: `bad_time`.
Result<Instant> parse_rfc3339(std::string_view text);

// "90d", "12h", "30m", "45s" and sums such as "1d12h". Errors: `bad_duration`.
Result<Seconds> parse_duration(std::string_view text);

}  // namespace calm
