// The SQLite form passes the suite, and what is its own: files, locks, versions, disks that are
// full, names that are wiped, copies.
#include "store/sqlite/sqlite_journal.h"

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/conformance/journal_conformance.h"
#include "store/sqlite/disk_reserve.h"
#include "store/sqlite/faulty_vfs.h"
#include "store/temporary_directory.h"

namespace calm::store {
namespace {

SqliteOptions options_for(const std::filesystem::path& directory) {
    SqliteOptions options;
    options.directory = directory;
    options.reserve_bytes = 0;
    return options;
}

class SqlitePlace final : public JournalPlace {
  public:
    SqlitePlace() { FaultyVfs::reset(); }
    Result<std::unique_ptr<Journal>> open() override {
        FaultyVfs::clear();
        SqliteOptions options = options_for(directory_.path());
        options.vfs = FaultyVfs::kName;
        options.checkpoint_pages = 8;  // so that short tests cross checkpoints
        return open_sqlite_journal(options);
    }
    void fail_next_append() override {
        FaultyVfs::fail(FaultyVfs::Operation::write, 1, FaultyVfs::Harm::half,
                        FaultyVfs::Until::once);
    }

  private:
    TemporaryDirectory directory_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, JournalConformance,
                         testing::Values(StoreKind{"sqlite",
                                                   [] { return std::make_unique<SqlitePlace>(); }}),
                         [](const auto& kind) { return kind.param.name; });

Batch one_line(uint64_t first_sequence, std::string line = "{}") {
    Batch batch;
    batch.first_sequence = first_sequence;
    batch.lines = {std::move(line)};
    return batch;
}

class SqliteJournalTest : public testing::Test {
  protected:
    std::unique_ptr<Journal> open() {
        auto journal = open_sqlite_journal(options_for(directory_.path()));
        EXPECT_TRUE(journal) << journal.error().code << ": " << journal.error().detail;
        return journal ? std::move(*journal) : nullptr;
    }
    std::string open_error() {
        const auto journal = open_sqlite_journal(options_for(directory_.path()));
        return journal ? "opened" : journal.error().code;
    }
    // Runs SQL on the closed database, as somebody else might.
    void tamper(const char* sql) {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open(sqlite_file(directory_.path()).c_str(), &db), SQLITE_OK);
        ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(db);
        sqlite3_close(db);
    }
    static std::string bytes_of(const std::filesystem::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    // Whether a text stands anywhere in the files of the directory.
    bool files_hold(std::string_view text) const {
        for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
            if (bytes_of(entry.path()).find(text) != std::string::npos) return true;
        }
        return false;
    }

    TemporaryDirectory directory_;
};

TEST_F(SqliteJournalTest, only_its_owner_can_read_the_database) {
    const auto journal = open();
    ASSERT_TRUE(journal->append(one_line(0)).is_committed());
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
        struct stat status {};
        ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 077, 0U) << entry.path();
    }
}

TEST_F(SqliteJournalTest, a_second_opener_is_refused_and_told_by_whom) {
    const auto journal = open();
    const auto second = open_sqlite_journal(options_for(directory_.path()));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "database_in_use");
    EXPECT_THAT(second.error().detail, testing::EndsWith(std::to_string(getpid())));
}

TEST_F(SqliteJournalTest, a_database_from_a_newer_version_is_refused_untouched) {
    open();
    tamper("PRAGMA user_version=999");
    const std::string before = bytes_of(sqlite_file(directory_.path()));
    EXPECT_EQ(open_error(), "database_newer");
    EXPECT_TRUE(bytes_of(sqlite_file(directory_.path())) == before);
}

TEST_F(SqliteJournalTest, a_file_that_is_not_ours_is_refused_untouched) {
    std::ofstream(sqlite_file(directory_.path())) << std::string(8192, 'x');
    EXPECT_EQ(open_error(), "database_foreign");
    EXPECT_TRUE(bytes_of(sqlite_file(directory_.path())) == std::string(8192, 'x'));
}

TEST_F(SqliteJournalTest, a_database_of_another_program_is_refused) {
    tamper("CREATE TABLE notes(x)");
    EXPECT_EQ(open_error(), "database_foreign");
    std::filesystem::remove(sqlite_file(directory_.path()));
    tamper("PRAGMA application_id=7");
    EXPECT_EQ(open_error(), "database_foreign");
}

