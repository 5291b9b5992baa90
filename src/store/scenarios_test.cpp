// Every scenario file with its entries going through a journal: written batch by batch, read back
// from the reopened journal and folded again, they come as the file says and give the same state.
// not_through_journals.txt names those that are not played here, and why.
#include "core/core_runner.h"
#include "documents/entry_codec.h"
#include "store/memory_journal.h"
#include "store/scenario_files_test_kit.h"
#include "store/sqlite/sqlite_journal.h"
#include "store/temporary_directory.h"

namespace calm::store {
namespace {

using scenario::CoreRunner;
using scenario::Line;
using scenario::Restart;
using scenario::Scenario;
using scenario::SetClock;
using scenario::Step;

// A journal as a scenario's storage: what is appended goes to it, a reload opens it again.
class Shelf {
  public:
    using Open = std::function<Result<std::unique_ptr<Journal>>()>;

    explicit Shelf(Open open) : open_(std::move(open)) {}

    scenario::Storage storage() {
        return {.append = [this](std::span<const LedgerEntry> entries) { return append(entries); },
                .reload = [this] { return reload(); }};
    }

    Result<std::vector<LedgerEntry>> reload() {
        journal_.reset();
        CALM_TRY_ASSIGN(journal_, open_());
        CALM_TRY_ASSIGN(const auto reader, journal_->open_reader());
        std::vector<LedgerEntry> log;
        std::optional<Error> wrong;
        CALM_TRY(reader->read(0, UINT64_MAX, [&](uint64_t, std::string_view line) {
            auto entry = decode_entry(line);
            if (!entry) {
                wrong = entry.error();
                return false;
            }
            log.push_back(std::move(*entry));
            return true;
        }));
        if (wrong) return std::unexpected(*wrong);
        return log;
    }

  private:
    Result<> append(std::span<const LedgerEntry> entries) {
        if (!journal_) {
            CALM_TRY_ASSIGN(journal_, open_());
        }
        Batch batch;
        batch.first_sequence = journal_->size();
        for (const LedgerEntry& entry : entries)
            batch.lines.push_back(encode_entry(entry));
        batch.tree_head = "of " + std::to_string(batch.size_after());
        const Append outcome = journal_->append(batch);
        if (!outcome.is_committed()) return std::unexpected(outcome.error);
        return {};
    }

    Open open_;
    std::unique_ptr<Journal> journal_;
};

const std::map<std::string, std::string>& not_through_journals() {
    static const auto all =
        test::read_not_played(CALM_SOURCE_DIR "/src/store/not_through_journals.txt");
    return all;
}

// With a restart behind each line, unless the file says itself when clocks and restarts are turned.
Scenario restarted(const Scenario& scenario) {
    Scenario out;
    for (const Line& line : scenario.lines) {
        if (std::holds_alternative<SetClock>(line.step) ||
            std::holds_alternative<Restart>(line.step)) {
            return scenario;
        }
        out.lines.push_back(line);
        for (const Step& step : {Step(SetClock{.by = {}, .accept = true}), Step(Restart{})})
            out.lines.push_back({line.number, line.text, step, {}});
    }
    return out;
}

void play_through(const Scenario& scenario, const std::string& name, Shelf& shelf) {
    CoreRunner runner(CoreRunner::Proof::none, shelf.storage());
    const auto report = play(scenario, std::ref(runner));
    if (!test::expect_played_unless_listed(report, name, not_through_journals())) return;
    const auto log = shelf.reload();
    ASSERT_TRUE(log) << log.error().detail;
    EXPECT_EQ(*log, runner.log());
    EXPECT_EQ(scenario::state_bytes(scenario::fold(*log)), scenario::state_bytes(runner.ledger()));
}

class StoredScenarios : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(StoredScenarios, come_as_they_say_through_the_memory_journal) {
    MemoryDisk disk;
    Shelf shelf([&] { return open_memory_journal(disk); });
    play_through(restarted(test::read_scenario(GetParam())), GetParam().stem(), shelf);
}

TEST_P(StoredScenarios, come_as_they_say_through_sqlite) {
    const TemporaryDirectory directory;
    Shelf shelf(
        [&] { return open_sqlite_journal({.directory = directory.path(), .reserve_bytes = 0}); });
    play_through(test::read_scenario(GetParam()), GetParam().stem(), shelf);
}

INSTANTIATE_TEST_SUITE_P(All, StoredScenarios, testing::ValuesIn(test::scenario_files()),
                         [](const auto& each) { return each.param.stem().string(); });

}  // namespace
}  // namespace calm::store
