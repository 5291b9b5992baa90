// Copying, verifying, publishing.
#include "store/sqlite/sqlite_backup.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>

#include "store/files.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/migrations.h"

namespace calm::store {
namespace {

constexpr int kPagesPerStep = 256;  // 1 MiB: 1 to 3 ms
constexpr uint64_t kPageBytes = 4096;
// How long a step waits for the verification, so that a caller who only steps does not spin.
constexpr std::chrono::milliseconds kVerificationWait(1);

// A backup's own trouble never stops the server: its fsync says nothing about the ledger's file.
Error backup_error(const Error& why) {
    if (why.code == "disk_full") return why;
    return {"backup_failed", why.detail};
}

// From a copied write-ahead-log database to one file that stands alone, verified and durable.
Result<> finish_file(Database target, const std::filesystem::path& part,
                     const std::filesystem::path& to) {
    CALM_TRY_ASSIGN(const std::string mode, target.text("PRAGMA journal_mode=DELETE"));
    if (mode != "delete") return fail("backup_failed", "the copy keeps a write-ahead log");
    CALM_TRY(check_all(target));
    target = Database();
    CALM_TRY_ASSIGN(File file, File::open(part, O_RDWR));
    CALM_TRY(file.sync(part));
    return publish(part, to);
}

}  // namespace

struct SqliteBackup::Verification {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Result<>> result;  // when it is done
    std::jthread thread;             // last: it must end before the others
};

SqliteBackup::SqliteBackup(std::filesystem::path to, std::function<void()> on_end)
    : to_(std::move(to)), part_(to_), on_end_(std::move(on_end)) {
    part_ += ".part";
}

Result<std::unique_ptr<SqliteBackup>> SqliteBackup::start(Database& source,
                                                          const std::filesystem::path& to,
                                                          std::function<void()> on_end) {
    std::error_code ignored;
    if (std::filesystem::exists(to, ignored)) {
        return fail("backup_failed", fmt::format("`{}` exists already", to.string()));
    }
    std::unique_ptr<SqliteBackup> backup(new SqliteBackup(to, std::move(on_end)));
    {
        auto file = File::open(backup->part_, O_RDWR | O_CREAT | O_TRUNC);
        if (!file) return backup->give_up(file.error());
    }
    auto target = Database::open(backup->part_, Access::write, "");
    if (!target) return backup->give_up(target.error());
    backup->target_ = std::move(*target);
    // Nobody reads the file before it is complete and synced, so SQLite need not protect it
    // meanwhile.
    if (auto set = backup->target_.run("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF"); !set) {
        return backup->give_up(set.error());
    }
    sqlite3* target_handle = backup->target_.handle();
    backup->copy_ = sqlite3_backup_init(target_handle, "main", source.handle(), "main");
    if (backup->copy_ == nullptr) {
        return backup->give_up(
            sqlite_error(target_handle, sqlite3_errcode(target_handle), "begin the copy"));
    }
    return backup;
}

SqliteBackup::~SqliteBackup() {
    end_copy();
    verification_.reset();
    target_ = Database();
    std::error_code ignored;
    if (!progress_.finished) std::filesystem::remove(part_, ignored);
}

Result<Backup::Progress> SqliteBackup::step() {
    if (failed_) return std::unexpected(*failed_);
    if (progress_.finished) return progress_;
    if (!verification_) {
        if (auto copied = copy_pages(); !copied) return give_up(copied.error());
        return progress_;
    }
    {
        std::unique_lock lock(verification_->mutex);
        const auto done = [&] { return verification_->result.has_value(); };
        if (!verification_->changed.wait_for(lock, kVerificationWait, done)) return progress_;
    }
    verification_->thread.join();
    if (!*verification_->result) return give_up(verification_->result->error());
    progress_.finished = true;
    return progress_;
}

Result<> SqliteBackup::copy_pages() {
    const int code = sqlite3_backup_step(copy_, kPagesPerStep);
    const auto total = static_cast<uint64_t>(sqlite3_backup_pagecount(copy_));
    const auto left = static_cast<uint64_t>(sqlite3_backup_remaining(copy_));
    progress_.bytes_total = total * kPageBytes;
    progress_.bytes_done = (total - left) * kPageBytes;
    // BUSY: another program holds a lock; the next step tries again.
    if (code == SQLITE_OK || code == SQLITE_BUSY) return {};
    if (code != SQLITE_DONE) {
        return std::unexpected(sqlite_error(target_.handle(), code, "copy the database"));
    }
    end_copy();
    verification_ = std::make_unique<Verification>();
    verification_->thread = std::jthread(
        [own = verification_.get(), part = part_, to = to_,
         target = std::make_shared<Database>(std::move(target_))] {  // shared: jthread copies it
            auto result = finish_file(std::move(*target), part, to);
            const std::lock_guard lock(own->mutex);
            own->result = std::move(result);
            own->changed.notify_one();
        });
    return {};
}

void SqliteBackup::end_copy() {
    if (copy_ != nullptr) sqlite3_backup_finish(std::exchange(copy_, nullptr));
    if (on_end_) std::exchange(on_end_, nullptr)();
}

std::unexpected<Error> SqliteBackup::give_up(const Error& why) {
    end_copy();
    failed_ = backup_error(why);
    return std::unexpected(*failed_);
}

void SqliteBackup::abandon(const Error& why) {
    if (copy_ != nullptr) static_cast<void>(give_up(why));
}

}  // namespace calm::store
