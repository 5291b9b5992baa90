// The online copy: sqlite3_backup through the read-write connection, so that pages that are
// appended meanwhile are copied along and no second writer appears. The copy is verified and made
// durable by a thread of its own; the journal's thread only copies.
#pragma once

#include <functional>
#include <memory>

#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_journal.h"

namespace calm::store {

class SqliteBackup final : public Backup {
  public:
    // `on_end` is called once, when this backup no longer needs `source`.
    static Result<std::unique_ptr<SqliteBackup>> start(Database& source,
                                                       const std::filesystem::path& to,
                                                       std::function<void()> on_end);
    ~SqliteBackup() override;

    Result<Progress> step() override;

    // The source connection is about to close: what is not copied by now ends with `why`.
    void abandon(const Error& why);

  private:
    struct Verification;

    SqliteBackup(std::filesystem::path to, std::function<void()> on_end);
    Result<> copy_pages();
    void end_copy();
    std::unexpected<Error> give_up(const Error& why);

    std::filesystem::path to_;
    std::filesystem::path part_;
    std::function<void()> on_end_;
    Database target_;
    sqlite3_backup* copy_ = nullptr;
    Progress progress_;
    std::unique_ptr<Verification> verification_;  // from when all pages are copied
    std::optional<Error> failed_;
};

}  // namespace calm::store
