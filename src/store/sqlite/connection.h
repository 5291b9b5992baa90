// The one read-write connection, from the first look at the file to a database that may be appended
// to.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_journal.h"

namespace calm::store {

// Opens and, the first time, creates the database: refuses what is not ours before touching it,
// brings it to the newest form, sets durability. `at_start`: this process has not had it open
// before. Errors: as open_sqlite_journal().
Result<Database> open_writer(const SqliteOptions& options, bool at_start);

// The same for a read-only connection.
Result<Database> open_read_only(const std::filesystem::path& file, const std::string& vfs);

// Verifies what costs little: schema, first and last entries, tree heads; and every page of a
// database of up to 256 MiB. Errors: `database_damaged`, `database_io_failed`.
Result<> check_at_start(Database& database);

// Verifies everything. Errors: the same.
Result<> check_all(Database& database);

// The number of entries. Errors: the same.
Result<uint64_t> log_size(Database& database);

}  // namespace calm::store
