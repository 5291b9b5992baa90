// closest() over strings.
#include "cli/suggest.h"

#include <vector>

#include "base/closest.h"

namespace calm::cli {

std::optional<std::string> suggest(std::string_view word, std::span<const std::string> candidates) {
    const std::vector<std::string_view> known(candidates.begin(), candidates.end());
    const std::string_view found = closest(word, known);
    if (found.empty()) return std::nullopt;
    return std::string(found);
}

}  // namespace calm::cli
