// Proofs of the tree: where their hashes come from (tiles, the right edge, a batch), and how they
// are checked (the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2, which check RFC 6962's
// proofs).
#include <algorithm>
#include <bit>

#include "base/assert.h"
#include "documents/merkle.h"

namespace calm {
namespace {

// Complete subtrees of a stored tree. One tile a level is kept: a proof's nodes of one level lie in
// at most two tiles.
class StoredNodes {
  public:
    StoredNodes(const Frontier& now, const TileReader& read) : now_(now), read_(read) {}

    // The subtree over leaves [index << height, (index + 1) << height).
    Result<Hash> operator()(unsigned height, uint64_t index) {
        const unsigned level = height / kTileHeight;
        const unsigned inside = height % kTileHeight;
        const uint64_t first = index << inside;
        const uint64_t tile = first / kTileWidth;
        const uint64_t offset = first % kTileWidth;
        const uint64_t full_tiles = now_.size() >> (level * kTileHeight) >> kTileHeight;
        std::span<const Hash> row = now_.edge(level);
        if (tile < full_tiles) {
            CALM_TRY(load(level, tile));
            row = tiles_[level].hashes;
        }
        CALM_ASSERT(offset + (uint64_t{1} << inside) <= row.size());
        return fold(row.subspan(offset, uint64_t{1} << inside));
    }

  private:
    struct Loaded {
        std::optional<uint64_t> index;
        TileHashes hashes;
    };

    Result<> load(unsigned level, uint64_t index) {
        while (tiles_.size() <= level)
            tiles_.emplace_back();
        Loaded& tile = tiles_[level];
        if (tile.index == index) return {};
        tile.index.reset();
        CALM_TRY(read_(static_cast<uint8_t>(level), index, tile.hashes));
        tile.index = index;
        return {};
    }

    static Hash fold(std::span<const Hash> hashes) {
        if (hashes.size() == 1) return hashes.front();
        const size_t half = hashes.size() / 2;
        return node_hash(fold(hashes.first(half)), fold(hashes.subspan(half)));
    }