TEST_F(SqliteJournalTest, a_start_that_was_interrupted_begins_anew) {
    std::ofstream(sqlite_file(directory_.path())) << "";
    EXPECT_EQ(open_error(), "opened");
}

TEST_F(SqliteJournalTest, damage_is_found_at_the_start) {
    const auto fill = [&] {
        const auto journal = open();
        Batch batch;
        for (int i = 0; i < 3000; ++i)
            batch.lines.push_back("line " + std::to_string(i));
        batch.tree_head = "head";
        ASSERT_TRUE(journal->append(batch).is_committed());
    };
    for (const char* damage :
         {"DELETE FROM entries WHERE sequence = 2990", "DELETE FROM entries WHERE sequence > 2990",
          "DELETE FROM entries WHERE sequence < 5", "DELETE FROM journal"}) {
        fill();
        tamper(damage);
        EXPECT_EQ(open_error(), "database_damaged") << damage;
        for (const char* behind : {"", "-wal", "-shm"}) {
            std::filesystem::remove(sqlite_file(directory_.path()).string() + behind);
        }
    }
}

TEST_F(SqliteJournalTest, a_gap_far_from_the_end_is_found_by_the_check) {
    {
        const auto journal = open();
        Batch batch;
        for (int i = 0; i < 3000; ++i)
            batch.lines.push_back("line " + std::to_string(i));
        ASSERT_TRUE(journal->append(batch).is_committed());
    }
    tamper("DELETE FROM entries WHERE sequence = 7");
    const auto journal = open();
    const auto reader = journal->open_reader().value();
    EXPECT_EQ(reader->check().error().code, "database_damaged");
    const auto read = reader->read(0, 100, [](uint64_t, std::string_view) { return true; });
    EXPECT_EQ(read.error().code, "database_damaged");
    EXPECT_THAT(read.error().detail, testing::HasSubstr("entry 7"));
}

TEST_F(SqliteJournalTest, overwritten_pages_are_found) {
    {
        const auto journal = open();
        Batch batch;
        for (int i = 0; i < 3000; ++i)
            batch.lines.push_back("line " + std::to_string(i));
        ASSERT_TRUE(journal->append(batch).is_committed());
    }
    tamper("PRAGMA wal_checkpoint(TRUNCATE)");
    std::fstream file(sqlite_file(directory_.path()));
    file.seekp(4096 * 14);
    file << std::string(4096, 'x');
    file.close();
    EXPECT_EQ(open_error(), "database_damaged");
}

