// SnapshotChild: a child process that folds the log into a snapshot, or refolds everything and
// compares, so that the loop never does. Loop thread.
#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

#include "base/result.h"

namespace calm {

class SnapshotChild {
  public:
    // A snapshot is due every `every` entries (0: never) after the first `newest`. When the start
    // used one, the first child verifies it against the whole log.
    SnapshotChild(std::string data_directory, uint32_t every, uint64_t newest);
    ~SnapshotChild() { stop(); }
    SnapshotChild(const SnapshotChild&) = delete;
    SnapshotChild& operator=(const SnapshotChild&) = delete;

    // Once a second. An error means that the log and the served state differ: issuing must stop.
    // Errors: `snapshot_differs`.
    Result<> tick(uint64_t durable);

    // Ends the child that runs, if any.
    void stop();

  private:
    void spawn(const char* work);

    std::string data_directory_;
    uint32_t every_;
    uint64_t newest_;
    bool to_verify_;
    bool verifying_ = false;
    pid_t child_ = 0;
};

// What the child runs; its process's exit code: 0 done, 1 could not, 2 the states differ.
int snapshot_child_main(const std::string& work, const std::string& data_directory);

}  // namespace calm
