// Lists: what the staff looks at, as JSON out of the books.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "clearinghouse/office.h"

namespace calm::clearinghouse {

struct ListKind {
    std::string_view name;  // "servers"; the path is /v1/NAME, and the answer {"NAME":[…]}
    const char* summary;
    const char* fields;  // of json_object(); @column is a moment
    const char* from;    // ?1: only of this server, empty: of all
};
std::span<const ListKind> all_lists();

// The newest thousand. `server` may be empty.
Result<std::string> list_text(Office& office, std::string_view name, std::string_view server);

// The products as they were defined.
Result<std::string> product_list_text(Office& office);

// What was sold, activated, is short, is up for renewal.
Result<std::string> report_text(Office& office);

// What service providers had in a month, "2026-11". Errors: `bad_time`.
Result<std::string> provider_report_text(Office& office, std::string_view month);

}  // namespace calm::clearinghouse
