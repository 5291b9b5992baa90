// Whatever goes wrong and wherever: a batch that was acknowledged is there, one that was refused is
// not, and none is there in part. The machine dies at every write and sync of a history, in turn;
// each of them fails in three ways; the process is killed at random moments.
#include <array>
#include <csignal>
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/sqlite/faulty_vfs.h"
#include "store/sqlite/sqlite_journal.h"
#include "store/temporary_directory.h"

namespace calm::store {
namespace {

// Batch number n, which leaves one mark of each kind that says n. Every fourth has no lines.
Batch numbered_batch(uint32_t n, uint64_t first_sequence) {
    Batch batch;
    batch.first_sequence = first_sequence;
    if (n % 4 != 0) {
        const uint32_t lines = n % 5 + 1;
        for (uint32_t i = 0; i < lines; ++i) {
            batch.lines.push_back(std::to_string(n) + " line " + std::to_string(i) + " of " +
                                  std::to_string(lines) + std::string(n * 37 % 900, '.'));
        }
        batch.tree_head = "head " + std::to_string(n);
    }
    batch.subjects = {{{n}, HolderKind::user, "subject " + std::to_string(n), {}}};
    if (n > 6 && n % 3 == 0) batch.erased_subjects = {{n - 6}};
    std::string key = std::to_string(n);
    key.insert(0, 8 - key.size(), '0');
    batch.put({"batches", std::move(key), std::string(n * 91 % 3000, 'v')});
    batch.usage = {{n, {n}, {}, {1}, {1}, 1}};
    batch.tiles = {{0, n, std::string(n * 53 % 4000 + 1, 'h')}};
    return batch;
}

// The numbers of the batches that a journal holds, each verified to be whole.
class Inventory {
  public:
    explicit Inventory(JournalReader& reader) {
        EXPECT_TRUE(reader.check());
        EXPECT_TRUE(reader.records("batches", [&](std::string_view key, std::string_view value) {
            const auto n = static_cast<uint32_t>(std::stoul(std::string(key)));
            present_.push_back(n);
            EXPECT_EQ(value.size(), n * 91 % 3000);
            return true;
        }));
        std::vector<std::string> lines;
        uint64_t size = 0;
        for (const uint32_t n : present_) {
            const Batch batch = numbered_batch(n, size);
            lines.insert(lines.end(), batch.lines.begin(), batch.lines.end());
            size = batch.size_after();
            EXPECT_TRUE(reader.tile(0, n).value().has_value()) << n;
            if (batch.lines.empty()) continue;
            EXPECT_EQ(reader.tree_head(size).value(), (TreeHead{size, batch.tree_head}));
        }
        std::vector<std::string> found;
        EXPECT_TRUE(reader.read(0, UINT64_MAX, [&](uint64_t, std::string_view line) {
            found.emplace_back(line);
            return true;
        }));
        EXPECT_EQ(found, lines);
        EXPECT_EQ(subjects_of(reader), expected_subjects());
    }

    const std::vector<uint32_t>& present() const { return present_; }

  private:
    static std::vector<uint32_t> subjects_of(JournalReader& reader) {
        std::vector<uint32_t> found;
        EXPECT_TRUE(reader.subjects({0}, [&](const SubjectName& subject) {
            found.push_back(subject.subject.value);
            return true;
        }));
        return found;
    }
    std::vector<uint32_t> expected_subjects() const {
        std::vector<uint32_t> expected = present_;
        for (const uint32_t n : present_) {
            if (n > 6 && n % 3 == 0) std::erase(expected, n - 6);
        }
        return expected;
    }

    std::vector<uint32_t> present_;
};

SqliteOptions small_options(const std::filesystem::path& directory) {
    SqliteOptions options;
    options.directory = directory;
    options.reserve_bytes = 0;
    options.checkpoint_pages = 24;
    return options;
}

// A history on a disk that fails, and what the journal said of each batch.
class History {
  public:
    static constexpr uint32_t kBatches = 9;

    // Goes on until the end, or to where a server would stop. When the fault has happened and the
    // journal has answered, the power goes too: what it said must be true already.
    void run(std::mt19937& random, bool with_reader) {
        SqliteOptions options = small_options(directory_.path());
        options.vfs = FaultyVfs::kName;
        for (int attempt = 0; attempt < 3 && !journal_; ++attempt) {
            if (auto opened = open_sqlite_journal(options)) journal_ = std::move(*opened);
        }
        bool running = journal_ != nullptr;
        // Keeps the log's index alive, so that opening the database again does not recover it.
        std::unique_ptr<JournalReader> reader;
        if (running && with_reader) {
            auto opened = journal_->open_reader();
            if (opened && (*opened)->size()) reader = std::move(*opened);
        }
        bool failed = false;
        while (running && next_ <= kBatches) {
            running = append_next();
            if (failed || !FaultyVfs::has_failed()) continue;
            failed = true;
            FaultyVfs::pause(true);
            expect_after_power_cut(random);
            FaultyVfs::pause(false);
        }
    }

