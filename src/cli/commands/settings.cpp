// calm settings show | set: the ledger's own settings, which change decisions. What starts calmd
// stands in its file instead.
#include <optional>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

struct Options {
    std::optional<std::string> default_mode;
    std::optional<uint16_t> initial_grace_days;
    std::optional<uint16_t> offline_days_max;
    std::optional<uint16_t> restore_hours_max;
    std::optional<uint16_t> quarantine_days;
};

Exit show_answer(Call& call, const Result<boost::json::value>& answer) {
    return present(call, answer, [&](const boost::json::value& settings) {
        std::vector<std::pair<std::string, std::string>> rows;
        for (const char* name : {"default_mode", "initial_grace_days", "offline_days_max",
                                 "restore_hours_max", "quarantine_days"})
            rows.emplace_back(name, cell(call.language(), settings, name));
        call.print(fact_lines(rows));
    });
}

Exit set(Call& call, const Options& options) {
    boost::json::object change;
    if (options.default_mode) change["default_mode"] = *options.default_mode;
    if (options.initial_grace_days) change["initial_grace_days"] = *options.initial_grace_days;
    if (options.offline_days_max) change["offline_days_max"] = *options.offline_days_max;
    if (options.restore_hours_max) change["restore_hours_max"] = *options.restore_hours_max;
    if (options.quarantine_days) change["quarantine_days"] = *options.quarantine_days;
    if (change.empty()) return call.fail({"usage", call.text("usage.nothing_to_change")});
    return show_answer(call, change_at(call, "/v1/settings", change));
}

}  // namespace

Action declare_settings_show(Form&) {
    return [](Call& call) { return show_answer(call, call.get("/v1/settings")); };
}

Action declare_settings_set(Form& form) {
    auto& options = form.make<Options>();
    form.only_names_of<LicensingMode>(form.option("--default-mode", "MODE", options.default_mode));
    form.option("--initial-grace-days", "N", options.initial_grace_days);
    form.option("--offline-days-max", "N", options.offline_days_max);
    form.option("--restore-hours-max", "N", options.restore_hours_max);
    form.option("--quarantine-days", "N", options.quarantine_days);
    return [&options](Call& call) { return set(call, options); };
}

}  // namespace calm::cli