// Runs `body` in a process of its own and gives its exit code; 99 when it was killed.
int in_child(const std::function<int()>& body) {
    const pid_t child = fork();
    if (child == 0) _exit(body());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

// The superuser may write everywhere: become somebody else.
bool become_ordinary() {
    return geteuid() != 0 ||
           (setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0);
}

TEST_F(SqliteJournalTest, a_directory_that_cannot_be_written_has_its_own_error) {
    chmod(directory_.path().c_str(), 0555);
    EXPECT_EQ(in_child([&] {
                  return become_ordinary() && open_error() == "database_unwritable" ? 0 : 1;
              }),
              0);
    chmod(directory_.path().c_str(), 0700);
    std::filesystem::remove_all(directory_.path());
    EXPECT_EQ(open_error(), "database_unwritable");
}

TEST_F(SqliteJournalTest, a_database_that_cannot_be_written_has_its_own_error) {
    open();
    chmod(directory_.path().c_str(), 0777);
    chmod((directory_.path() / "ledger.lock").c_str(), 0666);
    chmod(sqlite_file(directory_.path()).c_str(), 0444);
    EXPECT_EQ(in_child([&] {
                  return become_ordinary() && open_error() == "database_unwritable" ? 0 : 1;
              }),
              0);
}

TEST_F(SqliteJournalTest, an_erased_name_is_in_no_file_any_more) {
    const auto journal = open();
    const auto name_of = [](uint32_t id) { return "Person Number " + std::to_string(id) + " End"; };
    uint32_t id = 0;
    for (int round = 0; round < 20; ++round) {
        Batch batch = one_line(journal->size());
        for (int i = 0; i < 100; ++i)
            batch.subjects.push_back({{++id}, {}, name_of(id), {}});
        ASSERT_TRUE(journal->append(batch).is_committed());
    }
    Batch erase = one_line(journal->size());
    for (uint32_t each = 1; each <= id; each += 3)
        erase.erased_subjects.push_back({each});
    ASSERT_TRUE(journal->append(erase).is_committed());
    EXPECT_TRUE(files_hold(name_of(1)));  // in the write-ahead log
    while (journal->maintain().value()) {
    }
    for (uint32_t each = 1; each <= id; each += 7) {
        EXPECT_EQ(files_hold(name_of(each)), each % 3 != 1) << each;
    }
}

TEST_F(SqliteJournalTest, names_are_wiped_after_a_restart_too) {
    {
        const auto journal = open();
        Batch batch = one_line(0);
        batch.subjects = {{{1}, {}, "a name to forget", {}}};
        ASSERT_TRUE(journal->append(batch).is_committed());
        Batch erase = one_line(1);
        erase.erased_subjects = {{1}};
        ASSERT_TRUE(journal->append(erase).is_committed());
    }
    const auto journal = open();
    while (journal->maintain().value()) {
    }
    EXPECT_FALSE(files_hold("a name to forget"));
}

TEST_F(SqliteJournalTest, a_reader_puts_wiping_off_but_not_away) {
    const auto journal = open();
    Batch batch = one_line(0);
    batch.subjects = {{{1}, {}, "a name to forget", {}}};
    ASSERT_TRUE(journal->append(batch).is_committed());
    Batch erase = one_line(1);
    erase.erased_subjects = {{1}};
    const auto reader = journal->open_reader().value();
    ASSERT_TRUE(reader->read(0, 1, [&](uint64_t, std::string_view) {
        EXPECT_TRUE(journal->append(erase).is_committed());
        EXPECT_TRUE(journal->maintain());
        EXPECT_TRUE(files_hold("a name to forget"));
        return true;
    }));
    ASSERT_TRUE(journal->maintain());
    EXPECT_FALSE(files_hold("a name to forget"));
}

TEST_F(SqliteJournalTest, the_write_ahead_log_does_not_grow_without_end) {
    SqliteOptions options = options_for(directory_.path());
    options.checkpoint_pages = 16;
    const auto journal = open_sqlite_journal(options).value();
    for (int i = 0; i < 500; ++i) {
        ASSERT_TRUE(
            journal->append(one_line(journal->size(), std::string(3000, 'x'))).is_committed());
    }
    auto log = sqlite_file(directory_.path());
    log += "-wal";
    EXPECT_LT(std::filesystem::file_size(log), 64 * 4120);
}

// ---- a disk that is full

class FullDisk : public SqliteJournalTest {
  protected:
    std::unique_ptr<Journal> open_with_reserve() {
        FaultyVfs::reset();
        SqliteOptions options = options_for(directory_.path());
        options.reserve_bytes = kReserve;
        options.vfs = FaultyVfs::kName;
        options.free_bytes = [this] { return Result<uint64_t>(free_); };
        return open_sqlite_journal(options).value();
    }
    bool reserve_exists() const {
        return std::filesystem::exists(directory_.path() / "disk-reserve");
    }

    static constexpr uint64_t kReserve = 1 << 20;
    uint64_t free_ = 1 << 30;
};

TEST_F(FullDisk, is_refused_before_the_last_byte_is_gone_and_goes_on_when_there_is_room) {
    const auto journal = open_with_reserve();
    EXPECT_TRUE(reserve_exists());
    ASSERT_TRUE(journal->append(one_line(0)).is_committed());
    free_ = kHeadroomBytes;
    const Append refused = journal->append(one_line(1));
    EXPECT_EQ(refused.outcome, Append::Outcome::not_committed);
    EXPECT_EQ(refused.error.code, "disk_full");
    EXPECT_TRUE(reserve_exists());
    EXPECT_EQ(journal->open_reader().value()->size().value(), 1);
    free_ = 1 << 30;
    EXPECT_TRUE(journal->append(one_line(1)).is_committed());
}

TEST_F(FullDisk, a_write_that_finds_no_room_gives_the_reserve_back) {
    const auto journal = open_with_reserve();
    ASSERT_TRUE(journal->append(one_line(0)).is_committed());
    free_ = 0;  // of which statvfs knows only afterwards
    const auto fill_up = [&] {
        free_ = 1 << 30;
        FaultyVfs::fail(FaultyVfs::Operation::write, 1, FaultyVfs::Harm::half,
                        FaultyVfs::Until::once, SQLITE_FULL);
        const Append failed = journal->append(one_line(1));
        free_ = 0;
        return failed;
    };
    const Append failed = fill_up();
    EXPECT_EQ(failed.outcome, Append::Outcome::not_committed);
    EXPECT_EQ(failed.error.code, "disk_full");
    EXPECT_FALSE(reserve_exists());
    EXPECT_EQ(journal->append(one_line(1)).error.code, "disk_full");
    free_ = kHeadroomBytes + kReserve - 1;
    EXPECT_EQ(journal->append(one_line(1)).error.code, "disk_full");
    free_ = 1 << 30;
    EXPECT_TRUE(journal->append(one_line(1)).is_committed());
    EXPECT_TRUE(reserve_exists());
}

TEST_F(FullDisk, closes_cleanly_and_opens_again_without_a_reserve) {
    {
        const auto journal = open_with_reserve();
        ASSERT_TRUE(journal->append(one_line(0)).is_committed());
        free_ = kHeadroomBytes - 1;
    }
    EXPECT_FALSE(reserve_exists());
    const auto journal = open_with_reserve();
    EXPECT_FALSE(reserve_exists());
    EXPECT_EQ(journal->size(), 1);
    EXPECT_EQ(journal->append(one_line(1)).error.code, "disk_full");
    EXPECT_FALSE(*journal->maintain());
    free_ = 1 << 30;
    EXPECT_TRUE(journal->append(one_line(1)).is_committed());
}

// The nearest to a full disk that needs no mount: the kernel refuses to let any file grow.
TEST_F(SqliteJournalTest, a_file_size_limit_is_a_full_disk_and_loses_nothing) {
    enum Exit : int { fine, not_opened, wrong_error, never_full, wrong_size };
    const int code = in_child([&]() -> int {
        const rlimit limit{1 << 20, 1 << 20};
        setrlimit(RLIMIT_FSIZE, &limit);
        std::signal(SIGXFSZ, SIG_IGN);
        auto journal = open_sqlite_journal(options_for(directory_.path()));
        if (!journal) return Exit::not_opened;
        for (uint64_t i = 0; i < 2000; ++i) {
            const Append result = (*journal)->append(one_line(i, std::string(3000, 'x')));
            if (result.is_committed()) continue;
            const bool refused = result.outcome == Append::Outcome::not_committed &&
                                 result.error.code == "disk_full";
            std::ofstream(directory_.path() / "acknowledged") << i;
            return refused && (*journal)->size() == i ? Exit::fine : Exit::wrong_error;
        }
        return Exit::never_full;
    });
    EXPECT_EQ(code, Exit::fine);
    uint64_t acknowledged = 0;
    std::ifstream(directory_.path() / "acknowledged") >> acknowledged;
    const auto journal = open();
    EXPECT_GT(acknowledged, 0);
    EXPECT_EQ(journal->size(), acknowledged);
    EXPECT_TRUE(journal->append(one_line(acknowledged)).is_committed());
    EXPECT_TRUE(journal->open_reader().value()->check());
}

// ---- copies

class SqliteBackupTest : public SqliteJournalTest {
  protected:
    static constexpr uint64_t kLines = 4000;

    void fill(Journal& journal) {
        Batch batch;
        batch.first_sequence = journal.size();
        for (uint64_t i = 0; i < kLines; ++i) {
            batch.lines.push_back("line " + std::to_string(i) + std::string(400, '.'));
        }
        batch.subjects = {{{1}, {}, "anna", {}}};
        batch.tree_head = "head";
        ASSERT_TRUE(journal.append(batch).is_committed());
    }

    std::filesystem::path target() const { return copies_.path() / "backup.db"; }

    TemporaryDirectory copies_;
};

TEST_F(SqliteBackupTest, is_made_while_appends_go_on_and_is_what_the_journal_then_was) {
    const auto journal = open();
    fill(*journal);
    auto backup = journal->start_backup(target()).value();
    uint64_t steps = 0;
    uint64_t size_at_last_copy = 0;
    Backup::Progress progress;
    while (!progress.finished) {
        ASSERT_TRUE(journal->append(one_line(journal->size())).is_committed());
        ASSERT_TRUE(journal->maintain());
        if (progress.bytes_total == 0 || progress.bytes_done < progress.bytes_total) {
            size_at_last_copy = journal->size();
        }
        const auto step = backup->step();
        ASSERT_TRUE(step) << step.error().detail;
        EXPECT_FALSE(!step->finished && std::filesystem::exists(target()) && steps == 0);
        progress = *step;
        ++steps;
    }
    EXPECT_GT(steps, 2);
    EXPECT_TRUE(verify_sqlite_file(target()));
    EXPECT_FALSE(std::filesystem::exists(target().string() + ".part"));

    const TemporaryDirectory other;
    uint64_t told = 0;
    ASSERT_TRUE(restore_sqlite_journal(target(), other.path(), [&](uint64_t done, uint64_t total) {
        told = done;
        EXPECT_LE(done, total);
    }));
    EXPECT_EQ(told, std::filesystem::file_size(target()));
    const auto restored = open_sqlite_journal(options_for(other.path())).value();
    EXPECT_EQ(restored->size(), size_at_last_copy);
    const auto reader = restored->open_reader().value();
    EXPECT_TRUE(reader->check());
    EXPECT_EQ(reader->subject({1}).value()->name, "anna");
    EXPECT_TRUE(restored->append(one_line(restored->size())).is_committed());
}

TEST_F(SqliteBackupTest, never_replaces_a_file) {
    const auto journal = open();
    std::ofstream(target()) << "mine";
    EXPECT_EQ(journal->start_backup(target()).error().code, "backup_failed");
    EXPECT_EQ(std::filesystem::file_size(target()), 4);
}

TEST_F(SqliteBackupTest, into_a_directory_that_is_not_there_fails_and_changes_nothing) {
    const auto journal = open();
    EXPECT_EQ(journal->start_backup(copies_.path() / "no" / "b.db").error().code, "backup_failed");
    EXPECT_TRUE(journal->start_backup(target()));
    EXPECT_TRUE(journal->append(one_line(0)).is_committed());
}

TEST_F(SqliteBackupTest, one_at_a_time_and_an_unfinished_one_leaves_no_file) {
    const auto journal = open();
    fill(*journal);
    auto backup = journal->start_backup(target()).value();
    ASSERT_TRUE(backup->step());
    EXPECT_EQ(journal->start_backup(copies_.path() / "second.db").error().code, "backup_failed");
    backup.reset();
    EXPECT_TRUE(std::filesystem::is_empty(copies_.path()));
    EXPECT_TRUE(journal->start_backup(target()));
}

TEST_F(SqliteBackupTest, ends_when_the_journal_loses_its_connection) {
    FaultyVfs::reset();
    SqliteOptions options = options_for(directory_.path());
    options.vfs = FaultyVfs::kName;
    const auto journal = open_sqlite_journal(options).value();
    fill(*journal);
    auto backup = journal->start_backup(target()).value();
    ASSERT_TRUE(backup->step());
    FaultyVfs::fail(FaultyVfs::Operation::write, 1, FaultyVfs::Harm::nothing,
                    FaultyVfs::Until::once);
    ASSERT_FALSE(journal->append(one_line(journal->size())).is_committed());
    EXPECT_EQ(backup->step().error().code, "backup_failed");
    EXPECT_TRUE(journal->append(one_line(journal->size())).is_committed());
}

TEST_F(SqliteBackupTest, what_is_restored_was_verified_first) {
    const TemporaryDirectory empty;
    const auto restore = [&] {
        const auto done = restore_sqlite_journal(target(), empty.path(), {});
        return done ? "restored" : done.error().code;
    };
    EXPECT_EQ(restore(), "database_unwritable");  // no such file
    std::ofstream(target()) << std::string(8192, 'x');
    EXPECT_EQ(restore(), "database_foreign");
    std::filesystem::remove(target());
    {
        const auto journal = open();
        fill(*journal);
        auto backup = journal->start_backup(target()).value();
        while (!backup->step()->finished) {
        }
    }
    {
        std::fstream file(target());
        file.seekp(4096 * 20);
        file << std::string(4096, 'x');
    }
    EXPECT_EQ(restore(), "database_damaged");
    EXPECT_EQ(open_sqlite_journal(options_for(empty.path())).value()->size(), 0);
}

TEST_F(SqliteBackupTest, is_not_restored_over_a_database) {
    const auto journal = open();
    auto backup = journal->start_backup(target()).value();
    while (!backup->step()->finished) {
    }
    const TemporaryDirectory other;
    { open_sqlite_journal(options_for(other.path())).value(); }
    EXPECT_EQ(restore_sqlite_journal(target(), other.path(), {}).error().code, "database_exists");
    EXPECT_EQ(restore_sqlite_journal(target(), directory_.path(), {}).error().code,
              "database_in_use");
}

}  // namespace
}  // namespace calm::store