    // What may be there: all that was acknowledged, nothing that was refused.
    void expect_in(JournalReader& reader) const {
        std::map<uint32_t, Append::Outcome> silent = said_;
        const Inventory inventory(reader);
        for (const uint32_t n : inventory.present()) {
            const auto found = silent.find(n);
            ASSERT_NE(found, silent.end()) << "batch " << n << " was never appended";
            EXPECT_NE(found->second, Append::Outcome::not_committed) << "batch " << n;
            silent.erase(found);
        }
        for (const auto& [n, outcome] : silent) {
            EXPECT_NE(outcome, Append::Outcome::committed) << "batch " << n << " is lost";
        }
    }

    void expect_after_power_cut(std::mt19937& random) const {
        const TemporaryDirectory after;
        FaultyVfs::cut_power(directory_.path(), after.path(), random);
        expect_in_directory(after.path());
    }

    void expect_after_restart() {
        journal_.reset();
        expect_in_directory(directory_.path());
    }

  private:
    // false: a server would stop here.
    bool append_next() {
        const uint32_t n = next_++;
        Append result = journal_->append(numbered_batch(n, journal_->size()));
        said_[n] = result.outcome;
        if (result.is_fatal()) return false;
        if (result.outcome == Append::Outcome::unknown) {
            const auto settled = journal_->settle();
            if (!settled) return false;
            said_[n] = *settled ? Append::Outcome::committed : Append::Outcome::not_committed;
        }
        const auto more = journal_->maintain();
        return more || more.error().code != "fsync_failed";
    }

    void expect_in_directory(const std::filesystem::path& directory) const {
        SqliteOptions options = small_options(directory);
        options.vfs = FaultyVfs::kName;  // which spares the real disk
        const auto journal = open_sqlite_journal(options);
        ASSERT_TRUE(journal) << journal.error().code << ": " << journal.error().detail;
        const auto reader = (*journal)->open_reader().value();
        expect_in(*reader);
        const Append next = (*journal)->append(numbered_batch(kBatches + 1, (*journal)->size()));
        EXPECT_TRUE(next.is_committed()) << next.error.detail;
        EXPECT_EQ(Inventory(*reader).present().back(), kBatches + 1);
    }

