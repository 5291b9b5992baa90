// RFC 3339 in its one canonical form, and durations as people write them.
#include "base/instant.h"

#include <array>

#include <fmt/format.h>

namespace calm {
namespace {

struct Civil {
    int64_t year;
    unsigned month;
    unsigned day;
};

// Days since 1970-01-01 of a date in the proleptic Gregorian calendar; years count from March so
// that the leap day is the last of its year.
constexpr int64_t days_from_civil(Civil c) {
    const int64_t y = c.month <= 2 ? c.year - 1 : c.year;
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const auto year_of_era = static_cast<unsigned>(y - era * 400);
    const unsigned month_from_march = c.month > 2 ? c.month - 3 : c.month + 9;
    const unsigned day_of_year = (153 * month_from_march + 2) / 5 + c.day - 1;
    const unsigned day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + static_cast<int64_t>(day_of_era) - 719468;
}

constexpr Civil civil_from_days(int64_t z) {
    z += 719468;
    const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const auto doe = static_cast<unsigned>(z - era * 146097);
    const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const unsigned mp = (5 * doy + 2) / 153;
    const unsigned day = doy - (153 * mp + 2) / 5 + 1;
    const unsigned month = mp < 10 ? mp + 3 : mp - 9;
    const int64_t year = static_cast<int64_t>(yoe) + era * 400 + (month <= 2 ? 1 : 0);
    return {year, month, day};
}

static_assert(days_from_civil({1970, 1, 1}) == 0);
static_assert(days_from_civil({2000, 2, 29}) == 11016);

// Reads `count` digits at `position`; -1 when one is not a digit.
int digits(std::string_view text, size_t position, size_t count) {
    int value = 0;
    for (size_t i = position; i < position + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace

std::string to_rfc3339(Instant at) {
    std::string out;
    append_rfc3339(out, at);
    return out;
}

// Written out digit by digit: each line of the log has up to three of these.
void append_rfc3339(std::string& out, Instant at) {
    const int64_t day = (at.seconds >= 0 ? at.seconds : at.seconds - 86399) / 86400;
    const int64_t second = at.seconds - day * 86400;
    const Civil c = civil_from_days(day);
    char text[] = "0000-00-00T00:00:00Z";
    const auto put = [&text](size_t position, size_t count, int64_t value) {
        for (size_t i = count; i-- > 0; value /= 10)
            text[position + i] = static_cast<char>('0' + value % 10);
    };
    put(0, 4, c.year);
    put(5, 2, c.month);
    put(8, 2, c.day);
    put(11, 2, second / 3600);
    put(14, 2, second / 60 % 60);
    put(17, 2, second % 60);
    out.append(text, sizeof text - 1);
}

Result<Instant> parse_rfc3339(std::string_view text) {
    const auto bad = [&] {
        return fail("bad_time", fmt::format("`{}` is not a time like 2026-11-21T18:24:21Z",
                                            text.substr(0, 40)));
    };
    if (text.size() != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
        text[13] != ':' || text[16] != ':' || text[19] != 'Z') {
        return bad();
    }
    const std::array fields = {digits(text, 0, 4),  digits(text, 5, 2),  digits(text, 8, 2),
                               digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)};
    for (const int field : fields) {
        if (field < 0) return bad();
    }
    const auto [year, month, day, hour, minute, second] = fields;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 ||
        second > 59) {
        return bad();
    }
    const Instant at{
        days_from_civil({year, static_cast<unsigned>(month), static_cast<unsigned>(day)}) * 86400 +
        hour * 3600 + minute * 60 + second};
    const Civil same = civil_from_days(at.seconds / 86400);
    if (same.day != static_cast<unsigned>(day))
        return bad();  // 31 April, 29 February of a common year
    return at;
}

Result<Seconds> parse_duration(std::string_view text) {
    const auto bad = [&] {
        return fail("bad_duration",
                    fmt::format("`{}` is not a duration like 90d, 12h or 30m", text.substr(0, 40)));
    };
    if (text.empty()) return bad();
    int64_t total = 0;
    size_t i = 0;
    while (i < text.size()) {
        int64_t number = 0;
        const size_t start = i;
        while (i < text.size() && text[i] >= '0' && text[i] <= '9' && i - start < 7) {
            number = number * 10 + (text[i++] - '0');
        }
        if (i == start || i == text.size()) return bad();
        switch (text[i++]) {
            case 'd': number *= 86400; break;
            case 'h': number *= 3600; break;
            case 'm': number *= 60; break;
            case 's': break;
            default: return bad();
        }
        total += number;
    }
    return Seconds{total};
}

}  // namespace calm
