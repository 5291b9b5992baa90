// One SQLite connection, and what its errors mean to us.
#include "store/sqlite/database.h"

#include <cerrno>

#include <fmt/format.h>

namespace calm::store {
namespace {

// The errno of a failed read or write. sqlite3_system_errno() often has lost it by now; the files
// keep it.
int system_errno(sqlite3* db) {
    int found = sqlite3_system_errno(db);
    for (const int which : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
        sqlite3_file* file = nullptr;
        int number = 0;
        if (sqlite3_file_control(db, "main", which, &file) != SQLITE_OK || file == nullptr ||
            file->pMethods == nullptr) {
            continue;
        }
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number);
        if (number != 0) found = number;
    }
    return found;
}

std::string_view code_of(int extended, int system_error) {
    if (extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC) return "fsync_failed";
    switch (extended & 0xff) {
        case SQLITE_FULL: return "disk_full";
        case SQLITE_CORRUPT:
        case SQLITE_CONSTRAINT:  // rows that only somebody else can have written
        case SQLITE_SCHEMA:
        case SQLITE_ERROR: return "database_damaged";  // our statements fit an undamaged schema
        case SQLITE_NOTADB: return "database_foreign";
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH: return "database_unwritable";
        default: break;
    }
    // SQLite itself takes only ENOSPC for a full disk.
    if (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG) {
        return "disk_full";
    }
    if ((extended & 0xff) == SQLITE_CANTOPEN && (system_error == EACCES || system_error == EROFS)) {
        return "database_unwritable";
    }
    return "database_io_failed";
}

}  // namespace

Error sqlite_error(sqlite3* db, int code, std::string_view doing) {
    const int extended = db != nullptr ? sqlite3_extended_errcode(db) : code;
    const bool io = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN ||
                    (code & 0xff) == SQLITE_FULL;
    const int system_error = io && db != nullptr ? system_errno(db) : 0;
    // A later call on the connection may have overwritten its error: what was returned counts.
    const int known = (extended & 0xff) == (code & 0xff) ? extended : code;
    return {std::string(code_of(known, system_error)),
            fmt::format("could not {}: {} (SQLite {}, errno {})", doing,
                        db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code), known,
                        system_error)};
}

Statement& Statement::bind(int index, int64_t value) {
    sqlite3_bind_int64(handle_, index, value);
    return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
    // A null pointer would bind NULL.
    sqlite3_bind_text64(handle_, index, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int index, std::span<const uint8_t> bytes) {
    sqlite3_bind_blob64(handle_, index, bytes.empty() ? "" : static_cast<const void*>(bytes.data()),
                        bytes.size(), SQLITE_STATIC);
    return *this;
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    sqlite3* db = sqlite3_db_handle(handle_);
    if (code != SQLITE_DONE) {
        Error error = sqlite_error(db, code, "read or write the database");
        sqlite3_reset(handle_);
        return std::unexpected(std::move(error));
    }
    sqlite3_reset(handle_);
    return false;
}

Result<> Statement::run() {
    CALM_TRY(step());
    return {};
}

std::string_view Statement::text(int column) {
    const void* data = sqlite3_column_blob(handle_, column);
    const auto size = static_cast<size_t>(sqlite3_column_bytes(handle_, column));
    return {static_cast<const char*>(data), size};
}

Result<Database> Database::open(const std::filesystem::path& file, Access access,
                                const std::string& vfs) {
    // SQLite would count its memory behind a lock at every allocation, several for each row; nobody
    // asks for the count. Without effect once SQLite has been used by somebody else.
    [[maybe_unused]] static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    const int flags = (access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    Database database;
    const int code = sqlite3_open_v2(file.c_str(), &database.handle_, flags,
                                     vfs.empty() ? nullptr : vfs.c_str());
    if (code != SQLITE_OK) {
        return std::unexpected(sqlite_error(database.handle_, code, "open the database"));
    }
    sqlite3_busy_timeout(database.handle_, kBusyMilliseconds);
    sqlite3_db_config(database.handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(database.handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    return database;
}

Result<> Database::run(const char* sql) {
    const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return std::unexpected(sqlite_error(handle_, code, "read or write the database"));
    }
    return {};
}

Result<Statement> Database::prepare(const char* sql) {
    sqlite3_stmt* handle = nullptr;
    const int code =
        sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    if (code != SQLITE_OK) {
        return std::unexpected(sqlite_error(handle_, code, "read the database's tables"));
    }
    return Statement(handle);
}

Result<std::optional<int64_t>> Database::number(const char* sql) {
    CALM_TRY_ASSIGN(Statement statement, prepare(sql));
    CALM_TRY_ASSIGN(const bool row, statement.step());
    if (!row || statement.is_null(0)) return std::nullopt;
    return statement.number(0);
}

Result<std::string> Database::text(const char* sql) {
    CALM_TRY_ASSIGN(Statement statement, prepare(sql));
    CALM_TRY_ASSIGN(const bool row, statement.step());
    return row ? std::string(statement.text(0)) : std::string();
}

}  // namespace calm::store
