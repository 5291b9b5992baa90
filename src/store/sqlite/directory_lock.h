// The right to be the one process that writes in a data directory: an flock on a file in it, which
// the kernel gives back however the process ends. It is not passed on to programs that are started;
// a child that is forked without exec would keep it.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "store/files.h"

namespace calm::store {

class DirectoryLock {
  public:
    // Errors: `database_in_use` (names the other process), `database_unwritable` (also: no such
    // directory), `disk_full`.
    static Result<DirectoryLock> take(const std::filesystem::path& directory);

  private:
    explicit DirectoryLock(File file) : file_(std::move(file)) {}
    File file_;
};

}  // namespace calm::store
