// The reserve is an ordinary file whose blocks really are allocated.
#include "store/sqlite/disk_reserve.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "store/files.h"

namespace calm::store {
namespace {

// Allocates without writing where the file system can, else by writing.
bool allocate(File& file, uint64_t bytes, const std::filesystem::path& path) {
    if (::fallocate(file.descriptor(), 0, 0, static_cast<off_t>(bytes)) == 0) return true;
    if (errno != EOPNOTSUPP) return false;
    const std::string zeros(1 << 20, '\0');
    for (uint64_t done = 0; done < bytes; done += zeros.size()) {
        const auto size = std::min<uint64_t>(zeros.size(), bytes - done);
        if (!file.write_at(done, std::string_view(zeros).substr(0, size), path)) return false;
    }
    return true;
}

}  // namespace

DiskReserve::DiskReserve(std::filesystem::path directory, uint64_t bytes, FreeBytes free)
    : file_(std::move(directory) / "disk-reserve"), bytes_(bytes), free_(std::move(free)) {
    std::error_code ignored;
    held_ = bytes_ == 0 || std::filesystem::file_size(file_, ignored) == bytes_;
    if (bytes_ == 0) std::filesystem::remove(file_, ignored);
    const auto space = free_();
    if (!held_) restore();
    if (held_ && space && *space < kHeadroomBytes) release();
}

Result<> DiskReserve::admit(uint64_t bytes) {
    if (!held_) restore();
    if (!held_) {
        return fail("disk_full",
                    fmt::format("the disk has no room for a reserve of {} MiB", bytes_ >> 20));
    }
    const auto space = free_();
    // Not to know the free space is no reason to refuse: a write that does not fit fails by itself.
    if (!space || *space >= kHeadroomBytes + bytes) return {};
    return fail("disk_full", fmt::format("{} MiB are free, the last {} MiB are kept back",
                                         *space >> 20, kHeadroomBytes >> 20));
}

void DiskReserve::release() {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
    held_ = bytes_ == 0;
}

void DiskReserve::restore() {
    const auto space = free_();
    if (space && *space < bytes_ + kHeadroomBytes) return;
    auto file = File::open(file_, O_WRONLY | O_CREAT);
    held_ = file && allocate(*file, bytes_, file_);
    if (!held_) release();
}

}  // namespace calm::store
