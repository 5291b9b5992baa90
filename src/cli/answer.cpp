// Asking the server to change something, and tables of what it lists.
#include "cli/answer.h"

#include <algorithm>

#include <boost/json.hpp>

namespace calm::cli {

Result<boost::json::value> change_at(Call& call, const std::string& path,
                                     const boost::json::object& change) {
    CALM_TRY_ASSIGN(HttpClient* const server, call.client());
    CALM_TRY_ASSIGN(const HttpAnswer present, server->send({.path = path}));
    if (present.status / 100 != 2) return std::unexpected(problem_of(present));
    const std::string body = boost::json::serialize(change);
    return server->json({.method = "PUT", .path = path, .body = body, .if_match = present.etag});
}

Result<boost::json::value> post(Call& call, const std::string& path,
                                const boost::json::value& body) {
    const std::string text = body.is_null() ? "" : boost::json::serialize(body);
    const std::string key = new_request_id();
    return call.send({.method = "POST", .path = path, .body = text, .idempotency_key = key});
}

Result<boost::json::value> remove_at(Call& call, const std::string& path) {
    const std::string key = new_request_id();
    return call.send({.method = "DELETE", .path = path, .idempotency_key = key});
}

void print_rows(Call& call, const boost::json::array& rows,
                std::initializer_list<const char*> columns) {
    std::vector<Table::Column> titles;
    for (const char* column : columns) {
        const bool numbers = std::ranges::any_of(rows, [column](const boost::json::value& row) {
            const auto* const value = find_at(row, column);
            return value != nullptr && value->is_number();
        });
        titles.push_back({call.text("column." + std::string(column)), numbers});
    }
    Table table(std::move(titles));
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const char* column : columns)
            cells.push_back(cell(call.language(), row, column));
        table.add(std::move(cells));
    }
    call.print_table(table);
}

}  // namespace calm::cli
