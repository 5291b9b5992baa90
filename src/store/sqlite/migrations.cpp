// The embedded migrations and how they are done.
#include "store/sqlite/migrations.h"

#include <array>
#include <string>

#include <fmt/format.h>

namespace calm::embedded {
extern const std::string_view store_migration_0001;
extern const std::string_view store_migration_0002;
}  // namespace calm::embedded

namespace calm::store {

std::span<const std::string_view> migrations() {
    static const std::array all = {embedded::store_migration_0001, embedded::store_migration_0002};
    return all;
}

Result<int64_t> form_of(Database& database) {
    CALM_TRY_ASSIGN(const auto application, database.number("PRAGMA application_id"));
    CALM_TRY_ASSIGN(const auto form, database.number("PRAGMA user_version"));
    if (application != kApplicationId) {
        CALM_TRY_ASSIGN(const auto tables, database.number("SELECT count(*) FROM sqlite_schema"));
        // A crash before the first migration was committed leaves an empty file.
        if (application == 0 && form == 0 && tables == 0) return 0;
        return fail("database_foreign",
                    fmt::format("it is an SQLite database with application id {}",
                                application.value_or(0)));
    }
    const auto newest = static_cast<int64_t>(migrations().size());
    if (form > newest) {
        return fail("database_newer",
                    fmt::format("it has form {}; this program knows 1 to {}", *form, newest));
    }
    if (form.value_or(0) < 1) return fail("database_damaged", "it has no form");
    return *form;
}

Result<> migrate(Database& database, int64_t form) {
    for (auto next = static_cast<size_t>(form); next < migrations().size(); ++next) {
        const std::string sql = fmt::format(
            "BEGIN IMMEDIATE;{}\nPRAGMA application_id={};PRAGMA user_version={};COMMIT",
            migrations()[next], kApplicationId, next + 1);
        if (auto done = database.run(sql.c_str()); !done) {
            if (sqlite3_get_autocommit(database.handle()) == 0) {
                static_cast<void>(database.run("ROLLBACK"));
            }
            return done;
        }
    }
    return {};
}

}  // namespace calm::store
