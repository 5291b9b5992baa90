// For tests that play every scenario file: the files, and the list of those that a depth does not
// play, `NAME: why`, one a line.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/scenario.h"

namespace calm::test {

inline std::vector<std::filesystem::path> scenario_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& file :
         std::filesystem::directory_iterator(CALM_SOURCE_DIR "/tests/scenarios")) {
        if (file.path().extension() == ".calm") files.push_back(file.path());
    }
    std::ranges::sort(files);
    return files;
}

inline scenario::Scenario read_scenario(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    auto scenario = scenario::parse_scenario(text.str());
    EXPECT_TRUE(scenario) << scenario.error().detail;
    return scenario ? *std::move(scenario) : scenario::Scenario{};
}

// Why each file of the list is not played; a name that is no file is a failure.
inline std::map<std::string, std::string> read_not_played(const std::filesystem::path& list) {
    std::map<std::string, std::string> reasons;
    std::ifstream file(list);
    EXPECT_TRUE(file.is_open()) << list;
    for (std::string line; std::getline(file, line);) {
        const size_t colon = line.find(": ");
        if (line.empty() || line.front() == '#') continue;
        EXPECT_NE(colon, std::string::npos) << line;
        reasons[line.substr(0, colon)] = line.substr(colon + 2);
    }
    const auto files = scenario_files();
    for (const auto& [name, why] : reasons) {
        const bool exists = std::ranges::any_of(
            files, [&](const std::filesystem::path& each) { return each.stem() == name; });
        EXPECT_TRUE(exists) << list << ": " << name;
    }
    return reasons;
}

// A scenario that the runner cannot play stands in the list, one that it plays does not. True: it
// was played.
inline bool expect_played_unless_listed(const scenario::ScenarioReport& report,
                                        const std::string& name,
                                        const std::map<std::string, std::string>& not_played) {
    const bool skipped = report.stopped && report.stopped->code == "scenario_unsupported";
    const auto listed = not_played.find(name);
    if (listed != not_played.end()) {
        EXPECT_TRUE(skipped) << "it is played: take it off the list (" << listed->second << ")";
    } else {
        EXPECT_TRUE(report.passed()) << report.first_problem();
    }
    return !skipped;
}

}  // namespace calm::test
