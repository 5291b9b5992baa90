// calm subject retention: for how long names are kept of those who hold nothing.
#include <optional>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

struct Options {
    std::optional<uint16_t> days;
    bool dry_run = false;
};

Exit show(Call& call, const Result<boost::json::value>& answer) {
    return present(call, answer, [&](const boost::json::value& retention) {
        const std::string days = text_at(retention, "days");
        call.say(
            days == "0" ? "command.subject.retention.for_ever" : "command.subject.retention.kept",
            {{"days", days}});
        if (text_at(retention, "asked") == "0") return;
        call.say("command.subject.retention.due",
                 {{"days", text_at(retention, "asked")}, {"due", text_at(retention, "due")}});
        print_rows(call, array_at(retention, "first"), {"kind", "name"});
    });
}

Exit retention(Call& call, const Options& options) {
    if (!options.days) return show(call, call.get("/v1/retention"));
    const std::string days = std::to_string(*options.days);
    const auto due = call.get("/v1/retention?days=" + days);
    if (!due || options.dry_run) return show(call, due);
    if (*options.days > 0) {
        const auto agreed = call.confirm("command.subject.retention.question",
                                         {{"days", days}, {"due", text_at(*due, "due")}});
        if (!agreed) return call.fail(agreed.error());
    }
    return present(call, change_at(call, "/v1/retention", {{"days", *options.days}}),
                   [&](const boost::json::value&) {
                       call.say(*options.days == 0 ? "command.subject.retention.for_ever"
                                                   : "command.subject.retention.kept",
                                {{"days", days}});
                   });
}

}  // namespace

Action declare_subject_retention(Form& form) {
    auto& options = form.make<Options>();
    form.option("--days", "N", options.days);
    form.flag("--dry-run", options.dry_run);
    return [&options](Call& call) { return retention(call, options); };
}

}  // namespace calm::cli
