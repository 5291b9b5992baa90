// calm status: the license server in one page.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/pools.h"

namespace calm::cli {
namespace {

std::string clock_text(const Call& call, const boost::json::value& status) {
    const std::string state = text_at(status, "clock.state");
    if (state == "agrees" || state.empty()) return state;
    return call.text("command.status.clock_differs",
                     {{"state", state}, {"seconds", text_at(status, "clock.difference_s")}});
}

void show(Call& call, const boost::json::value& status) {
    const auto label = [&](const char* name) { return call.text(std::string("fact.") + name); };
    call.print(fact_lines({{label("license_server_id"), text_at(status, "license_server_id")},
                           {label("entries"), text_at(status, "entries")},
                           {label("epoch"), text_at(status, "epoch")},
                           {label("ledger_time"), text_at(status, "ledger_time")},
                           {label("clock"), clock_text(call, status)},
                           {label("issuing"), cell(call.language(), status, "issuing")},
                           {label("hosts"), text_at(status, "hosts")},
                           {label("holders"), text_at(status, "subjects")},
                           {label("cals"), text_at(status, "cals")},
                           {label("certificate"), text_at(status, "fingerprint")}}));
    if (const int64_t open = number_at(status, "alerts.open"); open > 0) {
        call.say("command.status.alerts", {{"open", std::to_string(open)},
                                           {"critical", text_at(status, "alerts.critical")}});
    }
    if (const int64_t awaited = number_at(status, "restore.hosts_awaited"); awaited > 0) {
        call.say("command.status.restore",
                 {{"hosts", std::to_string(awaited)}, {"until", text_at(status, "restore.until")}});
    }
    for (const auto& each : array_at(status, "activations")) {
        const std::string state = text_at(each, "state");
        call.say("command.status.activation_" + state,
                 {{"vendor", text_at(each, "vendor")}, {"until", text_at(each, "until")}});
    }
    const auto pools = pools_of(status);
    if (pools.empty()) {
        call.say("command.status.no_products");
        return;
    }
    Table table({{call.text("column.product")},
                 {call.text("column.requires")},
                 {call.text("column.owned"), true},
                 {call.text("column.used"), true},
                 {call.text("column.percent"), true},
                 {call.text("column.temporary"), true},
                 {call.text("column.overused"), true}});
    for (const Pool& pool : pools) {
        table.add({pool.product, pool.requirement, std::to_string(pool.owned),
                   std::to_string(pool.used),
                   pool.owned == 0 ? "-" : std::to_string(pool.percent()) + " %",
                   std::to_string(pool.temporary), std::to_string(pool.overuse)});
    }
    call.print("\n");
    call.print_table(table);
}

}  // namespace

Action declare_status(Form&) {
    return [](Call& call) {
        return present(call, call.get("/v1/status"),
                       [&](const boost::json::value& status) { show(call, status); });
    };
}

}  // namespace calm::cli
