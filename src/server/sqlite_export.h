// `calm export sqlite`: packs, CALs, hosts, usage and refused attempts as plain tables, for people
// who want SQL.
#pragma once

#include <filesystem>

#include "server/license_server.h"

namespace calm {

struct Api;

// Makes `file`. The loop copies CALs in slices of at most 1 ms between requests; a worker writes
// them. The tables show each CAL as it was when its slice was taken. Errors: `export_failed`,
// `unavailable`.
void make_sqlite_export(Api& api, const std::filesystem::path& file, Done<Committed> done);

}  // namespace calm
