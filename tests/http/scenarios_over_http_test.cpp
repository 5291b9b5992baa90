// Every scenario file, played through the public routes.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "http_runner.h"

namespace calm::testing {
namespace {

std::vector<std::filesystem::path> scenario_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& file :
         std::filesystem::directory_iterator(CALM_SOURCE_DIR "/tests/scenarios")) {
        if (file.path().extension() == ".calm") files.push_back(file.path());
    }
    std::ranges::sort(files);
    return files;
}

class ScenariosOverHttp : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(ScenariosOverHttp, come_as_the_file_says) {
    std::ifstream file(GetParam());
    std::stringstream text;
    text << file.rdbuf();
    const auto parsed = scenario::parse_scenario(text.str());
    ASSERT_TRUE(parsed) << parsed.error().detail;
    HttpRunner runner;
    const auto report = scenario::play(*parsed, std::ref(runner));
    if (report.stopped && report.stopped->code == "scenario_unsupported") return;
    EXPECT_TRUE(report.passed()) << report.first_problem();
}

INSTANTIATE_TEST_SUITE_P(All, ScenariosOverHttp, ::testing::ValuesIn(scenario_files()),
                         [](const auto& each) { return each.param.stem().string(); });

}  // namespace
}  // namespace calm::testing
