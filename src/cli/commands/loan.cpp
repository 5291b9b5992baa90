// calm cal lend | recall | borrow: a CAL serves a stand-in until a date, or its holder without a
// license server.
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

struct BorrowOptions {
    uint32_t cal = 0;
    std::string until;
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

// The same: a day is the holder's to its end.
Exit borrow(Call& call, const BorrowOptions& options) {
    const auto until = parse_moment(options.until, true);
    if (!until) return call.fail(until.error());
    const boost::json::object body{{"until", to_rfc3339(*until)}};
    return present(call, post(call, path_of(options.cal, "borrow"), body),
                   [&](const boost::json::value& cal) {
                       call.say("command.cal.borrow.done",
                                {{"cal", std::to_string(options.cal)},
                                 {"until", cell(call.language(), cal, "expires_at")}});
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

Action declare_cal_borrow(Form& form) {
    auto& options = form.make<BorrowOptions>();
    form.argument("CAL", options.cal);
    form.required_option("--until", "DATE", options.until);
    return [&options](Call& call) { return borrow(call, options); };
}

}  // namespace calm::cli
