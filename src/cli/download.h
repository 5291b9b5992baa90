// A file that a license server streams: complete under its own name, or not there at all.
#pragma once

#include <string>

#include "cli/call.h"

namespace calm::cli {

// GETs `path` into the new file `file` (mode 0600), with a progress line. `check`, which may be
// empty, looks at the complete file before it gets its name. The value: its size in bytes. Errors:
// `file_exists`, those of write_error(), of the server and of `check`.
Result<uint64_t> download_file(Call& call, const std::string& path, const std::string& file,
                               const std::function<Result<>(const std::string& part)>& check);

}  // namespace calm::cli
