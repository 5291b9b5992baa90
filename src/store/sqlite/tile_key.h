// Where a tile stands in its table: level 0, which is nearly all of them, last, so that it grows
// there.
#pragma once

#include <cstdint>

namespace calm::store {

// REQUIRES: index <= kTileIndexMax.
constexpr int64_t tile_key(uint8_t level, uint64_t index) {
    return static_cast<int64_t>(uint64_t{255U - level} << 48 | index);
}

}  // namespace calm::store
