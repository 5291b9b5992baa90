// Every file of tests/scenarios at the depth of the rules alone, and the runner's own promises.
#include "core/core_runner.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace calm::scenario {
namespace {

std::vector<std::string> scenario_files() {
    std::vector<std::string> names;
    for (const auto& file :
         std::filesystem::directory_iterator(CALM_SOURCE_DIR "/tests/scenarios")) {
        if (file.path().extension() == ".calm") names.push_back(file.path().stem());
    }
    std::ranges::sort(names);
    return names;
}

Scenario load(const std::string& name) {
    std::ifstream file(CALM_SOURCE_DIR "/tests/scenarios/" + name + ".calm");
    std::stringstream text;
    text << file.rdbuf();
    auto scenario = parse_scenario(text.str());
    if (!scenario) {
        ADD_FAILURE() << name << ".calm: " << scenario.error().detail;
        return {};
    }
    return *std::move(scenario);
}

// The first thing that does not come as expected, with every statement proved; empty: none.
std::string problem_of(const Scenario& scenario) {
    CoreRunner runner(CoreRunner::Proof::every_statement);
    return play(scenario, std::ref(runner)).first_problem();
}

class ScenarioFiles : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioFiles, ComeAsExpected) {
    EXPECT_EQ(problem_of(load(GetParam())), "");
}

// Whether an expiry is written before or after somebody asks changes no answer.
TEST_P(ScenarioFiles, ComeAsExpectedWhenExpiriesAreWrittenAtOnce) {
    Scenario swept = load(GetParam());
    for (size_t i = 0; i < swept.lines.size(); ++i) {
        const Step& step = swept.lines[i].step;
        if (!std::holds_alternative<Advance>(step) && !std::holds_alternative<Restart>(step))
            continue;
        Line sweep = swept.lines[i];
        sweep.step = Sweep{};
        sweep.expected = {};
        swept.lines.insert(swept.lines.begin() + static_cast<ptrdiff_t>(++i), sweep);
    }
    EXPECT_EQ(problem_of(swept), "");
}

// A restart between any two lines changes no answer. Files about clocks restart where they mean to.
TEST_P(ScenarioFiles, ComeAsExpectedAcrossRestarts) {
    const Scenario scenario = load(GetParam());
    Scenario restarted;
    for (const Line& line : scenario.lines) {
        if (std::holds_alternative<SetClock>(line.step) ||
            std::holds_alternative<Restart>(line.step)) {
            return;
        }
        // The clock is vouched for: else a start after a silence of weeks would wait for that.
        for (const Step& step :
             {line.step, Step(SetClock{.by = {}, .accept = true}), Step(Restart{})})
            restarted.lines.push_back({line.number, line.text, step, {}});
        restarted.lines[restarted.lines.size() - 3].expected = line.expected;
    }
    EXPECT_EQ(problem_of(restarted), "");
}

// Documentation as much as tests: each says its rule, and no line leaves open what must come.
TEST_P(ScenarioFiles, SayTheirRuleAndExpectSomethingOfEveryAdmission) {
    const Scenario scenario = load(GetParam());
    EXPECT_TRUE(scenario.rule.size() > 20 && scenario.rule.ends_with('.')) << scenario.rule;
    for (const Line& line : scenario.lines) {
        if (!std::holds_alternative<Admit>(line.step)) continue;
        EXPECT_TRUE(line.expected.reason || !line.expected.refused.empty()) << line.text;
    }
}

Scenario parsed(std::string_view text) {
    return *parse_scenario(text);
}

constexpr std::string_view kTwoUsers =
    "product p requires activated overuse refuse\nhost h mode per_user\npack P p per_user 1\n"
    "admit anna - p on h id q allow cal_issued\nadmit bruno - p on h deny no_cal_available\n";

TEST(CoreRunner, AnEmptyScenarioDoesNothing) {
    CoreRunner runner;
    EXPECT_TRUE(play(Scenario{}, std::ref(runner)).passed());
    EXPECT_TRUE(runner.log().empty());
    EXPECT_EQ(runner.now(), kStart);
}

