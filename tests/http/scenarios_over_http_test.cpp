// Every scenario file, played through the public routes; not_over_http.txt names those that are
// not, and why.
#include "http_runner.h"
#include "store/scenario_files_test_kit.h"

namespace calm::testing {
namespace {

const std::map<std::string, std::string>& not_over_http() {
    static const auto all = test::read_not_played(CALM_SOURCE_DIR "/tests/http/not_over_http.txt");
    return all;
}

class ScenariosOverHttp : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(ScenariosOverHttp, come_as_the_file_says) {
    HttpRunner runner;
    const auto report = scenario::play(test::read_scenario(GetParam()), std::ref(runner));
    test::expect_played_unless_listed(report, GetParam().stem(), not_over_http());
}

INSTANTIATE_TEST_SUITE_P(All, ScenariosOverHttp, ::testing::ValuesIn(test::scenario_files()),
                         [](const auto& each) { return each.param.stem().string(); });

}  // namespace
}  // namespace calm::testing
