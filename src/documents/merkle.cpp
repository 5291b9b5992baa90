// The tree itself: hashes, frontier, rebuilding. Proofs are in merkle_proofs.cpp.
#include "documents/merkle.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"
#include "documents/crypto.h"

namespace calm {
namespace {

constexpr uint8_t kLeafPrefix = 0;
constexpr uint8_t kNodePrefix = 1;

}  // namespace

Hash leaf_hash(std::string_view line) {
    return sha256({{&kLeafPrefix, 1}, as_bytes(line)});
}

Hash node_hash(const Hash& left, const Hash& right) {
    std::array<uint8_t, 65> bytes;
    bytes[0] = kNodePrefix;
    std::ranges::copy(left, bytes.begin() + 1);
    std::ranges::copy(right, bytes.begin() + 33);
    return sha256(std::span<const uint8_t>(bytes));
}

Hash empty_tree_root() {
    return sha256(std::string_view());
}

// A new complete subtree of 2^height leaves joins the equal one to its left, and so on upwards, as
// a carry does in binary addition. Where a subtree as high as a tile's foot comes to be, it is one
// of a tile's hashes.
void Frontier::push(unsigned height, Hash hash, std::vector<Tile>* full) {
    for (unsigned h = height;; ++h) {
        if (full != nullptr && h % kTileHeight == 0) {
            const unsigned level = h / kTileHeight;
            if (edges_.size() <= level) edges_.emplace_back().reserve(kTileWidth);
            auto& edge = edges_[level];
            edge.push_back(hash);
            if (edge.size() == kTileWidth) {
                full->push_back({.level = static_cast<uint8_t>(level),
                                 .index = size_ >> (h + kTileHeight),
                                 .hashes = edge});
                edge.clear();
            }
        }
        if ((size_ >> h & 1) == 0) {
            peaks_[h] = hash;
            break;
        }
        hash = node_hash(peaks_[h], hash);
    }
    size_ += uint64_t{1} << height;
}

void Frontier::append(const Hash& leaf, std::vector<Tile>& full) {
    push(0, leaf, &full);
}

Hash Frontier::root() const {
    if (size_ == 0) return empty_tree_root();
    unsigned h = static_cast<unsigned>(std::countr_zero(size_));
    Hash hash = peaks_[h];
    for (++h; h < 64; ++h) {
        if ((size_ >> h & 1) != 0) hash = node_hash(peaks_[h], hash);
    }
    return hash;
}

const Hash& Frontier::peak(unsigned height) const {
    CALM_ASSERT(height < 64 && (size_ >> height & 1) != 0);
    return peaks_[height];
}

std::span<const Hash> Frontier::edge(unsigned level) const {
    if (level >= edges_.size()) return {};
    return edges_[level];
}

Result<Frontier> Frontier::rebuild(uint64_t size, std::span<const Hash> last_leaves,
                                   const TileReader& read) {
    CALM_ASSERT(last_leaves.size() == size % kTileWidth);
    Frontier frontier;
    const unsigned levels =
        (static_cast<unsigned>(std::bit_width(size)) + kTileHeight - 1) / kTileHeight;
    frontier.edges_.resize(levels);
    // From the highest level down: what is pushed never carries beyond its own level's heights.
    for (unsigned level = levels; level-- > 0;) {
        const unsigned height = level * kTileHeight;
        const uint64_t count = (size >> height) % kTileWidth;
        const uint64_t first = (size >> height) - count;
        auto& edge = frontier.edges_[level];
        edge.reserve(kTileWidth);
        for (uint64_t i = 0; i < count; ++i) {
            Hash hash;
            if (level == 0) {
                hash = last_leaves[i];
            } else {
                TileHashes below;
                CALM_TRY(read(static_cast<uint8_t>(level - 1), first + i, below));
                for (uint64_t width = kTileWidth; width > 1; width /= 2) {
                    for (uint64_t j = 0; j < width / 2; ++j)
                        below[j] = node_hash(below[2 * j], below[2 * j + 1]);
                }
                hash = below[0];
            }
            edge.push_back(hash);
            frontier.push(height, hash, nullptr);
        }
    }
    return frontier;
}

}  // namespace calm
