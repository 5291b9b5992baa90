// The SQLite form of the journal: when a batch is committed, when it is not, and when nobody knows.
//
// A commit is: frames appended to the write-ahead log, fsync, then the log's index in shared
// memory. What can go wrong, and what we say:
//   - an error before COMMIT: nothing in the log ends a transaction, so a restart finds nothing.
//   Not
//     committed.
//   - an error in COMMIT, the fsync excepted: the frames may stand complete in the log although
//   SQLite
//     has given up on them, and would come back to life if the process died now. So we reopen,
//     look, and commit a mark: it overwrites such frames, or, if they were taken in, syncs them.
//     After that the answer is certain. While that fails, it is unknown.
//   - a failed fsync: the kernel may have dropped the data and forgotten the error, so that no look
//   tells
//     the truth. We stop for good.
#include "store/sqlite/sqlite_journal.h"

#include <utility>

#include <fmt/format.h>

#include "store/files.h"
#include "store/sqlite/batch_writer.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/directory_lock.h"
#include "store/sqlite/disk_reserve.h"
#include "store/sqlite/sqlite_backup.h"
#include "store/sqlite/sqlite_reader.h"

namespace calm::store {
namespace {

// A slice of adding up usage: one commit, a few milliseconds.
constexpr uint64_t kUsageSliceRows = 512;
// It waits until there is something to gain.
constexpr uint64_t kUsageRowsMin = 4096;
constexpr uint64_t kUsageRowsMany = 1'000'000;

// What a batch may take of the disk: its bytes, and the pages that they touch.
uint64_t bytes_of(const Batch& batch) {
    uint64_t bytes = 64 * 1024 + batch.tree_head.size();
    for (const auto& line : batch.lines)
        bytes += line.size() + 16;
    for (const auto& subject : batch.subjects)
        bytes += subject.name.size() + 64;
    for (const auto& put : batch.puts)
        bytes += put.key.size() + put.value.size() + 4096;
    for (const auto& tile : batch.tiles)
        bytes += tile.hashes.size() + 4096;
    return bytes + 64 * batch.usage.size() +
           4096 * (batch.erased_subjects.size() + batch.erases.size());
}

class SqliteJournal final : public Journal {
  public:
    SqliteJournal(SqliteOptions options, DirectoryLock lock, DiskReserve reserve)
        : options_(std::move(options)), lock_(std::move(lock)), reserve_(std::move(reserve)) {}
    ~SqliteJournal() override;

    Result<> open();

    uint64_t size() const override { return size_; }
    Append append(const Batch& batch) override;
    Result<bool> settle() override;
    Result<bool> maintain() override;
    Result<std::unique_ptr<Backup>> start_backup(const std::filesystem::path& to) override;
    Result<std::unique_ptr<JournalReader>> open_reader() override {
        return open_sqlite_reader(sqlite_file(options_.directory), options_.vfs);
    }

  private:
    // An append whose COMMIT failed.
    struct Pending {
        uint64_t size_after = 0;
        bool has_lines = false;
        bool marks_odd_after = false;  // for a batch without lines
    };

    Result<> connect(bool at_start = false);
    void disconnect(const Error& why);
    Result<> admit(const Batch& batch);
    Append refuse(const Error& why);
    Append resolve(const Batch& batch, const Error& why);
    // Draws the consequences of an error for what comes next, and passes it on.
    std::unexpected<Error> troubled(const Error& why);
    Result<> mark();
    Result<bool> checkpoint(int mode);
    Result<> wipe();
    Result<bool> merge_usage();

    SqliteOptions options_;
    DirectoryLock lock_;
    DiskReserve reserve_;
    Database database_;  // closed while it cannot be opened
    std::optional<BatchWriter> writer_;
    SqliteBackup* backup_ = nullptr;  // one that still copies

