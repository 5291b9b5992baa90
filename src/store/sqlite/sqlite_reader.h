// A read-only connection with the statements of JournalReader.
#pragma once

#include <memory>

#include "store/sqlite/sqlite_journal.h"

namespace calm::store {

Result<std::unique_ptr<JournalReader>> open_sqlite_reader(const std::filesystem::path& file,
                                                          const std::string& vfs);

}  // namespace calm::store
