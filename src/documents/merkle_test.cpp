// The tree against RFC 6962's published test tree and against its definition, written out naively.
#include "documents/merkle.h"

#include <algorithm>
#include <bit>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

// --- the definition (RFC 6962 section 2.1), as recursive as it is written ---

Hash naive_root(std::span<const Hash> leaves) {
    if (leaves.empty()) return empty_tree_root();
    if (leaves.size() == 1) return leaves.front();
    const size_t k = std::bit_floor(leaves.size() - 1);
    return node_hash(naive_root(leaves.first(k)), naive_root(leaves.subspan(k)));
}

std::vector<Hash> naive_path(size_t m, std::span<const Hash> leaves) {
    if (leaves.size() == 1) return {};
    const size_t k = std::bit_floor(leaves.size() - 1);
    const bool left = m < k;
    auto path = left ? naive_path(m, leaves.first(k)) : naive_path(m - k, leaves.subspan(k));
    path.push_back(naive_root(left ? leaves.subspan(k) : leaves.first(k)));
    return path;
}

std::vector<Hash> naive_subproof(size_t m, std::span<const Hash> leaves, bool known) {
    if (m == leaves.size()) {
        if (known) return {};
        return {naive_root(leaves)};
    }
    const size_t k = std::bit_floor(leaves.size() - 1);
    const bool left = m <= k;
    auto proof = left ? naive_subproof(m, leaves.first(k), known)
                      : naive_subproof(m - k, leaves.subspan(k), false);
    proof.push_back(naive_root(left ? leaves.subspan(k) : leaves.first(k)));
    return proof;
}

// --- a log in memory ---

struct Log {
    std::vector<Hash> leaves;
    Frontier frontier;
    std::map<std::pair<uint8_t, uint64_t>, std::vector<Hash>> tiles;

    void append(const Hash& leaf) {
        leaves.push_back(leaf);
        std::vector<Tile> full;
        frontier.append(leaf, full);
        for (auto& tile : full) {
            EXPECT_EQ(tile.hashes.size(), kTileWidth);
            EXPECT_TRUE(tiles.emplace(std::pair(tile.level, tile.index), tile.hashes).second);
        }
    }
    TileReader reader() const {
        return [this](uint8_t level, uint64_t index, TileHashes& out) -> Result<> {
            const auto found = tiles.find({level, index});
            if (found == tiles.end()) return fail("not_found", "no such tile");
            std::ranges::copy(found->second, out.begin());
            return {};
        };
    }
};

Log log_of(uint64_t size) {
    Log log;
    for (uint64_t i = 0; i < size; ++i)
        log.append(leaf_hash(std::to_string(i)));
    return log;
}

