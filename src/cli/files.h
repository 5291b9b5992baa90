// Whole files, in and out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/result.h"

namespace calm::cli {

// "-" reads standard input. Errors: `file_not_found`, `file_unreadable`, `file_too_large`.
Result<std::string> read_file(const std::filesystem::path& path, size_t bytes_max);

// The first line of a file that holds a passphrase or password, without its newline. Errors: those
// of read_file().
Result<std::string> read_secret_file(const std::filesystem::path& path);

// Makes a new file; durable when it returns. Errors: `file_exists`, `file_unwritable`.
Result<> create_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode);

// Replaces it as a whole, or makes it. Errors: `file_unwritable`.
Result<> replace_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode);

}  // namespace calm::cli
