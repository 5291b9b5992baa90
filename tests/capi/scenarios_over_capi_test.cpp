// Every scenario file, played through libcalm; not_over_capi.txt names those that cannot be, and
// why.
#include "capi_runner.h"
#include "store/scenario_files_test_kit.h"

namespace calm::testing {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::string>& not_over_capi() {
    static const auto all = test::read_not_played(CALM_SOURCE_DIR "/tests/capi/not_over_capi.txt");
    return all;
}

// No answer of the library says which base is missing.
scenario::Scenario as_programs_see_it(scenario::Scenario scenario) {
    for (auto& line : scenario.lines)
        line.expected.lacks.clear();
    return scenario;
}

class ScenariosOverCapi : public ::testing::TestWithParam<fs::path> {};

TEST_P(ScenariosOverCapi, come_as_the_file_says) {
    const scenario::Scenario scenario = as_programs_see_it(test::read_scenario(GetParam()));
    CapiRunner runner(scenario);
    const auto report = scenario::play(scenario, std::ref(runner));
    const auto listed = not_over_capi().find(GetParam().stem());
    const bool unsupported = report.stopped && report.stopped->code == "scenario_unsupported";
    if (listed == not_over_capi().end()) {
        EXPECT_TRUE(report.passed()) << report.first_problem();
        EXPECT_GT(runner.questions(), 0U) << "nobody connects: name it in not_over_capi.txt";
    } else if (report.passed()) {
        EXPECT_EQ(runner.questions(), 0U)
            << "it is played: take it out of not_over_capi.txt (" << listed->second << ")";
    } else {
        EXPECT_TRUE(unsupported) << report.first_problem();
    }
}

INSTANTIATE_TEST_SUITE_P(All, ScenariosOverCapi, ::testing::ValuesIn(test::scenario_files()),
                         [](const auto& each) { return each.param.stem().string(); });

TEST(ScenariosNotOverCapi, AreTheFewest) {
    EXPECT_GT(test::scenario_files().size(), not_over_capi().size() * 2) << "most are played";
}

}  // namespace
}  // namespace calm::testing