    TemporaryDirectory directory_;
    std::unique_ptr<Journal> journal_;
    std::map<uint32_t, Append::Outcome> said_;
    uint32_t next_ = 1;
};

struct Sweep {
    const char* name;
    FaultyVfs::Harm harm;
    FaultyVfs::Until until;
    int code = 0;
    bool with_reader = false;
};

class SqliteFaults : public testing::TestWithParam<Sweep> {};

TEST_P(SqliteFaults, at_any_write_or_sync_lose_no_acknowledged_batch) {
    const Sweep& sweep = GetParam();
    std::mt19937 random(42);
    uint64_t nth = 1;
    for (bool failed = true; failed; ++nth) {
        SCOPED_TRACE("operation " + std::to_string(nth));
        FaultyVfs::reset();
        FaultyVfs::fail(FaultyVfs::Operation::any, nth, sweep.harm, sweep.until, sweep.code);
        History history;
        history.run(random, sweep.with_reader);
        failed = FaultyVfs::has_failed();
        FaultyVfs::clear();
        history.expect_after_power_cut(random);
        history.expect_after_restart();
        if (HasFailure()) break;
    }
    EXPECT_GT(nth, 100);  // the sweep did reach into the history
}

INSTANTIATE_TEST_SUITE_P(
    Sqlite, SqliteFaults,
    testing::Values(Sweep{"the_machine_dies", FaultyVfs::Harm::half, FaultyVfs::Until::cleared},
                    Sweep{"one_operation_fails", FaultyVfs::Harm::nothing, FaultyVfs::Until::once},
                    Sweep{"one_operation_lies", FaultyVfs::Harm::all, FaultyVfs::Until::once},
                    Sweep{"one_operation_fails_with_a_reader", FaultyVfs::Harm::nothing,
                          FaultyVfs::Until::once, 0, true},
                    Sweep{"one_operation_lies_with_a_reader", FaultyVfs::Harm::all,
                          FaultyVfs::Until::once, 0, true},
                    Sweep{"the_disk_is_full_once", FaultyVfs::Harm::half, FaultyVfs::Until::once,
                          SQLITE_FULL},
                    Sweep{"the_disk_stays_full", FaultyVfs::Harm::nothing,
                          FaultyVfs::Until::cleared, SQLITE_FULL}),
    [](const auto& sweep) { return sweep.param.name; });

TEST(SqliteFailedSync, stops_the_journal_for_good) {
    FaultyVfs::reset();
    const TemporaryDirectory directory;
    SqliteOptions options = small_options(directory.path());
    options.vfs = FaultyVfs::kName;
    auto journal = open_sqlite_journal(options).value();
    ASSERT_TRUE(journal->append(numbered_batch(1, 0)).is_committed());
    const uint64_t size = journal->size();
    FaultyVfs::fail(FaultyVfs::Operation::sync, 1, FaultyVfs::Harm::nothing,
                    FaultyVfs::Until::once);
    const Append failed = journal->append(numbered_batch(2, size));
    EXPECT_EQ(failed.outcome, Append::Outcome::unknown);
    EXPECT_TRUE(failed.is_fatal());
    // The disk is well again, and that changes nothing.
    EXPECT_TRUE(journal->append(numbered_batch(2, size)).is_fatal());
    EXPECT_EQ(journal->settle().error().code, "fsync_failed");
    EXPECT_EQ(journal->maintain().error().code, "fsync_failed");
    journal.reset();
    journal = open_sqlite_journal(options).value();
    EXPECT_TRUE(journal->append(numbered_batch(3, journal->size())).is_committed());
}

TEST(SqliteUnknown, an_append_that_cannot_be_looked_up_is_unknown_until_it_can) {
    FaultyVfs::reset();
    const TemporaryDirectory directory;
    SqliteOptions options = small_options(directory.path());
    options.vfs = FaultyVfs::kName;
    auto journal = open_sqlite_journal(options).value();
    ASSERT_TRUE(journal->append(numbered_batch(1, 0)).is_committed());
    const uint64_t size = journal->size();
    FaultyVfs::fail(FaultyVfs::Operation::write, 2, FaultyVfs::Harm::nothing,
                    FaultyVfs::Until::cleared);
    const Append unknown = journal->append(numbered_batch(2, size));
    EXPECT_EQ(unknown.outcome, Append::Outcome::unknown);
    EXPECT_FALSE(unknown.is_fatal());
    EXPECT_EQ(journal->append(numbered_batch(2, size)).error.code, "journal_unsettled");
    EXPECT_FALSE(journal->settle());
    FaultyVfs::clear();
    EXPECT_EQ(journal->settle().value(), false);
    EXPECT_TRUE(journal->append(numbered_batch(2, size)).is_committed());
}

// A child appends and tells each acknowledged batch through the pipe, until it is killed.
[[noreturn]] void append_until_killed(const std::filesystem::path& directory, int pipe) {
    auto journal = open_sqlite_journal(small_options(directory));
    if (!journal) _exit(2);
    auto reader = (*journal)->open_reader().value();
    uint32_t n = 0;
    const auto read = reader->records("batches", [&](std::string_view key, std::string_view) {
        n = static_cast<uint32_t>(std::stoul(std::string(key)));
        return true;
    });
    if (!read) _exit(3);
    while (true) {
        ++n;
        if (!(*journal)->append(numbered_batch(n, (*journal)->size())).is_committed()) _exit(4);
        if (write(pipe, &n, sizeof n) != sizeof n) _exit(5);
        if (!(*journal)->maintain()) _exit(6);
    }
}

TEST(SqliteKilled, at_any_moment_loses_no_acknowledged_batch) {
    constexpr int kCycles = 30;
    const TemporaryDirectory directory;
    std::mt19937 random(7);
    std::vector<uint32_t> acknowledged;
    for (int cycle = 0; cycle < kCycles && !testing::Test::HasFailure(); ++cycle) {
        std::array<int, 2> ends{};
        ASSERT_EQ(pipe(ends.data()), 0);
        const pid_t child = fork();
        if (child == 0) append_until_killed(directory.path(), ends[1]);
        close(ends[1]);
        // The moment is a random number of answers, and then a random bit of work on our side.
        const auto answers = std::uniform_int_distribution(0, 12)(random);
        uint32_t n = 0;
        for (int i = 0; i < answers && read(ends[0], &n, sizeof n) == sizeof n; ++i) {
            acknowledged.push_back(n);
        }
        volatile uint32_t work = std::uniform_int_distribution(0U, 2'000'000U)(random);
        while (work > 0)
            work = work - 1;
        kill(child, SIGKILL);
        while (read(ends[0], &n, sizeof n) == sizeof n)
            acknowledged.push_back(n);
        close(ends[0]);
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);

        const auto journal = open_sqlite_journal(small_options(directory.path())).value();
        const auto reader = journal->open_reader().value();
        const Inventory inventory(*reader);
        EXPECT_THAT(inventory.present(), testing::IsSupersetOf(acknowledged)) << "cycle " << cycle;
    }
    EXPECT_GT(acknowledged.size(), kCycles);
}

}  // namespace
}  // namespace calm::store
