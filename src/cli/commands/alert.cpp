// calm alert list | show | acknowledge | test
#include <algorithm>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "messages/local_time.h"

namespace calm::cli {
namespace {

constexpr uint32_t kPageMax = 1000;

struct ListOptions {
    std::string state;
    uint32_t limit = 100;
};

std::string alert_path(const std::string& alert) {
    return "/v1/alerts/" + url_escape(alert);
}

// Follows the cursor until there are enough: the server's pages are short in time, not in alerts.
Result<boost::json::value> collect(Call& call, const ListOptions& options) {
    boost::json::array alerts;
    std::string cursor;
    while (alerts.size() < options.limit) {
        const auto missing = static_cast<uint32_t>(options.limit - alerts.size());
        std::string path = "/v1/alerts?limit=" + std::to_string(std::min(missing, kPageMax));
        if (!options.state.empty()) path += "&state=" + url_escape(options.state);
        if (!cursor.empty()) path += "&cursor=" + url_escape(cursor);
        CALM_TRY_ASSIGN(const boost::json::value page, call.get(path));
        for (const auto& alert : array_at(page, "alerts"))
            alerts.push_back(alert);
        cursor = text_at(page, "cursor");
        if (cursor.empty()) break;
    }
    boost::json::object out{{"alerts", std::move(alerts)}};
    if (!cursor.empty()) out["cursor"] = cursor;
    return out;
}

Exit list(Call& call, const ListOptions& options) {
    return present(call, collect(call, options), [&](const boost::json::value& answer) {
        const auto& alerts = array_at(answer, "alerts");
        if (alerts.empty()) return call.say("command.alert.list.none");
        Table table({{call.text("column.alert"), true},
                     {call.text("column.severity")},
                     {call.text("column.state")},
                     {call.text("column.at")},
                     {call.text("column.what")}});
        for (const auto& alert : alerts) {
            table.add({text_at(alert, "alert"), text_at(alert, "severity"), text_at(alert, "state"),
                       text_at(alert, "raised_at"), text_at(alert, "sentence")});
        }
        call.print_table(table);
        if (!text_at(answer, "cursor").empty()) call.say("command.alert.list.more");
    });
}

void show_deliveries(Call& call, const boost::json::value& alert) {
    const auto& deliveries = array_at(alert, "deliveries");
    if (deliveries.empty()) return call.say("command.alert.show.nobody_told");
    Table table({{call.text("column.receiver")},
                 {call.text("column.state")},
                 {call.text("column.tries"), true},
                 {call.text("column.at")},
                 {call.text("column.why")}});
    for (const auto& each : deliveries) {
        table.add({text_at(each, "receiver"), text_at(each, "state"), text_at(each, "tries"),
                   cell(call.language(), each, "at"), cell(call.language(), each, "why")});
    }
    call.print("\n");
    call.print_table(table);
}

Exit show_answer(Call& call, const Result<boost::json::value>& answer) {
    return present(call, answer, [&](const boost::json::value& alert) {
        std::vector<std::pair<std::string, std::string>> rows;
        for (const char* name : {"alert", "kind", "severity", "state", "first_seen", "last_seen",
                                 "raised_at", "acknowledged_at", "acknowledged_by", "resolved_at"})
            rows.emplace_back(name, text_at(alert, name));
        call.print(fact_lines(rows));
        const size_t columns = call.terminal().columns;
        call.print("\n" + wrap(printable(text_at(alert, "sentence")), columns, 0));
        call.print(wrap(printable(text_at(alert, "remedy")), columns, 0));
        show_deliveries(call, alert);
    });
}

Exit test(Call& call) {
    const auto answer = post(call, "/v1/alerts/test", boost::json::object{});
    const Exit shown = present(call, answer, [&](const boost::json::value& outcome) {
        Table table({{call.text("column.receiver")},
                     {call.text("column.state")},
                     {call.text("column.why")}});
        for (const auto& each : array_at(outcome, "receivers")) {
            const bool sent = find_at(each, "sent") != nullptr &&
                              find_at(each, "sent")->is_bool() && find_at(each, "sent")->get_bool();
            table.add({text_at(each, "receiver"), sent ? "sent" : "failed",
                       cell(call.language(), each, "why")});
        }
        call.print_table(table);
    });
    if (shown != Exit::ok) return shown;
    const auto& receivers = array_at(*answer, "receivers");
    const bool all = std::ranges::none_of(
        receivers, [](const auto& each) { return !text_at(each, "why").empty(); });
    if (!all) call.warn("command.alert.test.failed");
    return all ? Exit::ok : Exit::error;
}

}  // namespace

Action declare_alert_list(Form& form) {
    auto& options = form.make<ListOptions>();
    form.only(form.option("--state", "STATE", options.state),
              {"open", "acknowledged", "resolved", "all"});
    form.option("--limit", "N", options.limit);
    return [&options](Call& call) { return list(call, options); };
}

Action declare_alert_show(Form& form) {
    auto& alert = form.make<std::string>();
    form.argument("ALERT", alert);
    return [&alert](Call& call) { return show_answer(call, call.get(alert_path(alert))); };
}

Action declare_alert_acknowledge(Form& form) {
    auto& alert = form.make<std::string>();
    form.argument("ALERT", alert);
    return [&alert](Call& call) {
        return present(
            call, post(call, alert_path(alert) + "/acknowledge", boost::json::object{}),
            [&](const boost::json::value& answer) {
                call.say("command.alert.acknowledge.done", {{"alert", text_at(answer, "alert")}});
            });
    };
}

Action declare_alert_test(Form&) {
    return test;
}

}  // namespace calm::cli
