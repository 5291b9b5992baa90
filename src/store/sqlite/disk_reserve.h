// Room on the disk that is kept for a bad day. New rights are refused while there still is some
// space, and when the disk fills up all the same, a file of preallocated bytes is given back, so
// that the database can be closed cleanly and read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.h"

namespace calm::store {

// Free space below which nothing is appended any more, besides what the batch itself may take.
inline constexpr uint64_t kHeadroomBytes = 8 << 20;

class DiskReserve {
  public:
    // Asks for the free bytes; replaced by tests.
    using FreeBytes = std::function<Result<uint64_t>()>;

    // `bytes`: size of the reserve, 0 for none. Creates it when there is room; gives it back when
    // there is so little that the database could not even be opened.
    DiskReserve(std::filesystem::path directory, uint64_t bytes, FreeBytes free);

    // Whether `bytes` may be written now. A reserve that was given back must fit again first.
    // Errors: `disk_full`.
    Result<> admit(uint64_t bytes);

    // Gives the reserve back to the disk. Until it fits again nothing is admitted.
    void release();

    bool held() const { return held_; }

  private:
    void restore();

    std::filesystem::path file_;
    uint64_t bytes_;
    FreeBytes free_;
    bool held_ = false;
};

}  // namespace calm::store
