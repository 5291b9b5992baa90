// calm queue list: who waits in line for a concurrent seat.
#include <optional>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

Exit list(Call& call, const std::optional<std::string>& product) {
    const std::string path = product ? "/v1/queue?product=" + url_escape(*product) : "/v1/queue";
    return present(call, call.get(path), [&](const boost::json::value& answer) {
        Table table({{call.text("column.place"), true},
                     {call.text("column.product")},
                     {call.text("column.kind")},
                     {call.text("column.holder")},
                     {call.text("column.since")}});
        for (const auto& each : array_at(answer, "waiting")) {
            std::vector<std::string> cells;
            for (const char* field : {"place", "product", "kind", "holder.name", "since"})
                cells.push_back(cell(call.language(), each, field));
            table.add(std::move(cells));
        }
        call.print_table(table);
    });
}

}  // namespace

Action declare_queue_list(Form& form) {
    auto& product = form.make<std::optional<std::string>>();
    form.option("--product", "PRODUCT", product);
    return [&product](Call& call) { return list(call, product); };
}

}  // namespace calm::cli
