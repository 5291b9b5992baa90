// The embedded form of the journal: one SQLite file in the data directory, written by one process.
// What is in it and why is in docs/internals/store.md.
//
//   ledger.db, ledger.db-wal, ledger.db-shm   the database; the three belong together
//   ledger.lock                               says which process owns the directory
//   disk-reserve                              preallocated bytes, given back when the disk is full
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "store/journal.h"

namespace calm::store {

struct SqliteOptions {
    std::filesystem::path directory;    // must exist
    uint64_t reserve_bytes = 64 << 20;  // 0: no disk reserve
    // Pages of 4 KiB in the write-ahead log from which maintain() moves them into the database;
    // append does it itself at twice as many. SQLite's default; ten times as many gave 10 % more
    // throughput and stalls of 0.1 s (facts performance, B7).
    int checkpoint_pages = 1000;

    // Doors for tests: the SQLite VFS by name, and the free bytes of the disk.
    std::string vfs;
    std::function<Result<uint64_t>()> free_bytes;
};

std::filesystem::path sqlite_file(const std::filesystem::path& directory);

// Opens the journal of a directory, or makes a new one, and checks it: all pages of a database of
// up to 256 MiB, the form and the end of a larger one (JournalReader::check() does the rest in the
// background). Errors: `database_in_use`, `database_unwritable`, `database_foreign`,
// `database_newer`, `database_damaged`, `database_io_failed`, `disk_full`, `fsync_failed`.
Result<std::unique_ptr<Journal>> open_sqlite_journal(SqliteOptions options);

// Verifies a file that a backup made: every page, the log without a gap, a form that we know. It
// reads the whole file and changes nothing. Errors: `database_foreign`, `database_newer`,
// `database_damaged`, `database_unwritable` (no such file), `database_io_failed`.
Result<> verify_sqlite_file(const std::filesystem::path& file);

// Makes the verified copy of `backup` the database of `directory`. What restoring means to the
// ledger (a new epoch) is the caller's to write. `progress` is told the bytes done and to do.
// Errors: `database_exists` when there is one, those of verify_sqlite_file() and of opening.
Result<> restore_sqlite_journal(const std::filesystem::path& backup,
                                const std::filesystem::path& directory,
                                const std::function<void(uint64_t, uint64_t)>& progress);

}  // namespace calm::store
