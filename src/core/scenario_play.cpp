// Playing a scenario: each line's expectation against what the runner saw.
#include <fmt/format.h>

#include "core/scenario.h"

namespace calm::scenario {
namespace {

std::string to_text(Seconds length) {
    const int64_t day = days(1).count;
    if (length.count % day == 0) return fmt::format("{}d", length.count / day);
    if (length.count < 0) return fmt::format("{}s", length.count);
    return fmt::format("{}d{}s", length.count / day, length.count % day);
}

std::string to_text(const Holding& holding) {
    switch (holding.what) {
        case Holding::What::nothing: return "nothing";
        case Holding::What::temporary: return "temporary";
        case Holding::What::overuse: return "overuse";
        case Holding::What::loan: return "loan";
        case Holding::What::lent: return "lent";
        case Holding::What::active: break;
    }
    return holding.pack.empty() ? "active" : "active from " + holding.pack;
}

std::string to_text(Reason reason) {
    return fmt::format("{} {}", name_of(verdict_of(reason)), name_of(reason));
}

// What was expected, when it is not what was observed; empty when it is.
std::string unmet(const Expectation& expected, const Observed& observed) {
    if (expected.refused != observed.refused) {
        if (expected.refused.empty()) return "done";
        return "refused " + expected.refused;
    }
    if (expected.reason && expected.reason != observed.reason) return to_text(*expected.reason);
    if (expected.repeated && !observed.repeated) return "the answer given before";
    if (!expected.lacks.empty() && expected.lacks != observed.lacks) {
        return "lacks " + expected.lacks;
    }
    if (expected.place && *expected.place != observed.place)
        return fmt::format("place {}", *expected.place);
    if (expected.lasts) {
        const auto [min, max] = *expected.lasts;
        if (!observed.lasts || *observed.lasts < min || *observed.lasts > max) {
            return min == max ? "expires " + to_text(min)
                              : fmt::format("expires {}..{}", to_text(min), to_text(max));
        }
    }
    if (expected.count && expected.count != observed.count)
        return fmt::format("{}", *expected.count);
    if (expected.holding && observed.holding) {
        Holding seen = *observed.holding;
        if (expected.holding->pack.empty()) seen.pack.clear();
        if (seen != *expected.holding) return to_text(*expected.holding);
    } else if (expected.holding) {
        return to_text(*expected.holding);
    }
    if (expected.warning && expected.warning != observed.warning) return *expected.warning;
    return "";
}

}  // namespace

std::string to_sentence(const Observed& observed) {
    if (!observed.refused.empty()) {
        return observed.detail.empty()
                   ? "refused " + observed.refused
                   : fmt::format("refused {} ({})", observed.refused, observed.detail);
    }
    std::string text;
    if (observed.reason) text = to_text(*observed.reason);
    if (observed.repeated) text += " repeated";
    if (!observed.lacks.empty()) text += " lacks " + observed.lacks;
    if (observed.place > 0) text += fmt::format(" place {}", observed.place);
    if (observed.holding) text = to_text(*observed.holding);
    if (observed.count) text = fmt::format("{}", *observed.count);
    if (observed.warning) text = *observed.warning;
    if (text.empty()) return "done";
    if (observed.lasts) text += ", expires " + to_text(*observed.lasts);
    return text;
}

ScenarioReport play(const Scenario& scenario, const ScenarioRunner& runner) {
    ScenarioReport report;
    for (const Line& line : scenario.lines) {
        Result<Observed> observed = runner(line.step);
        if (!observed) {
            report.stopped = std::move(observed).error();
            report.stopped->detail =
                fmt::format("line {}: {}", line.number, report.stopped->detail);
            break;
        }
        std::string mismatch = unmet(line.expected, *observed);
        if (!mismatch.empty()) {
            mismatch = fmt::format("expected {}, got {}", mismatch, to_sentence(*observed));
        }
        report.outcomes.push_back({line.number, std::move(*observed), std::move(mismatch)});
    }
    return report;
}

bool ScenarioReport::passed() const {
    return first_problem().empty();
}

std::string ScenarioReport::first_problem() const {
    for (const Outcome& outcome : outcomes) {
        if (!outcome.mismatch.empty()) {
            return fmt::format("line {}: {}", outcome.line, outcome.mismatch);
        }
    }
    return stopped ? stopped->detail : "";
}

}  // namespace calm::scenario
