// What is shown of a server's answer: with --json the document itself, else what a person reads.
#pragma once

#include <initializer_list>

#include <boost/json/object.hpp>

#include "cli/call.h"
#include "cli/json_view.h"

namespace calm::cli {

// `human(document)` writes for a person. An answer without a body is {"done":true}.
template <class Human>
Exit present(Call& call, const Result<boost::json::value>& answer, Human human) {
    if (!answer) return call.fail_server(answer.error());
    if (call.json()) {
        call.print_json(answer->is_null() ? boost::json::object{{"done", true}} : *answer);
    } else {
        human(*answer);
    }
    return Exit::ok;
}

// Changes what stands at `path`: fetches it for its tag, then sends `change` on condition that it
// is still the same. Errors: those of the server; `precondition_failed` when somebody was faster.
Result<boost::json::value> change_at(Call& call, const std::string& path,
                                     const boost::json::object& change);

// POST with an Idempotency-Key of its own.
Result<boost::json::value> post(Call& call, const std::string& path,
                                const boost::json::value& body);

Result<boost::json::value> remove_at(Call& call, const std::string& path);

// A table of these fields of each row; columns that hold numbers stand to the right.
void print_rows(Call& call, const boost::json::array& rows,
                std::initializer_list<const char*> columns);

}  // namespace calm::cli
