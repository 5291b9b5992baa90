// Every scenario file, played through libcalm; not_over_capi.txt names those that cannot be, and
// why.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "capi_runner.h"

namespace calm::testing {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> scenario_files() {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(CALM_SOURCE_DIR "/tests/scenarios")) {
        if (file.path().extension() == ".calm") files.push_back(file.path());
    }
    std::ranges::sort(files);
    return files;
}

// `NAME: why`, one a line.
const std::map<std::string, std::string>& not_over_capi() {
    static const auto all = [] {
        std::map<std::string, std::string> names;
        std::ifstream file(CALM_SOURCE_DIR "/tests/capi/not_over_capi.txt");
        for (std::string line; std::getline(file, line);) {
            const size_t colon = line.find(": ");
            if (line.empty() || line.front() == '#') continue;
            EXPECT_NE(colon, std::string::npos) << line;
            names[line.substr(0, colon)] = line.substr(colon + 2);
        }
        return names;
    }();
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
    std::ifstream file(GetParam());
    std::stringstream text;
    text << file.rdbuf();
    auto parsed = scenario::parse_scenario(text.str());
    ASSERT_TRUE(parsed) << parsed.error().detail;
    const scenario::Scenario scenario = as_programs_see_it(std::move(*parsed));
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

INSTANTIATE_TEST_SUITE_P(All, ScenariosOverCapi, ::testing::ValuesIn(scenario_files()),
                         [](const auto& each) { return each.param.stem().string(); });

TEST(ScenariosNotOverCapi, AreFilesThatExist) {
    std::set<std::string> names;
    for (const fs::path& file : scenario_files())
        names.insert(file.stem());
    for (const auto& [name, why] : not_over_capi())
        EXPECT_TRUE(names.contains(name)) << name << ": " << why;
    EXPECT_GT(names.size(), not_over_capi().size() * 2) << "most are played";
}

}  // namespace
}  // namespace calm::testing
