// Opening, settings and checks of the database.
#include "store/sqlite/connection.h"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "store/files.h"
#include "store/sqlite/migrations.h"

namespace calm::store {
namespace {

constexpr int64_t kFullCheckBytesMax = 256 << 20;  // about a second of reading

// Exists before SQLite opens it, so that only its owner can read it; true: it is new.
Result<bool> create_file(const std::filesystem::path& path) {
    if (::access(path.c_str(), F_OK) == 0) {
        if (::access(path.c_str(), R_OK | W_OK) == 0) return false;
        return std::unexpected(system_error(errno, "write", path));
    }
    CALM_TRY_ASSIGN(File file, File::open(path, O_RDWR | O_CREAT));
    return true;
}

// SQLite would lay a write-ahead log of ours over somebody else's file, and so overwrite it. A file
// whose beginning never reached the disk before the machine died begins with zeros: the log has it.
Result<> check_beginning(const std::filesystem::path& path) {
    constexpr std::string_view kMagic("SQLite format 3\0", 16);
    std::ifstream file(path, std::ios::binary);
    std::string beginning(kMagic.size(), '\0');
    file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
    if (beginning == kMagic || beginning == std::string(kMagic.size(), '\0')) return {};
    return fail("database_foreign", fmt::format("`{}` is not a database", path.string()));
}

// journal_size_limit stays at "none": a write-ahead log that keeps its length is overwritten in
// place, and an fsync of overwritten blocks costs a third of one that grows the file (facts
// performance, B1).
constexpr const char* kSettings =
    "PRAGMA synchronous=FULL;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA wal_autocheckpoint=0;"  // the journal does it, where it can see it fail
    "PRAGMA cache_size=-16384;"
    "PRAGMA temp_store=MEMORY";

// Writes the write-ahead log again, as it is, and syncs it. Why: after a failed fsync the process
// stops, but the kernel keeps what it could not write, marked as written. Started again, we would
// read it, build on it, and sync only what is new; a power cut would then lose what we had
// acknowledged. What is written again is synced again.
Result<> rewrite_log(Database& database) {
    sqlite3_file* log = nullptr;
    const int found = sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER,
                                           static_cast<void*>(&log));
    if (found != SQLITE_OK || log == nullptr || log->pMethods == nullptr) return {};
    sqlite3_int64 size = 0;
    int code = log->pMethods->xFileSize(log, &size);
    std::string chunk(64 * 1024, '\0');  // SQLite writes less than 128 KiB at once
    for (sqlite3_int64 done = 0; code == SQLITE_OK && done < size;) {
        const auto bytes = static_cast<int>(
            std::min<sqlite3_int64>(static_cast<sqlite3_int64>(chunk.size()), size - done));
        code = log->pMethods->xRead(log, chunk.data(), bytes, done);
        if (code == SQLITE_OK) code = log->pMethods->xWrite(log, chunk.data(), bytes, done);
        done += bytes;
    }
    if (code == SQLITE_OK && size > 0) code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
    if (code == SQLITE_OK) return {};
    return std::unexpected(sqlite_error(nullptr, code, "write the log again"));
}

Result<> rewrite_log_alone(Database& database) {
    CALM_TRY(database.run("BEGIN IMMEDIATE"));
    auto rewritten = rewrite_log(database);
    auto ended = database.run("ROLLBACK");
    return rewritten ? ended : rewritten;
}

Result<> damaged_unless_ok(const std::string& findings) {
    if (findings == "ok") return {};
    return fail("database_damaged", findings);
}

Result<> check_ends(Database& database) {
    CALM_TRY_ASSIGN(const auto first, database.number("SELECT min(sequence) FROM entries"));
    CALM_TRY_ASSIGN(const uint64_t size, log_size(database));
    if (first.value_or(0) != 0) {
        return fail("database_damaged", fmt::format("the log begins at {}", *first));
    }
    CALM_TRY_ASSIGN(const auto head, database.number("SELECT max(size) FROM tree_heads"));
    if (head && static_cast<uint64_t>(*head) > size) {
        return fail("database_damaged",
                    fmt::format("a log of {} entries has a tree head of {}", size, *head));
    }
    CALM_TRY_ASSIGN(const auto last,
                    database.number("SELECT count(*) FROM entries WHERE sequence > "
                                    "(SELECT max(sequence) FROM entries) - 1000"));
    if (static_cast<uint64_t>(last.value_or(0)) != std::min<uint64_t>(size, 1000)) {
        return fail("database_damaged", "entries are missing near the end of the log");
    }
    return {};
}

}  // namespace

Result<uint64_t> log_size(Database& database) {
    CALM_TRY_ASSIGN(const auto last, database.number("SELECT max(sequence) FROM entries"));
    return static_cast<uint64_t>(last.value_or(-1) + 1);
}

Result<Database> open_writer(const SqliteOptions& options, bool at_start) {
    const auto path = sqlite_file(options.directory);
    CALM_TRY_ASSIGN(const bool is_new, create_file(path));
    if (at_start) CALM_TRY(check_beginning(path));
    CALM_TRY_ASSIGN(Database database, Database::open(path, Access::write, options.vfs));
    CALM_TRY_ASSIGN(const int64_t form, form_of(database));
    CALM_TRY_ASSIGN(const std::string mode, database.text("PRAGMA journal_mode=WAL"));
    if (mode != "wal") {
        return fail("database_io_failed", "the file system does not allow a write-ahead log");
    }
    CALM_TRY(database.run(kSettings));
    if (at_start) CALM_TRY(rewrite_log_alone(database));
    CALM_TRY(migrate(database, form));
    if (is_new) CALM_TRY(sync_directory(options.directory));
    return database;
}

Result<Database> open_read_only(const std::filesystem::path& file, const std::string& vfs) {
    CALM_TRY_ASSIGN(Database database, Database::open(file, Access::read, vfs));
    CALM_TRY(database.run("PRAGMA query_only=ON; PRAGMA cache_size=-16384"));
    return database;
}

Result<> check_at_start(Database& database) {
    CALM_TRY(check_ends(database));
    CALM_TRY_ASSIGN(const auto pages, database.number("PRAGMA page_count"));
    CALM_TRY_ASSIGN(const auto page_bytes, database.number("PRAGMA page_size"));
    if (pages.value_or(0) * page_bytes.value_or(0) > kFullCheckBytesMax) return {};
    CALM_TRY_ASSIGN(const std::string findings, database.text("PRAGMA quick_check(1)"));
    return damaged_unless_ok(findings);
}

Result<> check_all(Database& database) {
    CALM_TRY(check_ends(database));
    CALM_TRY_ASSIGN(const std::string findings, database.text("PRAGMA integrity_check(1)"));
    CALM_TRY(damaged_unless_ok(findings));
    CALM_TRY_ASSIGN(const auto gaps,
                    database.number("SELECT max(sequence) + 1 - count(*) FROM entries"));
    if (gaps.value_or(0) == 0) return {};
    return fail("database_damaged", fmt::format("{} entries are missing from the log", *gaps));
}

}  // namespace calm::store
