// The simulator's tests. CALM_SIM_SEED repeats a run; CALM_SIM_DECISIONS (100000) makes it longer;
// with CALM_SIM_NOSHRINK=1 a failure is told at once, as it was found.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "history.h"

namespace {

// So often all properties together ask at least, each with one history.
constexpr uint64_t kDecisionsPerCase = 900;

class EnoughDecisions : public testing::Environment {
  public:
    void TearDown() override {
        using namespace calm::sim;
        fmt::print("sim: {} decisions\n", decisions_made());
        for (const auto& [reason, count] : decisions)
            fmt::print("  {:8} {}\n", count, name_of(reason));
        if (testing::GTEST_FLAG(filter) != "*") return;
        EXPECT_GE(decisions_made(), decisions_wanted());
        // Histories that never meet a rule would prove nothing about it.
        for (const auto& [reason, name] : calm::NamesOf<calm::Reason>::value) {
            const auto number = static_cast<uint8_t>(reason);
            const bool of_the_agent =
                reason >= calm::Reason::offline_token && reason <= calm::Reason::root_exempt;
            const bool of_admissions =
                (number < 140 && reason != calm::Reason::server_unreachable) || number >= 180;
            if (of_admissions && !of_the_agent) {
                EXPECT_GT(decisions[reason], 0u) << name << " never came";
            }
        }
    }
};

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    testing::AddGlobalTestEnvironment(new EnoughDecisions);
    const char* given = std::getenv("CALM_SIM_SEED");
    const std::string seed = given != nullptr ? given : std::to_string(std::random_device()());
    const uint64_t cases = calm::sim::decisions_wanted() / kDecisionsPerCase + 1;
    // rapidcheck takes its settings from here.
    setenv("RC_PARAMS",
           fmt::format("seed={} max_success={}{}", seed, cases,
                       std::getenv("CALM_SIM_NOSHRINK") != nullptr ? " noshrink=1" : "")
               .c_str(),
           1);
    fmt::print("sim: CALM_SIM_SEED={} repeats this run\n", seed);
    return RUN_ALL_TESTS();
}