    uint64_t size_ = 0;
    int64_t marks_ = 0;
    uint64_t usage_rows_ = 0;  // not added up yet
    bool wipe_due_ = false;
    bool busy_ = false;  // an append came since maintain() looked
    int log_pages_ = 0;  // of the write-ahead log, when last heard of
    std::optional<Pending> pending_;
    bool settled_as_committed_ = false;
    std::optional<Error> stopped_;  // an fsync failed
};

SqliteJournal::~SqliteJournal() {
    if (backup_ != nullptr) backup_->abandon({"backup_failed", "the journal was closed"});
    if (!writer_ || stopped_ || pending_) return;
    // So that the next start has no log to replay; if it fails, that start replays it.
    if (!reserve_.admit(0)) reserve_.release();
    static_cast<void>(checkpoint(SQLITE_CHECKPOINT_PASSIVE));
    writer_.reset();
}

Result<> SqliteJournal::open() {
    CALM_TRY(connect(true));
    return check_at_start(database_);
}

Result<> SqliteJournal::connect(bool at_start) {
    CALM_TRY_ASSIGN(database_, open_writer(options_, at_start));
    CALM_TRY_ASSIGN(size_, log_size(database_));
    CALM_TRY_ASSIGN(const auto marks, database_.number("SELECT marks FROM journal"));
    CALM_TRY_ASSIGN(const auto wipe_due, database_.number("SELECT wipe_due FROM journal"));
    CALM_TRY_ASSIGN(const auto usage,
                    database_.number("SELECT max(id) - min(id) + 1 FROM usage_log"));
    if (!marks || !wipe_due) return fail("database_damaged", "the table `journal` is empty");
    marks_ = *marks;
    wipe_due_ = *wipe_due != 0;
    usage_rows_ = static_cast<uint64_t>(usage.value_or(0));
    sqlite3_wal_hook(
        database_.handle(),
        [](void* own, sqlite3*, const char*, int pages) {
            static_cast<SqliteJournal*>(own)->log_pages_ = pages;
            return SQLITE_OK;
        },
        this);
    CALM_TRY_ASSIGN(writer_, BatchWriter::prepare(database_));
    return {};
}

void SqliteJournal::disconnect(const Error& why) {
    if (backup_ != nullptr) backup_->abandon(why);
    writer_.reset();
    database_ = Database();
}

Append SqliteJournal::append(const Batch& batch) {
    busy_ = true;
    if (stopped_) return Append::not_committed(*stopped_);
    if (pending_) {
        return Append::not_committed({"journal_unsettled", "an earlier append is unknown"});
    }
    if (auto ready = admit(batch); !ready) return Append::not_committed(ready.error());
    if (auto written = writer_->write(batch); !written) return refuse(written.error());
    if (auto done = writer_->commit(); !done) return resolve(batch, done.error());
    size_ = batch.size_after();
    if (batch.lines.empty()) ++marks_;
    if (!batch.erased_subjects.empty()) wipe_due_ = true;
    usage_rows_ += batch.usage.size();
    return Append::committed();
}

Result<> SqliteJournal::admit(const Batch& batch) {
    CALM_TRY(validate(batch));
    CALM_TRY(reserve_.admit(bytes_of(batch)));
    if (!writer_) {
        if (auto connected = connect(); !connected) return troubled(connected.error());
    }
    if (batch.first_sequence != size_) {
        return fail("journal_moved", fmt::format("the log has {} entries, the batch begins at {}",
                                                 size_, batch.first_sequence));
    }
    if (log_pages_ < 2 * options_.checkpoint_pages) return {};
    const auto moved = checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    // Only a failed fsync stops us: otherwise the log is long but whole, and append says if it is
    // full.
    if (stopped_) return std::unexpected(*stopped_);
    if (!moved && !writer_) return std::unexpected(moved.error());
    return {};
}

Append SqliteJournal::refuse(const Error& why) {
    writer_->roll_back();
    const Error error = troubled(why).error();
    return stopped_ ? Append::unknown(error) : Append::not_committed(error);
}

Append SqliteJournal::resolve(const Batch& batch, const Error& why) {
    writer_->roll_back();
    pending_ = {batch.size_after(), !batch.lines.empty(), (marks_ + 1) % 2 != 0};
    const Error error = troubled(why).error();
    if (stopped_) return Append::unknown(error);
    const auto committed = settle();
    if (stopped_) return Append::unknown(*stopped_);
    if (!committed) return Append::unknown(error);
    return *committed ? Append::committed() : Append::not_committed(error);
}

Result<bool> SqliteJournal::settle() {
    if (stopped_) return std::unexpected(*stopped_);
    if (!pending_) return settled_as_committed_;
    disconnect({"backup_failed", "the database had to be opened again"});
    if (auto connected = connect(); !connected) return troubled(connected.error());
    const bool committed = pending_->has_lines ? size_ == pending_->size_after
                                               : (marks_ % 2 != 0) == pending_->marks_odd_after;
    CALM_TRY(mark());
    pending_.reset();
    settled_as_committed_ = committed;
    return committed;
}

Result<> SqliteJournal::mark() {
    auto marked = writer_->mark();
    if (!marked && marked.error().code == "disk_full") {
        // The log cannot grow. Once it is moved into the database it begins anew, without what is
        // behind.
        writer_->roll_back();
        CALM_TRY(checkpoint(SQLITE_CHECKPOINT_PASSIVE));
        marked = writer_->mark();
    }
    if (!marked) {
        writer_->roll_back();
        return troubled(marked.error());
    }
    marks_ += 2;
    return {};
}

std::unexpected<Error> SqliteJournal::troubled(const Error& why) {
    if (why.code == "fsync_failed") stopped_ = why;
    if (why.code == "disk_full") reserve_.release();
    // The connection's idea of the file may be wrong now. The next call opens a fresh one.
    disconnect({"backup_failed", why.detail});
    return std::unexpected(why);
}

Result<bool> SqliteJournal::maintain() {
    if (stopped_) return std::unexpected(*stopped_);
    if (pending_) {
        CALM_TRY(settle());
        return true;
    }
    if (!writer_) {
        if (auto connected = connect(); !connected) return troubled(connected.error());
    }
    if (log_pages_ >= options_.checkpoint_pages) {
        CALM_TRY(checkpoint(SQLITE_CHECKPOINT_PASSIVE));
        return true;
    }
    if (wipe_due_) CALM_TRY(wipe());
    if (reserve_.held() && usage_rows_ < kUsageRowsMin) return false;
    const bool has_room = reserve_.admit(0).has_value();  // which takes the reserve back, too
    if (usage_rows_ < kUsageRowsMin || !has_room) return false;
    // It costs a commit, so it waits until nobody else wants one; but not for ever.
    if (std::exchange(busy_, false) && usage_rows_ < kUsageRowsMany) return true;
    return merge_usage();
}

// true: everything was moved; false: a reader still needs the older pages.
Result<bool> SqliteJournal::checkpoint(int mode) {
    int pages = 0;
    int moved = 0;
    const int code = sqlite3_wal_checkpoint_v2(database_.handle(), "main", mode, &pages, &moved);
    if (code != SQLITE_OK && code != SQLITE_BUSY) {
        return troubled(sqlite_error(database_.handle(), code, "move the log into the database"));
    }
    log_pages_ = 0;  // until the next commit tells more
    return code == SQLITE_OK && pages == moved;
}

// Truncating is the only way to have SQLite forget what stood in the log; it costs some slow
// commits, so it is done for this alone.
Result<> SqliteJournal::wipe() {
    sqlite3_busy_timeout(database_.handle(), 0);
    CALM_TRY_ASSIGN(const bool wiped, checkpoint(SQLITE_CHECKPOINT_TRUNCATE));
    sqlite3_busy_timeout(database_.handle(), kBusyMilliseconds);
    if (!wiped) return {};  // the next time
    if (auto noted = database_.run("UPDATE journal SET wipe_due = 0"); !noted) {
        return troubled(noted.error());
    }
    wipe_due_ = false;
    return {};
}

Result<bool> SqliteJournal::merge_usage() {
    const auto merged = writer_->merge_usage(kUsageSliceRows);
    if (!merged) {
        writer_->roll_back();
        return troubled(merged.error());
    }
    usage_rows_ -= std::min(usage_rows_, *merged);
    return usage_rows_ >= kUsageRowsMin;
}

Result<std::unique_ptr<Backup>> SqliteJournal::start_backup(const std::filesystem::path& to) {
    if (backup_ != nullptr) return fail("backup_failed", "another backup is running");
    if (!writer_ || pending_) return fail("backup_failed", "the journal is not settled");
    CALM_TRY_ASSIGN(auto backup, SqliteBackup::start(database_, to, [this] { backup_ = nullptr; }));
    backup_ = backup.get();
    return backup;
}

}  // namespace

std::filesystem::path sqlite_file(const std::filesystem::path& directory) {
    return directory / "ledger.db";
}

Result<std::unique_ptr<Journal>> open_sqlite_journal(SqliteOptions options) {
    CALM_TRY_ASSIGN(DirectoryLock lock, DirectoryLock::take(options.directory));
    if (!options.free_bytes) {
        options.free_bytes = [directory = options.directory] { return free_bytes(directory); };
    }
    DiskReserve reserve(options.directory, options.reserve_bytes, options.free_bytes);
    auto journal =
        std::make_unique<SqliteJournal>(std::move(options), std::move(lock), std::move(reserve));
    CALM_TRY(journal->open());
    return journal;
}

}  // namespace calm::store
