// The forms of the database, numbered from 1 (migrations/NNNN_*.sql). A number is never given twice
// and a published file never changes: what comes later is a new file.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "store/sqlite/database.h"

namespace calm::store {

inline constexpr int64_t kApplicationId = 0x43414C4D;  // "CALM", in the file's header

std::span<const std::string_view> migrations();

// Refuses what is not ours (`database_foreign`) or comes from a newer version (`database_newer`),
// and touches neither. The value: the number of the last migration that was done, 0 for an empty
// file.
Result<int64_t> form_of(Database& database);

// Brings the database to the newest form, each migration in one transaction.
// REQUIRES: form_of() accepted it.
Result<> migrate(Database& database, int64_t form);

}  // namespace calm::store
