// Snapshots: the folded state at one point of the log, signed, so that a start need not fold
// everything. A child process makes them from the journal; the start verifies signature, hash and
// the log behind.
#pragma once

#include <filesystem>

#include "server/license_server.h"
#include "store/journal.h"

namespace calm {

// Fills `opened` (which holds journal and node, an empty ledger and an empty frontier) from the
// newest sound snapshot in `directory`. Without one, nothing changes. A snapshot that does not
// verify is passed over with a line in the log. Errors: those of the reader.
Result<> load_snapshot(const std::filesystem::path& directory, store::JournalReader& reader,
                       OpenedLedger& opened);

// Writes a snapshot of `opened`, which is a fold of the journal that nobody changes meanwhile.
// Errors: those of the store.
Result<> save_snapshot(const std::filesystem::path& directory, const OpenedLedger& opened);

// Folds the committed log, from the newest snapshot on, and writes the next one.
Result<> fold_and_save(const std::filesystem::path& directory, store::JournalReader& reader);

// Folds the whole log from its first entry and compares with the newest snapshot. Errors:
// `snapshot_differs`, `log_damaged`, and those of the reader. No snapshot: nothing to compare.
Result<> verify_snapshot(const std::filesystem::path& directory, store::JournalReader& reader);

}  // namespace calm
