// calm cal lend | recall: a CAL serves a stand-in until a date.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/dates.h"
#include "core/terms.h"

namespace calm::cli {
namespace {

struct LendOptions {
    uint32_t cal = 0;
    std::string to;
    std::string until;
    std::string why = "absence";
};

std::string path_of(uint32_t cal, const char* verb) {
    return "/v1/cals/" + std::to_string(cal) + "/" + verb;
}

// A day is lent whole: the loan ends when it does.
Exit lend(Call& call, const LendOptions& options) {
    const auto until = parse_moment(options.until, true);
    if (!until) return call.fail(until.error());
    const boost::json::object body{
        {"to", options.to}, {"until", to_rfc3339(*until)}, {"why", options.why}};
    return present(call, post(call, path_of(options.cal, "lend"), body),
                   [&](const boost::json::value& cal) {
                       call.say("command.cal.lend.done",
                                {{"cal", std::to_string(options.cal)},
                                 {"to", options.to},
                                 {"until", cell(call.language(), cal, "lent.until")}});
                   });
}

Exit recall(Call& call, uint32_t cal) {
    return present(call, post(call, path_of(cal, "recall"), {}), [&](const boost::json::value&) {
        call.say("command.cal.recall.done", {{"cal", std::to_string(cal)}});
    });
}

}  // namespace

Action declare_cal_lend(Form& form) {
    auto& options = form.make<LendOptions>();
    form.argument("CAL", options.cal);
    form.required_option("--to", "NAME", options.to);
    form.required_option("--until", "DATE", options.until);
    form.only_names_of<LoanReason>(form.option("--because", "WHY", options.why));
    return [&options](Call& call) { return lend(call, options); };
}

Action declare_cal_recall(Form& form) {
    auto& cal = form.make<uint32_t>();
    form.argument("CAL", cal);
    return [&cal](Call& call) { return recall(call, cal); };
}

}  // namespace calm::cli
