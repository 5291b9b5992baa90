// Where the runner's storage fails or its ledger lies, it stops and says so; and what it refuses.
#include <gtest/gtest.h>

#include "core/core_runner.h"
#include "core/play_test_kit.h"

namespace calm::scenario {
namespace {

// A step of nearly every kind that writes.
constexpr std::string_view kAll = R"(
product p requires activated temporary 0d
product cad requires activated overuse refuse
product os requires none server-license
product box requires none
pack P p per_user 3
pack K p per_device 3
pack F cad per_user 1 concurrent
pack H cad per_user 1 per-server
pack S os server 1
pack B box installation 2
host h mode per_user
host d mode per_device
host h processors 1 cores 2 runs os
station S1 local on h
admit anna - p on h
admit - pc p on d hardware h1
admit - new p on d hardware h1
admit dora - p at S1 on h
admit anna - cad on h
admit bruno - cad on h wait
borrow anna cad until 3d
assign H h
license h os server
install claim pc box
group g join anna
reserve P g 1
lend anna p to zoe until 3d
recall anna p
device accept new
device merge pc new
device separate new
device quarantine 3d
convert P 1 P2
station S1 named S2
station S2 removed
release anna p
revoke pc p refused revoke_limit_reached
erase bruno
expect warning pool p per_user none
advance 100d
expect warning overuse p none
sweep
clock accept
license h os server none
install release pc box
host h removed
move P other
remove F
)";

struct Disk {
    size_t left = 0;  // batches until it is full
    std::vector<LedgerEntry> stored;

