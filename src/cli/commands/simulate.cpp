// calm simulate FILE: plays a scenario on the rules alone. Asks no server and needs no clock.
#include <algorithm>
#include <functional>

#include <boost/json.hpp>

#include "cli/commands/declare.h"
#include "cli/files.h"
#include "core/core_runner.h"
#include "core/scenario.h"

namespace calm::cli {
namespace {

using scenario::Outcome;
using scenario::Scenario;
using scenario::ScenarioReport;

boost::json::object json_of(const scenario::Line& line, const Outcome& outcome) {
    boost::json::object out{{"line", line.number},
                            {"text", line.text},
                            {"outcome", scenario::to_sentence(outcome.observed)},
                            {"as_expected", outcome.mismatch.empty()}};
    if (outcome.observed.reason) out["reason"] = name_of(*outcome.observed.reason);
    if (!outcome.mismatch.empty()) out["mismatch"] = outcome.mismatch;
    return out;
}

void print(Call& call, const Scenario& scenario, const ScenarioReport& report) {
    const bool color = call.color(call.terminal().out_is_tty);
    size_t width = 0;
    for (const auto& line : scenario.lines)
        width = std::max(width, display_width(line.text));
    if (!scenario.rule.empty()) call.print("# " + printable(scenario.rule) + "\n");
    for (size_t i = 0; i < report.outcomes.size(); ++i) {
        const Outcome& outcome = report.outcomes[i];
        const std::string text = printable(scenario.lines[i].text);
        const bool good = outcome.mismatch.empty();
        call.print(text + std::string(width - std::min(width, display_width(text)) + 2, ' ') +
                   (good    ? ""
                    : color ? "\x1b[31m! \x1b[0m"
                            : "! ") +
                   scenario::to_sentence(outcome.observed) + "\n");
        if (!good) {
            call.say("command.simulate.line",
                     {{"line", std::to_string(outcome.line)}, {"why", outcome.mismatch}});
        }
    }
}

void print_as_json(Call& call, const Scenario& scenario, const ScenarioReport& report) {
    boost::json::array lines;
    for (size_t i = 0; i < report.outcomes.size(); ++i)
        lines.push_back(json_of(scenario.lines[i], report.outcomes[i]));
    call.print_json(boost::json::object{
        {"rule", scenario.rule}, {"passed", report.passed()}, {"lines", std::move(lines)}});
}

Exit simulate(Call& call, const std::string& file) {
    const auto text = read_file(file, scenario::kBytesMax);
    if (!text) return call.fail(text.error());
    const auto parsed = scenario::parse_scenario(*text);
    if (!parsed) return call.fail(parsed.error());
    scenario::CoreRunner runner;
    const ScenarioReport report = scenario::play(*parsed, std::ref(runner));
    if (call.json()) {
        print_as_json(call, *parsed, report);
    } else {
        print(call, *parsed, report);
    }
    if (report.stopped) return call.fail(*report.stopped);
    const auto failed = std::ranges::count_if(
        report.outcomes, [](const Outcome& outcome) { return !outcome.mismatch.empty(); });
    const std::string lines = std::to_string(report.outcomes.size());
    if (failed > 0) {
        call.say("command.simulate.failed", {{"failed", std::to_string(failed)}, {"lines", lines}});
        return Exit::error;
    }
    call.say("command.simulate.passed", {{"lines", lines}});
    return Exit::ok;
}

}  // namespace

Action declare_simulate(Form& form) {
    auto& file = form.make<std::string>();
    form.is_file(form.argument("FILE", file));
    return [&file](Call& call) { return simulate(call, file); };
}

}  // namespace calm::cli
