// Pools and their thresholds.
#include "cli/pools.h"

#include "cli/json_view.h"

namespace calm::cli {

unsigned Pool::warning() const {
    if (requirement == "none") return 0;
    if (overuse > 0) return 100;
    for (const unsigned threshold : {100U, 90U, 80U}) {
        if (owned > 0 && percent() >= threshold) return threshold;
    }
    return 0;
}

std::vector<Pool> pools_of(const boost::json::value& status) {
    std::vector<Pool> pools;
    for (const auto& product : array_at(status, "products")) {
        const auto number = [&](const char* name) {
            return static_cast<uint64_t>(std::max<int64_t>(number_at(product, name), 0));
        };
        pools.push_back({.product = text_at(product, "product"),
                         .requirement = text_at(product, "requires"),
                         .owned = number("owned"),
                         .used = number("used"),
                         .temporary = number("temporary"),
                         .overuse = number("overuse")});
    }
    return pools;
}

}  // namespace calm::cli