    Storage storage() {
        return {.append = [this](std::span<const LedgerEntry> batch) -> Result<> {
                    if (left == 0) return fail("disk_full", "no room");
                    --left;
                    stored.insert(stored.end(), batch.begin(), batch.end());
                    return {};
                },
                .reload = [this]() -> Result<std::vector<LedgerEntry>> { return stored; }};
    }
};

TEST(CoreRunnerFaults, WhereverItsStorageIsFullItStopsThere) {
    const Scenario scenario = *parse_scenario(kAll);
    constexpr size_t kMany = 1000;
    Disk whole{.left = kMany, .stored = {}};
    CoreRunner runner(CoreRunner::Proof::every_statement, whole.storage());
    const ScenarioReport all = play(scenario, std::ref(runner));
    ASSERT_EQ(all.first_problem(), "");
    const size_t batches = kMany - whole.left;
    EXPECT_GT(batches, 30u);
    for (size_t room = 0; room < batches; ++room) {
        SCOPED_TRACE(room);
        Disk disk{.left = room, .stored = {}};
        CoreRunner failing(CoreRunner::Proof::none, disk.storage());
        const ScenarioReport report = play(scenario, std::ref(failing));
        ASSERT_TRUE(report.stopped.has_value());
        EXPECT_EQ(report.stopped->code, "disk_full");
        ASSERT_LT(report.outcomes.size(), all.outcomes.size());
        for (size_t i = 0; i < report.outcomes.size(); ++i)
            EXPECT_EQ(to_sentence(report.outcomes[i].observed),
                      to_sentence(all.outcomes[i].observed));
    }
}

// The first line that needs the implicit host enrols it.
TEST(CoreRunnerFaults, AStorageThatIsFullHasNoRoomForTheImplicitHost) {
    for (const char* line : {"admit a - p", "end a - p", "assign P host-1", "reassert host-1",
                             "station S local", "license host-1 p server"}) {
        Disk disk{.left = 3, .stored = {}};
        CoreRunner runner(CoreRunner::Proof::none, disk.storage());
        const auto scenario = parse_scenario(
            "product p requires activated\npack P p per_user 1 per-server\n" + std::string(line));
        const auto report = play(*scenario, std::ref(runner));
        ASSERT_TRUE(report.stopped.has_value()) << line;
        EXPECT_EQ(report.stopped->code, "disk_full") << line;
        EXPECT_EQ(report.outcomes.size(), 2u) << line;
    }
}

TEST(CoreRunnerFaults, ALedgerThatIsNotItsLogsIsNoticed) {
    CoreRunner runner(CoreRunner::Proof::every_statement);
    const auto first = parse_scenario("product p requires activated\npack P p per_user 1\n");
    ASSERT_EQ(play(*first, std::ref(runner)).first_problem(), "");
    std::vector<LedgerEntry> forged = runner.log();
    std::get<entry::PackInstalled>(forged.back().body).quantity = 2;
    runner.ledger() = fold(forged);
    const auto second = parse_scenario("product q requires none\n");
    EXPECT_EQ(play(*second, std::ref(runner)).first_problem(),
              "line 1: folding the log again gives another state");
}

TEST(CoreRunnerFaults, AnEntryThatCannotFollowIsNoticed) {
    CoreRunner runner;
    const auto first = parse_scenario("product p requires activated\n");
    ASSERT_EQ(play(*first, std::ref(runner)).first_problem(), "");
    Ledger& ledger = runner.ledger();
    ledger.apply({ledger.size(), kInstantMax + seconds(1), {}, entry::ClockAccepted{}});
    const auto second = parse_scenario("product q requires none\n");
    EXPECT_EQ(play(*second, std::ref(runner)).first_problem(),
              "line 1: an entry meets the objection: the time runs backwards or too far");
}

TEST(CoreRunnerFaults, AJournalKeepsNoBackup) {
    Disk disk{.left = 99, .stored = {}};
    CoreRunner runner(CoreRunner::Proof::none, disk.storage());
    const auto report = play(*parse_scenario("backup\nrestore\n"), std::ref(runner));
    ASSERT_TRUE(report.stopped.has_value());
    EXPECT_EQ(report.stopped->code, "scenario_unsupported");
}

TEST(CoreRunnerFaults, AHostThatNobodyEnrolledIsNotRemoved) {
    CoreRunner runner;
    const auto removed = runner(Step(SetHost{.name = "nobody", .removed = true}));
    EXPECT_EQ(removed->refused, "host_unknown");
}

TEST(CoreRunnerFaults, ProductsThatNoLineDefinesStopIt) {
    for (const char* line : {"recall a p", "borrow a p until 3d", "lend a p to b until 3d",
                             "expect overuse p 0", "expect warning overuse p none"}) {
        CoreRunner runner;
        const auto report =
            play(*parse_scenario("admit a - p\n" + std::string(line)), std::ref(runner));
        ASSERT_TRUE(report.stopped.has_value()) << line;
        EXPECT_EQ(report.stopped->code, "product_unknown") << line;
    }
}

TEST(CoreRunnerFaults, WhatIsNotThereIsRefusedOrNothing) {
    EXPECT_EQ(test::problem_of(R"(
product p requires activated overuse admit temporary 0d
product os requires none server-license
pack S os server 2
host h mode per_user
host late cores 4
expect overdraft S 0
expect used S 0
station S1 local on h
station S1 shows nobody        refused station_unknown
station S2 shows S1 on h       refused station_shows_no_desktop
station S2 removed             refused station_unknown
assign P h                     refused pack_unknown
assign S nowhere               refused host_unknown
reserve P g 1                  refused pack_unknown
convert P all P2               refused pack_unknown
remove P                       refused pack_unknown
move P s                       refused pack_unknown
expect warning pack P none
expect warning grace nowhere none
expect warning look-alike nobody none
)"),
              "");
}

TEST(CoreRunnerFaults, WhoHoldsMoreThanOneIsSaidToHoldTheBest) {
    EXPECT_EQ(test::problem_of(R"(
product p-1 requires activated overuse admit temporary 0d
product p-2 requires activated overuse admit temporary 0d
host h mode per_user
pack P p-1 per_user 1
pack Q p-2 per_user 1
admit anna - p-1 on h    allow cal_issued
admit bruno - p-2 on h   allow cal_issued
admit chloe - p-2 on h   allow cal_overuse_issued
lend anna p-1 to chloe until 5d
# The loan is of the earlier version, and over-use of the later one.
expect holds chloe p-1 loan
expect holds chloe p-2 overuse
expect holds anna p-1 lent
)"),
              "");
}

}  // namespace
}  // namespace calm::scenario
