// The few things that the store asks of files and that the standard library cannot do: durable
// names, free space, and errors that keep their reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace calm::store {

// The Error of a failed system call: `disk_full` (no space, quota, file size limit),
// `database_unwritable` (no permission, read-only, no such directory), else `database_io_failed`.
// `doing` is its verb.
Error system_error(int number, std::string_view doing, const std::filesystem::path& path);

// A file descriptor that closes itself.
class File {
  public:
    // As open(2), with O_CLOEXEC. Errors: system_error().
    static Result<File> open(const std::filesystem::path& path, int flags, unsigned mode = 0600);

    File() = default;
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~File();

    int descriptor() const { return descriptor_; }

    // All of it, at an offset. Errors: system_error(); a read behind the end is
    // `database_io_failed`.
    Result<> write_at(uint64_t offset, std::string_view bytes, const std::filesystem::path& path);
    Result<> read_at(uint64_t offset, char* to, size_t size,
                     const std::filesystem::path& path) const;
    // Errors: `fsync_failed`.
    Result<> sync(const std::filesystem::path& path);

  private:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

// Makes names in a directory durable: files created, renamed or removed in it. Errors:
// `fsync_failed`, system_error().
Result<> sync_directory(const std::filesystem::path& directory);

// Gives a finished file its final name and makes that durable; never replaces a file.
// Errors: `database_exists` when there is one, `fsync_failed`, system_error().
Result<> publish(const std::filesystem::path& from, const std::filesystem::path& to);

// What this process may still write on the file system of `directory`.
Result<uint64_t> free_bytes(const std::filesystem::path& directory);

}  // namespace calm::store
