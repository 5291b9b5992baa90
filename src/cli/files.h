// Whole files, in and out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/result.h"

namespace calm::cli {

// The Error of a system call that failed to write at `path`: `file_forbidden` (no permission, a
// read-only file system), `directory_missing` (it has no place there), else `file_unwritable`.
Error write_error(int number, const std::filesystem::path& path);

// "-" reads standard input. Errors: `file_not_found`, `file_unreadable`, `file_too_large`.
Result<std::string> read_file(const std::filesystem::path& path, size_t bytes_max);

// The first line of a file that holds a passphrase or password, without its newline. Errors: those
// of read_file().
Result<std::string> read_secret_file(const std::filesystem::path& path);

// Makes a new file; durable when it returns. Errors: `file_exists`, those of write_error().
Result<> create_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode);

// Replaces it as a whole, or makes it. Errors: those of write_error().
Result<> replace_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode);

}  // namespace calm::cli
