// calm refusal list: who was refused, and how often.
#include <algorithm>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

constexpr uint32_t kRefusalPageMax = 1000;

struct RefusalOptions {
    std::string since;
    std::string until;
    std::string product;
    std::string reason;
    std::string host;
    std::string name;
    uint32_t limit = 100;
    bool totals = false;
};

std::string refusals_path(const RefusalOptions& options, uint32_t limit,
                          const std::string& cursor) {
    std::string path = "/v1/refusals?limit=" + std::to_string(limit);
    for (const auto& [name, value] :
         {std::pair("since", &options.since), std::pair("until", &options.until),
          std::pair("product", &options.product), std::pair("reason", &options.reason),
          std::pair("host", &options.host), std::pair("name", &options.name),
          std::pair("cursor", &cursor)}) {
        if (!value->empty()) path += std::string("&") + name + "=" + url_escape(*value);
    }
    return path;
}

// Follows the cursor until there are enough: the server's pages are short in time, not in rows.
Result<boost::json::value> collect_refusals(Call& call, const RefusalOptions& options) {
    const uint32_t wanted = options.totals ? 1 : options.limit;
    CALM_TRY_ASSIGN(boost::json::value out,
                    call.get(refusals_path(options, std::min(wanted, kRefusalPageMax), {})));
    if (options.totals || !out.is_object()) return out;
    boost::json::array rows = array_at(out, "refusals");
    std::string cursor = text_at(out, "cursor");
    while (!cursor.empty() && rows.size() < wanted) {
        const auto missing = static_cast<uint32_t>(wanted - rows.size());
        CALM_TRY_ASSIGN(
            const boost::json::value page,
            call.get(refusals_path(options, std::min(missing, kRefusalPageMax), cursor)));
        for (const auto& row : array_at(page, "refusals"))
            rows.push_back(row);
        cursor = text_at(page, "cursor");
    }
    out.as_object()["refusals"] = std::move(rows);
    if (cursor.empty()) out.as_object().erase("cursor");
    return out;
}

void print_refused_rows(Call& call, const boost::json::array& rows) {
    Table table({{call.text("column.at")},
                 {call.text("column.product")},
                 {call.text("column.why")},
                 {call.text("column.user")},
                 {call.text("column.device")},
                 {call.text("column.station")},
                 {call.text("column.host")},
                 {call.text("column.attempts"), true}});
    for (const auto& row : rows) {
        const bool others = find_at(row, "others") != nullptr;
        std::vector<std::string> cells;
        for (const char* path : {"last_at", "product", "reason"})
            cells.push_back(cell(call.language(), row, path));
        cells.push_back(others ? call.text("command.refusal.list.others")
                               : cell(call.language(), row, "user"));
        for (const char* path : {"device", "station", "host_name", "attempts"})
            cells.push_back(cell(call.language(), row, path));
        table.add(std::move(cells));
    }
    call.print_table(table);
}

Exit list_refusals(Call& call, const RefusalOptions& options) {
    return present(call, collect_refusals(call, options), [&](const boost::json::value& answer) {
        const auto& totals = array_at(answer, "totals");
        if (const std::string from = text_at(answer, "complete_since"); !from.empty())
            call.warn("command.refusal.list.incomplete", {{"since", from}});
        if (totals.empty()) {
            return call.say("command.refusal.list.none", {{"since", text_at(answer, "since")},
                                                          {"until", text_at(answer, "until")}});
        }
        Table table({{call.text("column.product")},
                     {call.text("column.why")},
                     {call.text("column.attempts"), true},
                     {call.text("column.who"), true},
                     {call.text("column.days"), true}});
        for (const auto& total : totals) {
            std::vector<std::string> cells;
            for (const char* path : {"product", "reason", "attempts", "who", "days"})
                cells.push_back(cell(call.language(), total, path));
            table.add(std::move(cells));
        }
        call.print_table(table);
        if (options.totals) return;
        call.print("\n");
        print_refused_rows(call, array_at(answer, "refusals"));
        if (!text_at(answer, "cursor").empty()) call.say("command.refusal.list.more");
    });
}

}  // namespace

Action declare_refusal_list(Form& form) {
    auto& options = form.make<RefusalOptions>();
    form.option("--since", "DAY", options.since);
    form.option("--until", "DAY", options.until);
    form.option("--product", "CODE", options.product);
    form.option("--reason", "REASON", options.reason);
    form.option("--host", "HOST", options.host);
    form.option("--name", "TEXT", options.name);
    form.option("--limit", "N", options.limit);
    form.flag("--totals", options.totals);
    return [&options](Call& call) { return list_refusals(call, options); };
}

}  // namespace calm::cli
