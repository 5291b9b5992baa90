// Encoding, hashing and signing a batch.
#include "server/log_batch.h"

#include <cstring>

#include <fmt/format.h>

#include "base/assert.h"
#include "documents/entry_codec.h"
#include "documents/ledger_id.h"
#include "documents/tree_head.h"

namespace calm {

LogBatch::LogBatch(const Frontier& before) : after(before) {
    batch.first_sequence = before.size();
}

void LogBatch::add(const LedgerEntry& entry) {
    CALM_ASSERT(entry.sequence == batch.size_after());
    line_.clear();
    encode_entry(entry, line_);
    leaves.push_back(leaf_hash(line_));
    batch.lines.push_back(line_);
    after.append(leaves.back(), tiles_);
    time_ = entry.at;
}

void LogBatch::sign(const Node& node, uint32_t epoch) {
    for (const Tile& tile : tiles_) {
        store::Tile& stored = batch.tiles.emplace_back();
        stored.level = tile.level;
        stored.index = tile.index;
        stored.hashes.reserve(tile.hashes.size() * sizeof(Hash));
        for (const Hash& hash : tile.hashes)
            stored.hashes += as_text(hash);
    }
    if (leaves.empty()) return;
    batch.tree_head = sign_tree_head({.ledger = ledger_id_of(node.identity.public_key()),
                                      .epoch = epoch,
                                      .size = after.size(),
                                      .root = after.root(),
                                      .time = time_},
                                     node.key);
}

TileReader tiles_of(store::JournalReader& reader) {
    return [&reader](uint8_t level, uint64_t index, TileHashes& hashes) -> Result<> {
        CALM_TRY_ASSIGN(const auto stored, reader.tile(level, index));
        if (!stored || stored->size() != sizeof(TileHashes)) {
            return fail("database_damaged",
                        fmt::format("tile {} of level {} is missing", index, level));
        }
        std::memcpy(hashes.data(), stored->data(), stored->size());
        return {};
    };
}

}  // namespace calm
