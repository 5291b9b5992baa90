// Starting: from a journal to a ledger that is ready to be served. Everything read is verified:
// each entry against the state before it, all of them against the newest signed tree head.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "server/license_server.h"
#include "store/journal.h"

namespace calm {

struct OpenOptions {
    std::filesystem::path snapshots;  // directory of snapshots; empty: none are read
    Instant now;                      // for the first entries of a new ledger or a new epoch
    bool restored = false;            // the journal comes from a backup: a new epoch begins
    std::function<void(uint64_t done, uint64_t total)> progress;
};

// Errors: those of the store; `log_damaged` (an entry does not follow, or the tree head does not
// match), `node_keys_missing`.
Result<OpenedLedger> open_ledger(std::unique_ptr<store::Journal> journal,
                                 const OpenOptions& options);

// Applies the committed entries behind `opened`'s state to its ledger and its tree. Errors:
// `log_damaged`, and those of the reader.
Result<> fold_rest(store::JournalReader& reader, OpenedLedger& opened,
                   const std::function<void(uint64_t done, uint64_t total)>& progress);

// The state after the log's first `size` entries, folded from the first one. Errors: `log_damaged`,
// and those of the reader.
Result<Ledger> fold_from_start(store::JournalReader& reader, uint64_t size);

// The same of those among the first `size` entries that were written before `until` of ledger time.
Result<Ledger> fold_before(store::JournalReader& reader, uint64_t size, Instant until);

}  // namespace calm
