// The pages behind the `type` of a problem and behind a reason: title, cause, remedy, in English or
// French. They work without a network and without scripts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/routes.h"

namespace calm::http {

// GET /problems, GET /problems/{code} and the style sheet that they use; open to all, because who
// meets a problem may not be signed in. A code is one of `problem.*` or `reason.*` of the messages.
std::vector<Route> problem_page_routes();

// Where the messages say what the code means: "problem.disk_full" for `disk_full`, or
// "reason.pack_in_use" for one that is a reason; "" when they know no such code.
std::string problem_key(std::string_view code);

}  // namespace calm::http
