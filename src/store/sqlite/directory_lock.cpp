// One lock file, which also says who holds it.
#include "store/sqlite/directory_lock.h"

#include <array>
#include <cerrno>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace calm::store {

Result<DirectoryLock> DirectoryLock::take(const std::filesystem::path& directory) {
    const auto path = directory / "ledger.lock";
    CALM_TRY_ASSIGN(File file, File::open(path, O_RDWR | O_CREAT | O_NOFOLLOW));
    if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return std::unexpected(system_error(errno, "lock", path));
        std::array<char, 32> holder{};
        const ssize_t size = ::pread(file.descriptor(), holder.data(), holder.size(), 0);
        const std::string_view pid(holder.data(), size > 0 ? static_cast<size_t>(size) : 0);
        return fail("database_in_use",
                    fmt::format("`{}` is in use by process {}", directory.string(), pid));
    }
    // Only for the message above: a disk without room for it is no reason to stop here.
    if (::ftruncate(file.descriptor(), 0) == 0) {
        static_cast<void>(file.write_at(0, std::to_string(::getpid()), path));
    }
    return DirectoryLock(std::move(file));
}

}  // namespace calm::store
