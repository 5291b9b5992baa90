// Opening, and the forms of the database.
#include "clearinghouse/books.h"

#include <array>

#include <fcntl.h>
#include <fmt/format.h>

#include "store/files.h"

namespace calm::embedded {
extern const std::string_view clearinghouse_migration_0001;
}  // namespace calm::embedded

namespace calm::clearinghouse {
namespace {

constexpr int64_t kBooksApplicationId = 0x434C4852;  // "CLHR", in the file's header

std::span<const std::string_view> forms() {
    static const std::array all = {embedded::clearinghouse_migration_0001};
    return all;
}

// Errors: `database_foreign`, `database_newer`.
Result<size_t> form_of_books(store::Database& database) {
    CALM_TRY_ASSIGN(const auto application, database.number("PRAGMA application_id"));
    CALM_TRY_ASSIGN(const auto form, database.number("PRAGMA user_version"));
    if (application != kBooksApplicationId) {
        CALM_TRY_ASSIGN(const auto tables, database.number("SELECT count(*) FROM sqlite_schema"));
        if (application == 0 && form == 0 && tables == 0) return 0;
        return fail("database_foreign", "it is no clearinghouse's database");
    }
    if (*form > static_cast<int64_t>(forms().size())) {
        return fail("database_newer", fmt::format("it has form {}; this program knows 1 to {}",
                                                  *form, forms().size()));
    }
    return static_cast<size_t>(*form);
}

}  // namespace

Result<Books> Books::open(const std::filesystem::path& directory) {
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    CALM_TRY_ASSIGN(auto lock, store::DirectoryLock::take(directory));
    const auto path = directory / "clearinghouse.db";
    const bool is_new = !std::filesystem::exists(path, failed);
    {
        // Made before SQLite opens it, so that only its owner can read it.
        CALM_TRY_ASSIGN(const auto file, store::File::open(path, O_RDWR | O_CREAT));
    }
    CALM_TRY_ASSIGN(auto database, store::Database::open(path, store::Access::write, ""));
    CALM_TRY_ASSIGN(const size_t form, form_of_books(database));
    CALM_TRY_ASSIGN(const std::string mode, database.text("PRAGMA journal_mode=WAL"));
    if (mode != "wal")
        return fail("database_io_failed", "the file system does not allow a write-ahead log");
    CALM_TRY(database.run("PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY"));
    for (size_t next = form; next < forms().size(); ++next) {
        const std::string sql = fmt::format(
            "BEGIN IMMEDIATE;{}\nPRAGMA application_id={};PRAGMA user_version={};COMMIT",
            forms()[next], kBooksApplicationId, next + 1);
        CALM_TRY(database.run(sql.c_str()));
    }
    if (is_new) CALM_TRY(store::sync_directory(directory));
    return Books(std::move(lock), std::move(database));
}

Result<uint64_t> Books::next(std::string_view counter) {
    CALM_TRY_ASSIGN(
        const int64_t value,
        number("UPDATE counters SET value = value + 1 WHERE name = ? RETURNING value", counter));
    return static_cast<uint64_t>(value);
}

int64_t Books::last_id() const {
    return sqlite3_last_insert_rowid(database_.handle());
}

Result<> Books::note(Instant at, std::string_view account, std::string_view what,
                     std::string_view server, std::string_view detail) {
    return run("INSERT INTO events(at, account, what, server, detail) VALUES(?, ?, ?, ?, ?)", at,
               account, what, server, detail);
}

}  // namespace calm::clearinghouse