TEST(CoreRunner, WritesALogThatFoldsToItsLedger) {
    CoreRunner runner;
    EXPECT_EQ(play(parsed(kTwoUsers), std::ref(runner)).first_problem(), "");
    EXPECT_TRUE(std::holds_alternative<entry::LedgerCreated>(runner.log().front().body));
    EXPECT_EQ(state_bytes(fold(runner.log())), state_bytes(runner.ledger()));
    EXPECT_EQ(runner.last_asked()->decision.reason, Reason::no_cal_available);
    EXPECT_EQ(runner.last_asked()->product, "p");
}

TEST(CoreRunner, GivesEveryBatchToItsStorageAndReadsItBack) {
    std::vector<LedgerEntry> stored;
    std::vector<size_t> batches;
    const Storage storage{.append = [&](std::span<const LedgerEntry> batch) -> Result<> {
                              stored.insert(stored.end(), batch.begin(), batch.end());
                              batches.push_back(batch.size());
                              return {};
                          },
                          .reload = [&]() -> Result<std::vector<LedgerEntry>> { return stored; }};
    CoreRunner runner(CoreRunner::Proof::every_statement, storage);
    const auto scenario = parsed(std::string(kTwoUsers) +
                                 "restart\nadmit anna - p on h id q allow cal_issued repeated");
    EXPECT_EQ(play(scenario, std::ref(runner)).first_problem(), "");
    EXPECT_EQ(stored, runner.log());
    // The ledger, the product, the host, the pack, and anna with her CAL.
    EXPECT_EQ(batches, (std::vector<size_t>{2, 1, 1, 1, 2}));
}

TEST(CoreRunner, StopsWhereItsStorageFails) {
    const Storage full{.append = [](auto) -> Result<> { return fail("disk_full", "no room"); },
                       .reload = {}};
    CoreRunner runner(CoreRunner::Proof::none, full);
    const auto report = play(parsed(kTwoUsers), std::ref(runner));
    EXPECT_EQ(report.stopped->code, "disk_full");
    EXPECT_EQ(report.first_problem(), "line 1: no room");
}

TEST(CoreRunner, NoticesAStorageThatLosesOrForges) {
    std::vector<LedgerEntry> stored;
    for (const bool forged : {false, true}) {
        CoreRunner* runner = nullptr;
        const Storage storage{.append = {}, .reload = [&]() -> Result<std::vector<LedgerEntry>> {
                                  std::vector<LedgerEntry> log = runner->log();
                                  if (!forged) log.pop_back();
                                  if (forged)
                                      std::get<entry::CalIssued>(log.back().body).cal.pack = {9};
                                  return log;
                              }};
        CoreRunner lying(CoreRunner::Proof::none, storage);
        runner = &lying;
        const auto report = play(parsed(std::string(kTwoUsers) + "restart"), std::ref(lying));
        ASSERT_TRUE(report.stopped.has_value());
        EXPECT_EQ(report.stopped->code, "invariant_broken");
        EXPECT_EQ(report.stopped->detail,
                  forged ? "line 6: the stored log meets the objection: pack 9 does not exist"
                         : "line 6: the restart came back with another state");
    }
}

TEST(CoreRunner, SaysWhatItCannotDo) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"server down", "scenario_unsupported"},
        {"expect used P 0", "pack_unknown"},
        {"expect free p per_user 0", "product_unknown"},
        {"admit a - p\nrelease a p", "product_unknown"},
        {"admit a d p\nlogon d p", "product_unknown"},
        {"admit a d p\nrevoke d p", "product_unknown"},
        {"admit a d p\nexpect holds d p nothing", "product_unknown"},
    };
    for (const auto& [text, code] : cases) {
        CoreRunner runner;
        const auto report = play(parsed(text), std::ref(runner));
        ASSERT_TRUE(report.stopped.has_value()) << text;
        EXPECT_EQ(report.stopped->code, code) << text;
    }
}

INSTANTIATE_TEST_SUITE_P(Core, ScenarioFiles, testing::ValuesIn(scenario_files()),
                         [](const auto& file) { return file.param; });

}  // namespace
}  // namespace calm::scenario
