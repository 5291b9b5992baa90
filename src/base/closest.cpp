// Levenshtein's distance; the words are short.
#include "base/closest.h"

#include <algorithm>
#include <vector>

namespace calm {
namespace {

constexpr size_t kDistanceMax = 2;
constexpr size_t kWordMax = 64;  // longer ones are not typing mistakes

size_t distance(std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

std::string_view closest(std::string_view word, std::span<const std::string_view> known) {
    std::string_view best;
    size_t best_distance = kDistanceMax + 1;
    if (word.size() > kWordMax) return best;
    for (const std::string_view each : known) {
        if (each.size() > kWordMax) continue;
        const size_t d = distance(word, each);
        if (d < best_distance && d < each.size()) {
            best = each;
            best_distance = d;
        }
    }
    return best;
}

}  // namespace calm
