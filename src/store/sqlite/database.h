// One SQLite connection and its statements, as values that clean up after themselves. Nothing here
// knows what is stored. A Database belongs to one thread at a time; its statements must end before
// it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "base/bytes.h"
#include "base/result.h"

namespace calm::store {

// What the last call on `db` failed of, as an Error of journal.h: `disk_full` (also a quota or a
// file size limit), `fsync_failed`, `database_damaged`, `database_foreign`, `database_unwritable`,
// `database_io_failed`. `doing` completes "could not …".
Error sqlite_error(sqlite3* db, int code, std::string_view doing);

class Statement {
  public:
    Statement() = default;
    Statement(Statement&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
    Statement& operator=(Statement&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Statement() { sqlite3_finalize(handle_); }

    // Parameters are numbered from 1. Bytes are not copied: they must stay until step() has
    // returned.
    Statement& bind(int index, int64_t value);
    Statement& bind(int index, std::string_view text);
    Statement& bind(int index, std::span<const uint8_t> bytes);

    // true: a row is there; false: done, and the statement is ready to be used again.
    Result<bool> step();
    // Steps a statement that gives no row.
    Result<> run();
    // Ends a statement before its last row; without effect on one that is done.
    void reset() { sqlite3_reset(handle_); }

    // Columns are numbered from 0. Views are valid until the next step() or reset().
    int64_t number(int column) { return sqlite3_column_int64(handle_, column); }
    bool is_null(int column) { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
    std::string_view text(int column);
    std::span<const uint8_t> bytes(int column) { return as_bytes(text(column)); }

  private:
    friend class Database;
    explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
    sqlite3_stmt* handle_ = nullptr;
};

// Resets a statement when its rows are no longer read, however the reading ends: an open statement
// holds a read transaction, and so the write-ahead log.
class StatementUse {
  public:
    explicit StatementUse(Statement& statement) : statement_(statement) {}
    StatementUse(const StatementUse&) = delete;
    StatementUse& operator=(const StatementUse&) = delete;
    ~StatementUse() { statement_.reset(); }
    Statement* operator->() { return &statement_; }

  private:
    Statement& statement_;
};

enum class Access : uint8_t { read, write };

// How long a connection waits for a program of somebody else's that holds the database's lock (a
// person with the sqlite3 shell); none of ours does.
inline constexpr int kBusyMilliseconds = 2000;

class Database {
  public:
    // Opens an existing file. `vfs`: name of the SQLite VFS, empty for the system's.
    // Errors: those of sqlite_error().
    static Result<Database> open(const std::filesystem::path& file, Access access,
                                 const std::string& vfs);

    Database() = default;
    Database(Database&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
    Database& operator=(Database&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    // REQUIRES: all statements are gone. Neither checkpoints nor deletes the write-ahead log.
    ~Database() { sqlite3_close(handle_); }

    sqlite3* handle() const { return handle_; }
    bool is_open() const { return handle_ != nullptr; }

    Result<> run(const char* sql);
    Result<Statement> prepare(const char* sql);
    // The first column of the first row; nothing when there is no row or it is null.
    Result<std::optional<int64_t>> number(const char* sql);
    Result<std::string> text(const char* sql);  // the same as text, empty for nothing

  private:
    sqlite3* handle_ = nullptr;
};

}  // namespace calm::store
