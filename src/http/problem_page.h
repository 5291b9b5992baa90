// The pages behind the `type` of a problem and behind a reason: title, cause, remedy, in English or
// French. They work without a network and without scripts.
#pragma once

#include <vector>

#include "http/routes.h"

namespace calm::http {

// GET /problems, GET /problems/{code} and the style sheet that they use; open to all, because who
// meets a problem may not be signed in. A code is one of `problem.*` or `reason.*` of the messages.
std::vector<Route> problem_page_routes();

}  // namespace calm::http
