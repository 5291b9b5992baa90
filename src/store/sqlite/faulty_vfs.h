// For tests only: an SQLite VFS over the system's that fails when it is told to, and that can cut
// the power: it remembers which writes no sync has covered yet and makes files as a disk may hold
// them after losing any part of those.
#pragma once

#include <cstdint>
#include <filesystem>
#include <random>

namespace calm::store {

class FaultyVfs {
  public:
    static constexpr const char* kName = "calm-faulty";

    enum class Operation : uint8_t { write = 1, sync = 2, truncate = 4, any = 7 };
    // What the operation has done by the time it reports its error.
    enum class Harm : uint8_t {
        nothing,  // of a sync: and what it should have synced is lost
        half,     // of a write: its first half
        all       // everything: the error is a lie
    };
    enum class Until : uint8_t { once, cleared };

    // Registers the VFS the first time, and forgets all faults, counts and files.
    static void reset();

    // Makes the n-th operation of a kind from now on fail (1: the next), once or from then on. A
    // write that fails says `code`; 0 stands for the plain input/output error.
    static void fail(Operation operation, uint64_t nth, Harm harm, Until until, int code = 0);
    static void clear();
    // Puts the plan aside and takes it up again: operations between are neither counted nor failed.
    static void pause(bool paused);
    // Whether the planned fault has happened.
    static bool has_failed();
    // The operations of any kind since reset().
    static uint64_t operations();

    // Writes what the disk may hold of the files in `from` if the power went now, one of many ways,
    // into `to`. REQUIRES: they were created after reset().
    static void cut_power(const std::filesystem::path& from, const std::filesystem::path& to,
                          std::mt19937& random);
};

}  // namespace calm::store
