// Spawning the program itself, and what it then does.
#include "server/snapshot_child.h"

#include <csignal>
#include <string>

#include <fcntl.h>
#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/snapshots.h"
#include "store/sqlite/sqlite_journal.h"
#include "store/sqlite/sqlite_reader.h"

extern char** environ;

namespace calm {
namespace {

constexpr int kDiffers = 2;

}  // namespace

SnapshotChild::SnapshotChild(std::string data_directory, uint32_t every, uint64_t newest)
    : data_directory_(std::move(data_directory)),
      every_(every),
      newest_(newest),
      to_verify_(newest > 0) {}

void SnapshotChild::spawn(const char* work) {
    std::string program = "/proc/self/exe";
    std::string verb = "--child";
    std::string work_name = work;
    std::string directory = data_directory_;
    char* arguments[] = {program.data(), verb.data(), work_name.data(), directory.data(), nullptr};
    if (posix_spawn(&child_, program.c_str(), nullptr, nullptr, arguments, environ) != 0) {
        spdlog::warn("the process for `{}` could not be started", work);
        child_ = 0;
    }
}

Result<> SnapshotChild::tick(uint64_t durable) {
    if (child_ > 0) {
        int status = 0;
        if (waitpid(child_, &status, WNOHANG) != child_) return {};
        child_ = 0;
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        if (verifying_ && code == kDiffers) {
            return fail("snapshot_differs",
                        "the state of the snapshot is not what the log's entries give; remove the "
                        "snapshots and restart");
        }
        if (code != 0)
            spdlog::warn("a snapshot could not be made or verified; the next try is due later");
        return {};
    }
    if (to_verify_) {
        to_verify_ = false;
        verifying_ = true;
        spawn("verify");
    } else if (every_ > 0 && durable >= newest_ + every_) {
        verifying_ = false;
        newest_ = durable;
        spawn("snapshot");
    }
    return {};
}

void SnapshotChild::stop() {
    if (child_ <= 0) return;
    ::kill(child_, SIGTERM);
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = 0;
}

int snapshot_child_main(const std::string& work, const std::string& data_directory) {
    // Whoever waits for answers goes first.
    if (::nice(10) == -1) spdlog::debug("the process could not be made a patient one");
    const auto reader = store::open_sqlite_reader(store::sqlite_file(data_directory), {});
    if (!reader) {
        spdlog::error("{}", reader.error().detail);
        return 1;
    }
    if (work == "verify") {
        const auto verified = verify_snapshot(data_directory, **reader);
        if (verified) return 0;
        spdlog::error("{}", verified.error().detail);
        return verified.error().code == "snapshot_differs" || verified.error().code == "log_damaged"
                   ? kDiffers
                   : 1;
    }
    const auto saved = fold_and_save(data_directory, **reader);
    if (!saved) spdlog::error("{}", saved.error().detail);
    return saved ? 0 : 1;
}

}  // namespace calm
