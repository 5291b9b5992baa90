// The log's Merkle tree, hashed as RFC 6962 section 2.1 does: leaf = SHA-256(0x00 || line), node =
// SHA-256(0x01 || left || right). Kept as tiles of height 8: 256 neighbouring hashes of one height
// (0, 8, 16 …), handed out when full and never changed after. In memory stands only the right edge.
// Nothing here reads or writes: tiles come through a callback. No function is for two threads at
// once on the same object; a copy of a Frontier may be read in another thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace calm {

Hash leaf_hash(std::string_view line);
Hash node_hash(const Hash& left, const Hash& right);
Hash empty_tree_root();  // SHA-256 of nothing

inline constexpr uint64_t kTileWidth = 256;
inline constexpr unsigned kTileHeight = 8;

using TileHashes = std::array<Hash, kTileWidth>;

// Level 0 holds leaf hashes 256 * index and up; level n holds the roots of 256 tiles of level n
// - 1.
struct Tile {
    uint8_t level = 0;
    uint64_t index = 0;
    std::vector<Hash> hashes;  // kTileWidth of them

    bool operator==(const Tile&) const = default;
};

// Fills the last argument with a full tile. Called only for tiles that were handed out as full.
using TileReader = std::function<Result<>(uint8_t level, uint64_t index, TileHashes& hashes)>;

// A tree of `size` leaves seen from its right edge. Copying costs at most 8 KiB a tile level (three
// levels for 10 million leaves): keep a copy before a batch, and a failed batch is undone by it.
class Frontier {
  public:
    uint64_t size() const { return size_; }

    // Adds one leaf; tiles that it completes go to the end of `full`. Amortised one node hash.
    void append(const Hash& leaf, std::vector<Tile>& full);

    // The root of the tree as it is. At most 64 node hashes.
    Hash root() const;

    // The tree of `size` leaves again, from the full tiles and the leaf hashes behind the last full
    // one. REQUIRES: last_leaves.size() == size % kTileWidth. Reads at most 255 tiles a tile level.
    // Errors: what `read` says.
    static Result<Frontier> rebuild(uint64_t size, std::span<const Hash> last_leaves,
                                    const TileReader& read);

    // The complete subtree of 2^height leaves that ends the first `size` rounded down to that: what
    // proofs of a batch take from before it. REQUIRES: bit `height` of size() is set.
    const Hash& peak(unsigned height) const;

    // The hashes of tile level `level` that no full tile holds yet.
    std::span<const Hash> edge(unsigned level) const;

  private:
    void push(unsigned height, Hash hash, std::vector<Tile>* full);

    uint64_t size_ = 0;
    std::array<Hash, 64> peaks_{};  // [h] is meant only where bit h of size_ is set
    std::vector<std::vector<Hash>> edges_;
};

// The sibling hashes from a leaf to the root (RFC 6962 section 2.1.1), and from one tree to a later
// one (2.1.2), for the tree that `now` describes or any smaller one: full tiles come from `read`,
// the rest from `now`. REQUIRES: index < size <= now.size(); 0 < first <= second <= now.size().
// Errors: what `read` says.
Result<std::vector<Hash>> inclusion_proof(uint64_t index, uint64_t size, const Frontier& now,
                                          const TileReader& read);
Result<std::vector<Hash>> consistency_proof(uint64_t first, uint64_t second, const Frontier& now,
                                            const TileReader& read);

// Inclusion proofs of the leaves just appended, from the frontier before them and nothing else:
// about one node hash a leaf for all proofs together. Both arguments must outlive it.
class BatchProofs {
  public:
    BatchProofs(const Frontier& before, std::span<const Hash> leaves);

    // REQUIRES: before.size() <= index < before.size() + leaves.size().
    std::vector<Hash> inclusion(uint64_t index) const;

  private:
    Hash node(unsigned height, uint64_t index) const;

    const Frontier* before_;
    uint64_t size_;
    std::vector<std::vector<Hash>> levels_;  // [h]: complete nodes from index before.size() >> h on
};

// Whether the tree of `size` leaves with this root has this leaf at this index. Bounded by the
// proof's length, which must be exact.
bool verify_inclusion(const Hash& leaf, uint64_t index, uint64_t size, std::span<const Hash> proof,
                      const Hash& root);

// Whether the tree of `second` leaves begins with the tree of `first`. A tree of 0 leaves begins
// every tree, with an empty proof.
bool verify_consistency(uint64_t first, const Hash& first_root, uint64_t second,
                        const Hash& second_root, std::span<const Hash> proof);

// One proof for two leaves, shorter than two: above where their paths meet they share everything,
// and each is the other's sibling there. Its hashes stand bottom up, the lower index first.
// REQUIRES: low < high < size and both proofs are inclusion proofs in that tree.
std::vector<Hash> join_inclusion(uint64_t low, std::span<const Hash> low_proof, uint64_t high,
                                 std::span<const Hash> high_proof, uint64_t size);
bool verify_inclusion_of_two(const Hash& low_leaf, uint64_t low, const Hash& high_leaf,
                             uint64_t high, uint64_t size, std::span<const Hash> proof,
                             const Hash& root);

}  // namespace calm
