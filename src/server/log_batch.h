// LogBatch: entries on their way to the journal: encoded, hashed into the tree and, when complete,
// signed. The writer thread makes one for each commit; so do the first start and the start after a
// restore.
#pragma once

#include <string>
#include <vector>

#include "core/entry.h"
#include "documents/merkle.h"
#include "server/node.h"
#include "store/journal.h"

namespace calm {

class LogBatch {
  public:
    // `before` is the tree of the log that the batch continues.
    explicit LogBatch(const Frontier& before);

    // REQUIRES: `entry.sequence` follows the log and the entries added before.
    void add(const LedgerEntry& entry);

    // Completes the batch with its tiles and, if it has entries, a signed tree head.
    void sign(const Node& node, uint32_t epoch);

    store::Batch batch;
    std::vector<Hash> leaves;
    Frontier after;

  private:
    std::vector<Tile> tiles_;
    std::string line_;  // of the entry that is being added; grows once for all
    Instant time_;
};

// Full tiles as a journal's reader has them.
TileReader tiles_of(store::JournalReader& reader);

}  // namespace calm
