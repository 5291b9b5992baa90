// Books: the clearinghouse's database. One file, one process, one thread at a time; what is
// committed is on disk.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/instant.h"
#include "base/result.h"
#include "store/sqlite/database.h"
#include "store/sqlite/directory_lock.h"

namespace calm::clearinghouse {

class Books {
  public:
    // Opens and, the first time, makes the database in a directory of its own. Errors:
    // `database_in_use`, `database_foreign`, `database_newer`, those of store::sqlite_error().
    static Result<Books> open(const std::filesystem::path& directory);

    // A statement with its parameters in order. Texts and bytes are not copied: they outlive the
    // last step.
    template <class... Values>
    Result<store::Statement> query(const char* sql, const Values&... values) {
        CALM_TRY_ASSIGN(store::Statement statement, database_.prepare(sql));
        [[maybe_unused]] int index = 0;
        (bind(statement, ++index, values), ...);
        return statement;
    }
    // One that gives no row.
    template <class... Values>
    Result<> run(const char* sql, const Values&... values) {
        CALM_TRY_ASSIGN(store::Statement statement, query(sql, values...));
        return statement.run();
    }
    // The first column of the first row.
    template <class... Values>
    Result<std::string> text(const char* sql, const Values&... values) {
        CALM_TRY_ASSIGN(store::Statement statement, query(sql, values...));
        CALM_TRY_ASSIGN(const bool row, statement.step());
        return row ? std::string(statement.text(0)) : std::string();
    }
    template <class... Values>
    Result<int64_t> number(const char* sql, const Values&... values) {
        CALM_TRY_ASSIGN(store::Statement statement, query(sql, values...));
        CALM_TRY_ASSIGN(const bool row, statement.step());
        return row ? statement.number(0) : 0;
    }
    // Counts on, and gives the new number.
    Result<uint64_t> next(std::string_view counter);
    int64_t last_id() const;

    // Runs `work` in one transaction: all of it is kept, or nothing.
    template <class Work>
    auto in_transaction(Work work) -> decltype(work()) {
        CALM_TRY(database_.run("BEGIN IMMEDIATE"));
        auto done = work();
        if (!done) {
            CALM_TRY(database_.run("ROLLBACK"));
            return done;
        }
        if (auto committed = database_.run("COMMIT"); !committed) {
            static_cast<void>(database_.run("ROLLBACK"));
            return std::unexpected(std::move(committed).error());
        }
        return done;
    }

    Result<> note(Instant at, std::string_view account, std::string_view what,
                  std::string_view server, std::string_view detail);

  private:
    Books(store::DirectoryLock lock, store::Database database)
        : lock_(std::move(lock)), database_(std::move(database)) {}

    template <class T>
    static void bind(store::Statement& statement, int index, const T& value) {
        if constexpr (std::is_same_v<T, Instant>) {
            statement.bind(index, value.seconds);
        } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            statement.bind(index, static_cast<int64_t>(value));
        } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
            statement.bind(index, std::string_view(value));
        } else if constexpr (requires { value.has_value(); }) {
            if (value.has_value()) bind(statement, index, *value);  // unbound is NULL
        } else {
            statement.bind(index, std::span<const uint8_t>(value));
        }
    }

    store::DirectoryLock lock_;
    store::Database database_;
};

}  // namespace calm::clearinghouse
