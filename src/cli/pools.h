// How full the pools of a license server are.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace calm::cli {

struct Pool {
    std::string product;
    std::string requirement;
    uint64_t owned = 0;
    uint64_t used = 0;
    uint64_t temporary = 0;
    uint64_t overuse = 0;

    // Rounded down; 0 without seats.
    uint64_t percent() const { return owned == 0 ? 0 : used * 100 / owned; }

    // 100, 90, 80, or 0: the threshold that is reached. A pool with over-use is full, whatever its
    // seats say; products that ask for no CAL never are.
    unsigned warning() const;
};

// Out of GET /v1/status.
std::vector<Pool> pools_of(const boost::json::value& status);

}  // namespace calm::cli
