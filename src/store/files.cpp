// System calls with their errors kept.
#include "store/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace calm::store {

Error system_error(int number, std::string_view doing, const std::filesystem::path& path) {
    const char* code = "database_io_failed";
    switch (number) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG: code = "disk_full"; break;
        case EACCES:
        case EPERM:
        case EROFS:
        case ENOENT:
        case ENOTDIR: code = "database_unwritable"; break;
        default: break;
    }
    return {code, fmt::format("could not {} `{}`: {}", doing, path.string(),
                              std::generic_category().message(number))};
}

Result<File> File::open(const std::filesystem::path& path, int flags, unsigned mode) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    if (descriptor < 0) return std::unexpected(system_error(errno, "open", path));
    return File(descriptor);
}

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<> File::write_at(uint64_t offset, std::string_view bytes,
                        const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t done =
            ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return std::unexpected(system_error(errno, "write", path));
        if (done == 0) return std::unexpected(system_error(ENOSPC, "write", path));
        bytes.remove_prefix(static_cast<size_t>(done));
        offset += static_cast<uint64_t>(done);
    }
    return {};
}

Result<> File::read_at(uint64_t offset, char* to, size_t size,
                       const std::filesystem::path& path) const {
    while (size > 0) {
        const ssize_t done = ::pread(descriptor_, to, size, static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return std::unexpected(system_error(errno, "read", path));
        if (done == 0) {
            return fail("database_io_failed", fmt::format("`{}` is too short", path.string()));
        }
        to += done;
        size -= static_cast<size_t>(done);
        offset += static_cast<uint64_t>(done);
    }
    return {};
}

Result<> File::sync(const std::filesystem::path& path) {
    if (::fsync(descriptor_) == 0) return {};
    return fail("fsync_failed", system_error(errno, "sync", path).detail);
}

Result<> sync_directory(const std::filesystem::path& directory) {
    CALM_TRY_ASSIGN(File file, File::open(directory, O_RDONLY | O_DIRECTORY));
    return file.sync(directory);
}

Result<> publish(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
        if (errno == EEXIST) {
            return fail("database_exists", fmt::format("`{}` exists already", to.string()));
        }
        return std::unexpected(system_error(errno, "rename", from));
    }
    const auto directory = to.parent_path();
    return sync_directory(directory.empty() ? "." : directory);
}

Result<uint64_t> free_bytes(const std::filesystem::path& directory) {
    struct statvfs space {};
    if (::statvfs(directory.c_str(), &space) != 0) {
        return std::unexpected(system_error(errno, "ask for the free space of", directory));
    }
    // The superuser may use what the file system keeps back for him.
    const uint64_t blocks = ::geteuid() == 0 ? space.f_bfree : space.f_bavail;
    return blocks * space.f_frsize;
}

}  // namespace calm::store
