// links: calm_documents
// Proofs: any claim is judged without a crash, a true one holds, and a true one with a changed byte
// does not. Input: size, two indexes and a position, then the bytes of a proof.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "documents/merkle.h"

namespace {

uint64_t take(const uint8_t*& data, size_t& size) {
    uint64_t value = 0;
    const size_t count = size < sizeof value ? size : sizeof value;
    if (count > 0) std::memcpy(&value, data, count);
    data += count;
    size -= count;
    return value;
}

// A true proof must hold, and must not hold with one byte of it changed.
void expect_tight(std::vector<calm::Hash> proof, uint64_t position, auto holds) {
    if (!holds(proof)) std::abort();
    if (proof.empty()) return;
    proof[position % proof.size()][position / 64 % 32] ^= 1;
    if (holds(proof)) std::abort();
}

void check_true_claims(uint64_t size, uint64_t low, uint64_t high, uint64_t position) {
    using namespace calm;
    Frontier tree;
    std::vector<Hash> leaves;
    std::vector<Hash> roots;
    std::vector<Tile> full;
    for (uint64_t i = 0; i < size; ++i) {
        leaves.push_back(leaf_hash(std::to_string(i)));
        tree.append(leaves.back(), full);
        roots.push_back(tree.root());
    }
    const TileReader none = [](uint8_t, uint64_t, TileHashes&) -> Result<> { std::abort(); };
    const auto low_proof = *inclusion_proof(low, size, tree, none);
    expect_tight(low_proof, position, [&](const auto& proof) {
        return verify_inclusion(leaves[low], low, size, proof, tree.root());
    });
    expect_tight(*consistency_proof(low + 1, size, tree, none), position, [&](const auto& proof) {
        return verify_consistency(low + 1, roots[low], size, tree.root(), proof);
    });
    if (low >= high) return;
    const auto high_proof = *inclusion_proof(high, size, tree, none);
    expect_tight(join_inclusion(low, low_proof, high, high_proof, size), position,
                 [&](const auto& proof) {
                     return verify_inclusion_of_two(leaves[low], low, leaves[high], high, size,
                                                    proof, tree.root());
                 });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    const uint64_t tree_size = take(data, size);
    const uint64_t low = take(data, size);
    const uint64_t high = take(data, size);
    const uint64_t position = take(data, size);
    std::vector<Hash> proof(size / sizeof(Hash));
    if (!proof.empty()) std::memcpy(proof.data(), data, proof.size() * sizeof(Hash));
    const Hash leaf = leaf_hash("fuzz");
    const Hash root = proof.empty() ? leaf : proof.back();
    if (verify_inclusion(leaf, low, tree_size, proof, root) && !(tree_size == 1 && proof.empty())) {
        std::abort();
    }
    if (verify_inclusion_of_two(leaf, low, leaf, high, tree_size, proof, root)) std::abort();
    if (verify_consistency(low, leaf, tree_size, root, proof) && low != tree_size) std::abort();

    const uint64_t small = tree_size % 200 + 1;  // below one tile: nothing is read
    check_true_claims(small, low % small, high % small, position);
    return 0;
}