std::vector<std::string> test_tree() {
    using namespace std::string_literals;
    return {"",
            "\0"s,
            "\x10",
            "\x20\x21",
            "\x30\x31",
            "\x40\x41\x42\x43",
            "\x50\x51\x52\x53\x54\x55\x56\x57",
            "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
}

// The test tree of Certificate Transparency (merkletree tests; roots of its first 0 to 8 leaves).
TEST(Merkle, roots_of_the_certificate_transparency_test_tree) {
    constexpr std::string_view kRoots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    Log log;
    EXPECT_EQ(to_hex(log.frontier.root()), kRoots[0]);
    const auto leaves = test_tree();
    for (size_t i = 0; i < leaves.size(); ++i) {
        log.append(leaf_hash(leaves[i]));
        EXPECT_EQ(to_hex(log.frontier.root()), kRoots[i + 1]) << i;
    }
}

// Nodes of the same tree, as published, in the proofs of its first and last leaf.
TEST(Merkle, proofs_of_the_certificate_transparency_test_tree) {
    Log log;
    for (const auto& leaf : test_tree())
        log.append(leaf_hash(leaf));
    const auto hex_of = [](const std::vector<Hash>& proof) {
        std::vector<std::string> out;
        for (const auto& hash : proof)
            out.push_back(to_hex(hash));
        return out;
    };
    EXPECT_EQ(hex_of(*inclusion_proof(0, 8, log.frontier, log.reader())),
              (std::vector<std::string>{
                  "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                  "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                  "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
    EXPECT_EQ(hex_of(*inclusion_proof(7, 8, log.frontier, log.reader())),
              (std::vector<std::string>{
                  "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
                  "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
}

TEST(Merkle, every_proof_of_every_small_tree_is_the_defined_one) {
    const Log log = log_of(70);
    const auto read = log.reader();
    for (uint64_t size = 1; size <= log.leaves.size(); ++size) {
        const auto leaves = std::span(log.leaves).first(size);
        const Hash root = naive_root(leaves);
        for (uint64_t i = 0; i < size; ++i) {
            const auto proof = inclusion_proof(i, size, log.frontier, read);
            ASSERT_EQ(proof, naive_path(i, leaves)) << i << " of " << size;
            ASSERT_TRUE(verify_inclusion(leaves[i], i, size, *proof, root));
        }
        for (uint64_t first = 1; first <= size; ++first) {
            const auto proof = consistency_proof(first, size, log.frontier, read);
            ASSERT_EQ(proof, naive_subproof(first, leaves, true)) << first << " in " << size;
            ASSERT_TRUE(
                verify_consistency(first, naive_root(leaves.first(first)), size, root, *proof));
        }
    }
}

TEST(Merkle, a_tree_of_three_tile_levels) {
    const Log log = log_of(65536 + 256 + 77);
    EXPECT_EQ(log.tiles.size(), 257U + 1U);
    EXPECT_EQ(log.frontier.root(), naive_root(log.leaves));
    for (const uint64_t size : {uint64_t{65536}, uint64_t{65537}, log.frontier.size()}) {
        const auto leaves = std::span(log.leaves).first(size);
        for (const uint64_t i : {uint64_t{0}, uint64_t{255}, uint64_t{40000}, size - 1}) {
            EXPECT_EQ(inclusion_proof(i, size, log.frontier, log.reader()), naive_path(i, leaves));
        }
        EXPECT_EQ(consistency_proof(300, size, log.frontier, log.reader()),
                  naive_subproof(300, leaves, true));
    }
    const auto again =
        Frontier::rebuild(log.frontier.size(), std::span(log.leaves).last(77), log.reader());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->root(), log.frontier.root());
    EXPECT_TRUE(std::ranges::equal(again->edge(1), log.frontier.edge(1)));
    EXPECT_EQ(again->edge(2).size(), 1U);
}

RC_GTEST_PROP(Merkle, rebuilt_frontiers_go_on_as_if_nothing_had_happened, ()) {
    const auto size = *rc::gen::inRange<uint64_t>(0, 1200);
    Log log = log_of(size);
    auto again =
        Frontier::rebuild(size, std::span(log.leaves).last(size % kTileWidth), log.reader());
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->root() == log.frontier.root());
    std::vector<Tile> from_log;
    std::vector<Tile> from_again;
    for (int i = 0; i < 300; ++i) {
        const Hash leaf = leaf_hash("later" + std::to_string(i));
        log.frontier.append(leaf, from_log);
        again->append(leaf, from_again);
    }
    RC_ASSERT(again->root() == log.frontier.root());
    RC_ASSERT(from_again == from_log);
}

RC_GTEST_PROP(Merkle, a_batch_proves_its_leaves_without_any_tile, ()) {
    const auto before_size = *rc::gen::inRange<uint64_t>(0, 900);
    const auto batch_size = *rc::gen::inRange<uint64_t>(1, 400);
    Log log = log_of(before_size);
    const Frontier before = log.frontier;
    for (uint64_t i = 0; i < batch_size; ++i)
        log.append(leaf_hash("batch" + std::to_string(i)));
    const BatchProofs proofs(before, std::span(log.leaves).last(batch_size));
    for (int round = 0; round < 10; ++round) {
        const auto i = *rc::gen::inRange(before_size, log.frontier.size());
        RC_ASSERT(proofs.inclusion(i) == naive_path(i, log.leaves));
    }
}

RC_GTEST_PROP(Merkle, an_undone_batch_leaves_no_trace, ()) {
    Log log = log_of(*rc::gen::inRange<uint64_t>(0, 600));
    const Frontier before = log.frontier;
    std::vector<Tile> lost;
    for (int i = *rc::gen::inRange(1, 600); i > 0; --i)
        log.frontier.append(leaf_hash("lost"), lost);
    log.frontier = before;
    for (int i = *rc::gen::inRange(1, 600); i > 0; --i)
        log.append(leaf_hash("kept" + std::to_string(i)));
    RC_ASSERT(log.frontier.root() == naive_root(log.leaves));
    const auto i = *rc::gen::inRange<uint64_t>(0, log.leaves.size());
    RC_ASSERT(*inclusion_proof(i, log.leaves.size(), log.frontier, log.reader()) ==
              naive_path(i, log.leaves));
}

RC_GTEST_PROP(Merkle, one_proof_for_two_leaves, ()) {
    const auto size = *rc::gen::inRange<uint64_t>(2, 300);
    const Log log = log_of(size);
    const auto low = *rc::gen::inRange<uint64_t>(0, size - 1);
    const auto high = *rc::gen::inRange<uint64_t>(low + 1, size);
    const auto low_proof = naive_path(low, log.leaves);
    const auto high_proof = naive_path(high, log.leaves);
    auto joined = join_inclusion(low, low_proof, high, high_proof, size);
    RC_ASSERT(joined.size() + 2 <= low_proof.size() + high_proof.size());
    const Hash root = log.frontier.root();
    const auto holds = [&](std::span<const Hash> proof) {
        return verify_inclusion_of_two(log.leaves[low], low, log.leaves[high], high, size, proof,
                                       root);
    };
    RC_ASSERT(holds(joined));
    RC_ASSERT(
        !verify_inclusion_of_two(log.leaves[high], low, log.leaves[low], high, size, joined, root));
    joined.push_back(root);
    RC_ASSERT(!holds(joined));
    joined.pop_back();
    if (!joined.empty()) {
        const auto damaged = *rc::gen::inRange<size_t>(0, joined.size());
        joined[damaged][0] ^= 1;
        RC_ASSERT(!holds(joined));
        joined[damaged][0] ^= 1;
        joined.pop_back();
        RC_ASSERT(!holds(joined));
    }
}

RC_GTEST_PROP(Merkle, a_false_claim_has_no_proof, ()) {
    const auto size = *rc::gen::inRange<uint64_t>(2, 300);
    const Log log = log_of(size);
    const Hash root = log.frontier.root();
    const auto i = *rc::gen::inRange<uint64_t>(0, size);
    auto proof = naive_path(i, log.leaves);
    const auto other = *rc::gen::inRange<uint64_t>(0, size);
    if (other != i) RC_ASSERT(!verify_inclusion(log.leaves[i], other, size, proof, root));
    RC_ASSERT(!verify_inclusion(leaf_hash("never"), i, size, proof, root));
    RC_ASSERT(!verify_inclusion(log.leaves[i], i, i, proof, root));
    proof.push_back(root);
    RC_ASSERT(!verify_inclusion(log.leaves[i], i, size, proof, root));

    const auto first = *rc::gen::inRange<uint64_t>(1, size);
    const Hash first_root = naive_root(std::span(log.leaves).first(first));
    auto growth = naive_subproof(first, log.leaves, true);
    Hash forged = first_root;
    forged[31] ^= 1;
    RC_ASSERT(!verify_consistency(first, forged, size, root, growth));
    RC_ASSERT(!verify_consistency(size, root, first, first_root, growth));
    growth[*rc::gen::inRange<size_t>(0, growth.size())][5] ^= 1;
    RC_ASSERT(!verify_consistency(first, first_root, size, root, growth));
}

TEST(Merkle, an_empty_log_begins_every_log) {
    const Log log = log_of(5);
    EXPECT_TRUE(verify_consistency(0, empty_tree_root(), 5, log.frontier.root(), {}));
    EXPECT_FALSE(verify_consistency(0, log.leaves[0], 5, log.frontier.root(), {}));
    EXPECT_FALSE(verify_inclusion(log.leaves[0], 0, 0, {}, empty_tree_root()));
}

TEST(Merkle, a_reader_that_fails_fails_the_proof) {
    const Log log = log_of(600);
    const TileReader broken = [](uint8_t, uint64_t, TileHashes&) -> Result<> {
        return fail("store_unreadable", "the disk is gone");
    };
    EXPECT_EQ(inclusion_proof(3, 600, log.frontier, broken).error().code, "store_unreadable");
    EXPECT_EQ(consistency_proof(300, 600, log.frontier, broken).error().code, "store_unreadable");
    EXPECT_EQ(
        Frontier::rebuild(600, std::span(log.leaves).last(600 % kTileWidth), broken).error().code,
        "store_unreadable");
}

}  // namespace
}  // namespace calm