    const Frontier& now_;
    const TileReader& read_;
    std::vector<Loaded> tiles_;
};

// The hash over leaves [low, high). REQUIRES: low is a multiple of the next power of two >= high -
// low.
template <class Nodes>
Result<Hash> range_hash(uint64_t low, uint64_t high, Nodes& nodes) {
    std::optional<Hash> hash;
    uint64_t end = high;
    for (uint64_t left = high - low; left != 0; left &= left - 1) {
        const auto height = static_cast<unsigned>(std::countr_zero(left));
        CALM_TRY_ASSIGN(const Hash node, nodes(height, (end >> height) - 1));
        hash = hash ? node_hash(node, *hash) : node;
        end -= uint64_t{1} << height;
    }
    return *hash;
}

template <class Nodes>
Result<std::vector<Hash>> inclusion_path(uint64_t index, uint64_t size, Nodes& nodes) {
    std::vector<Hash> path;
    uint64_t last = size - 1;
    for (unsigned height = 0; last > 0; ++height, index >>= 1, last >>= 1) {
        if ((index & 1) != 0) {
            CALM_TRY_ASSIGN(path.emplace_back(), nodes(height, index - 1));
        } else if (index < last) {
            const uint64_t low = (index + 1) << height;
            const uint64_t high = std::min(size, low + (uint64_t{1} << height));
            CALM_TRY_ASSIGN(path.emplace_back(), range_hash(low, high, nodes));
        }
    }
    return path;
}

}  // namespace

Result<std::vector<Hash>> inclusion_proof(uint64_t index, uint64_t size, const Frontier& now,
                                          const TileReader& read) {
    CALM_ASSERT(index < size && size <= now.size());
    StoredNodes nodes(now, read);
    return inclusion_path(index, size, nodes);
}

// RFC 6962's SUBPROOF, from the outside in; the parts it lists come out last first.
Result<std::vector<Hash>> consistency_proof(uint64_t first, uint64_t second, const Frontier& now,
                                            const TileReader& read) {
    CALM_ASSERT(0 < first && first <= second && second <= now.size());
    StoredNodes nodes(now, read);
    std::vector<Hash> proof;
    uint64_t low = 0;
    uint64_t high = second;
    bool known = true;  // the reader has the hash over [low, first)
    while (first != high) {
        const uint64_t middle = low + std::bit_floor(high - low - 1);
        if (first <= middle) {
            CALM_TRY_ASSIGN(proof.emplace_back(), range_hash(middle, high, nodes));
            high = middle;
        } else {
            CALM_TRY_ASSIGN(proof.emplace_back(), range_hash(low, middle, nodes));
            low = middle;
            known = false;
        }
    }
    if (!known) {
        CALM_TRY_ASSIGN(proof.emplace_back(), range_hash(low, high, nodes));
    }
    std::ranges::reverse(proof);
    return proof;
}

BatchProofs::BatchProofs(const Frontier& before, std::span<const Hash> leaves)
    : before_(&before), size_(before.size() + leaves.size()) {
    levels_.emplace_back(leaves.begin(), leaves.end());
    for (unsigned height = 0; size_ >> (height + 1) != 0; ++height) {
        const uint64_t first = before.size() >> (height + 1);
        const uint64_t end = size_ >> (height + 1);
        auto& row = levels_.emplace_back();
        row.reserve(end - first);
        for (uint64_t i = first; i < end; ++i)
            row.push_back(node_hash(node(height, 2 * i), node(height, 2 * i + 1)));
    }
}

Hash BatchProofs::node(unsigned height, uint64_t index) const {
    const uint64_t first = before_->size() >> height;
    // To the left of the batch's nodes a proof needs only what the tree before it ended with.
    if (index < first) return before_->peak(height);
    return levels_[height][index - first];
}

std::vector<Hash> BatchProofs::inclusion(uint64_t index) const {
    CALM_ASSERT(before_->size() <= index && index < size_);
    const auto nodes = [this](unsigned height, uint64_t i) -> Result<Hash> {
        return node(height, i);
    };
    return *inclusion_path(index, size_, nodes);
}

bool verify_inclusion(const Hash& leaf, uint64_t index, uint64_t size, std::span<const Hash> proof,
                      const Hash& root) {
    if (index >= size) return false;
    Hash hash = leaf;
    size_t used = 0;
    for (uint64_t last = size - 1; last > 0; index >>= 1, last >>= 1) {
        const bool right = (index & 1) != 0;
        if (!right && index == last) continue;  // no sibling at this height
        if (used == proof.size()) return false;
        hash = right ? node_hash(proof[used], hash) : node_hash(hash, proof[used]);
        ++used;
    }
    return used == proof.size() && hash == root;
}

bool verify_consistency(uint64_t first, const Hash& first_root, uint64_t second,
                        const Hash& second_root, std::span<const Hash> proof) {
    if (first > second) return false;
    if (first == second) return proof.empty() && first_root == second_root;
    if (first == 0) return proof.empty() && first_root == empty_tree_root();
    uint64_t index = first - 1;
    uint64_t last = second - 1;
    const int skipped = std::countr_one(index);
    index >>= skipped;
    last >>= skipped;
    size_t used = 0;
    Hash old_hash = first_root;
    if (index > 0) {  // else the first tree is itself a subtree of the second
        if (proof.empty()) return false;
        old_hash = proof[used++];
    }
    Hash new_hash = old_hash;
    for (; last > 0; index >>= 1, last >>= 1) {
        const bool right = (index & 1) != 0;
        if (!right && index == last) continue;
        if (used == proof.size()) return false;
        const Hash& sibling = proof[used++];
        if (right) {
            old_hash = node_hash(sibling, old_hash);
            new_hash = node_hash(sibling, new_hash);
        } else {
            new_hash = node_hash(new_hash, sibling);
        }
    }
    return used == proof.size() && old_hash == first_root && new_hash == second_root;
}

std::vector<Hash> join_inclusion(uint64_t low, std::span<const Hash> low_proof, uint64_t high,
                                 std::span<const Hash> high_proof, uint64_t size) {
    CALM_ASSERT(low < high && high < size);
    std::vector<Hash> joined;
    size_t low_used = 0;
    size_t high_used = 0;
    for (uint64_t last = size - 1; last > 0; low >>= 1, high >>= 1, last >>= 1) {
        const bool low_has = (low & 1) != 0 || low < last;
        const bool high_has = (high & 1) != 0 || high < last;
        if ((low ^ 1) == high) {  // here each is the other's sibling
            ++low_used;
            ++high_used;
            continue;
        }
        if (low_has) joined.push_back(low_proof[low_used++]);
        if (high_has) {
            if (low != high) joined.push_back(high_proof[high_used]);
            ++high_used;
        }
    }
    CALM_ASSERT(low_used == low_proof.size() && high_used == high_proof.size());
    return joined;
}

bool verify_inclusion_of_two(const Hash& low_leaf, uint64_t low, const Hash& high_leaf,
                             uint64_t high, uint64_t size, std::span<const Hash> proof,
                             const Hash& root) {
    if (low >= high || high >= size) return false;
    Hash low_hash = low_leaf;
    Hash high_hash = high_leaf;
    size_t used = 0;
    uint64_t last = size - 1;
    const auto climb = [&](Hash& hash, uint64_t index) {
        const bool right = (index & 1) != 0;
        if (!right && index == last) return true;
        if (used == proof.size()) return false;
        hash = right ? node_hash(proof[used], hash) : node_hash(hash, proof[used]);
        ++used;
        return true;
    };
    while ((low ^ 1) != high) {
        if (!climb(low_hash, low) || !climb(high_hash, high)) return false;
        low >>= 1;
        high >>= 1;
        last >>= 1;
    }
    const Hash meeting = node_hash(low_hash, high_hash);
    // From here on it is the proof of one node in a tree of nodes of this height.
    return verify_inclusion(meeting, low >> 1, (last >> 1) + 1, proof.subspan(used), root);
}

}  // namespace calm
