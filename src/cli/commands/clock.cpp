// calm clock accept: vouches for the clock of the license server's machine.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

Exit accept(Call& call) {
    const auto status = call.get("/v1/status");
    if (!status) return call.fail_server(status.error());
    const int64_t difference = number_at(*status, "clock.difference_s");
    if (const auto agreed = call.confirm("command.clock.accept.question",
                                         {{"time", text_at(*status, "ledger_time")},
                                          {"difference", std::to_string(difference)}});
        !agreed) {
        return call.fail(agreed.error());
    }
    return present(call, post(call, "/v1/clock/accept", {}), [&](const boost::json::value& answer) {
        call.say("command.clock.accept.done", {{"time", text_at(answer, "ledger_time")}});
    });
}

}  // namespace

Action declare_clock_accept(Form&) {
    return accept;
}

}  // namespace calm::cli
