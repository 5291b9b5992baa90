// decide() and the verbs against the naive model, over random histories: the same verdict, the same
// reason, the same CAL of the same holder with the same end.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/core_runner.h"
#include "model.h"
#include "moves.h"

namespace calm::sim {
namespace {

using scenario::CoreRunner;
using scenario::Observed;
using scenario::Step;

bool same(const Observed& a, const Observed& b) {
    return a.refused == b.refused && a.reason == b.reason && a.repeated == b.repeated &&
           a.lasts == b.lasts && a.count == b.count && a.holding == b.holding && a.place == b.place;
}

class Both {
  public:
    // What core and model make of the step where they differ; empty: nothing.
    std::string play(const Step& step) {
        // Positions are proved against sums of their own (src/core/position_test.cpp).
        if (const auto* count = std::get_if<scenario::Count>(&step);
            count != nullptr && count->what >= scenario::Count::What::required) {
            return "";
        }
        const Instant before = core_.now();
        const auto seen = core_(step);
        // These two set the clock themselves.
        const bool sets_clock = std::holds_alternative<scenario::Restore>(step) ||
                                std::holds_alternative<scenario::SetClock>(step);
        const Observed should = model_.play(step, sets_clock ? core_.now() : before);
        if (!seen) return "core stops: " + seen.error().detail;
        if (!same(*seen, should)) {
            return fmt::format("core:  {}\nmodel: {}", to_sentence(*seen), to_sentence(should));
        }
        learn(step, *seen);
        return "";
    }

    // Compares what everybody holds, and what is out and free.
    std::string compare() {
        using What = scenario::Count::What;
        for (const std::string& product : known_.products) {
            for (const scenario::Who& who : known_.holders) {
                if (auto found = play(scenario::Holds{who, product}); !found.empty())
                    return fmt::format("holds {} {}\n{}", who.name, product, found);
            }
            for (const PackKind kind : {PackKind::per_user, PackKind::per_device}) {
                for (const What what :
                     {What::free, What::overuse, What::temporary, What::waiting}) {
                    if (auto found = play(scenario::Count{what, product, kind}); !found.empty())
                        return fmt::format("counts of {}\n{}", product, found);
                }
            }
        }
        for (const std::string& pack : known_.packs) {
            if (auto found = play(scenario::Count{What::used, pack}); !found.empty())
                return fmt::format("used {}\n{}", pack, found);
        }
        return "";
    }

    // Undoes the newest entries and applies them again, as a failed append would: the books are the
    // same, the indexes hold what is stale.
    void shake(size_t entries) {
        const std::span<const LedgerEntry> log = core_.log();
        const size_t kept = log.size() - std::min(entries, log.size());
        Ledger ledger = scenario::fold(log.first(kept));
        std::vector<Undo> undos;
        for (const LedgerEntry& entry : log.subspan(kept))
            undos.push_back(ledger.apply(entry));
        for (; !undos.empty(); undos.pop_back())
            ledger.undo(undos.back());
        for (const LedgerEntry& entry : log.subspan(kept))
            ledger.apply(entry);
        core_.ledger() = std::move(ledger);
    }

  private:
    void learn(const Step& step, const Observed& seen) {
        if (std::holds_alternative<scenario::Backup>(step)) backup_ = known_;
        if (std::holds_alternative<scenario::Restore>(step)) known_ = backup_;
        if (const auto* product = std::get_if<scenario::SetProduct>(&step);
            product && seen.refused.empty())
            known_.products.insert(product->product.code);
        if (const auto* pack = std::get_if<scenario::InstallPack>(&step);
            pack && seen.refused.empty())
            known_.packs.insert(pack->name);
        const auto* admit = std::get_if<scenario::Admit>(&step);
        if (admit == nullptr) return;
        if (seen.reason) ++decisions[*seen.reason];
        if (!admit->user.empty()) known_.holders.push_back({HolderKind::user, admit->user});
        if (!admit->device.empty()) known_.holders.push_back({HolderKind::device, admit->device});
        if (known_.holders.size() > 12) known_.holders.erase(known_.holders.begin());
    }

    CoreRunner core_;
    Model model_;
    struct Known {
        std::set<std::string> products;
        std::set<std::string> packs;
        std::vector<scenario::Who> holders;  // the last ones seen
    };
    Known known_;
    Known backup_;
};

// The history up to the line on which core and model differ, and how; empty: they agree.
std::string difference(const std::string& text) {
    const auto parsed = scenario::parse_scenario(text);
    if (!parsed) return "the history is not a scenario: " + parsed.error().detail;
    Both both;
    for (const scenario::Line& line : parsed->lines) {
        std::string found = both.play(line.step);
        if (line.number % 64 == 0) both.shake(line.number / 2);
        if (found.empty() && line.number % 32 == 0) found = both.compare();
        if (!found.empty()) return fmt::format("{}{}", head(text, line.number), found);
    }
    const std::string found = both.compare();
    return found.empty() ? "" : text + found;
}

RC_GTEST_PROP(Agreement, CoreAndModelDecideTheSame, ()) {
    const std::string found = difference(history(*moves()));
    if (!found.empty()) RC_FAIL(found);
}

RC_GTEST_PROP(Agreement, CoreAndModelDecideTheSameUnderLyingClocks, ()) {
    const std::string found = difference(history(*moves(), {.lying_clocks = true}));
    if (!found.empty()) RC_FAIL(found);
}

RC_GTEST_PROP(Agreement, CoreAndModelDecideTheSameWhenBackupsAreRestored, ()) {
    const std::string found = difference(history(*moves(), {.restores = true}));
    if (!found.empty()) RC_FAIL(found);
}

RC_GTEST_PROP(Agreement, CoreAndModelDecideTheSameWhenClocksLieAboutBackups, ()) {
    const std::string found =
        difference(history(*moves(), {.lying_clocks = true, .restores = true}));
    if (!found.empty()) RC_FAIL(found);
}

int expect_agreement_on_files(const char* directory) {
    int files = 0;
    for (const auto& file : std::filesystem::directory_iterator(directory)) {
        if (file.path().extension() != ".calm") continue;
        std::stringstream text;
        text << std::ifstream(file.path()).rdbuf();
        EXPECT_EQ(difference(text.str()), "") << file.path();
        ++files;
    }
    return files;
}

// The model is a runner too: what the files say must come, it says as well.
TEST(Agreement, TheModelAgreesOnEveryScenarioFile) {
    EXPECT_GT(expect_agreement_on_files(CALM_SOURCE_DIR "/tests/scenarios"), 20);
}

// Found by long random runs, and mended since.
TEST(Agreement, TheModelAgreesOnHistoriesThatOnceParted) {
    EXPECT_EQ(expect_agreement_on_files(CALM_SOURCE_DIR "/tests/sim/histories"), 4);
}

}  // namespace
}  // namespace calm::sim
