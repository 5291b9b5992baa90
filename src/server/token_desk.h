// CAL tokens that are fetched later than the answer that wrote the CAL. Loop thread; the reading
// happens on a worker.
#pragma once

#include <string>

#include "core/terms.h"
#include "server/license_server.h"

namespace calm {

struct Api;

// The token of a CAL as the log states it now. Errors: `cal_unknown`, `token_not_available` (not
// live, or its holder was erased, or it is not durable yet), and those of the reader.
void fetch_token(Api& api, CalId cal, Done<std::string> done);

}  // namespace calm
