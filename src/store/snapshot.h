// Snapshot files: a state of the ledger beside its log, so that a start need not fold the log from
// the beginning. A snapshot is never the truth: what is damaged, too new or missing costs time, not
// data. The store knows its size and its hash; what is in it, and whether its signature holds, is
// the caller's.
//
// Files `snapshot-<sequence, 20 digits>` in the data directory: a block of 8 KiB, then the body as
// it is, so that it can be mapped. The block, little-endian: "CALMSNAP", u32 layout (1), u32
// format, u64 sequence, u32 epoch, u32 bytes of the document, u64 bytes of the body, root, state
// hash and SHA-256 of the body (32 bytes each), the document, zeros, and in its last 32 bytes the
// SHA-256 of all that.
//
// Threads: one writer at a time in all processes; a Snapshot belongs to one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "store/files.h"

namespace calm::store {

inline constexpr size_t kSnapshotBlockBytes = 8192;
inline constexpr size_t kSnapshotDocumentBytesMax = 4096;
inline constexpr size_t kSnapshotsKept = 2;
// What a snapshot leaves free on the disk, which the log needs more.
inline constexpr uint64_t kSnapshotFreeBytesMin = 256 << 20;

struct SnapshotHeader {
    uint64_t sequence = 0;  // entries folded into it: the first one after it has this number
    uint32_t epoch = 0;
    uint32_t format = 0;  // of the body
    Hash root{};          // of the log's first `sequence` entries
    Hash state{};
    std::string document;  // signed by the caller, who says what it covers

    bool operator==(const SnapshotHeader&) const = default;
};

// What the block says. Errors: `snapshot_damaged`.
struct SnapshotBlock {
    SnapshotHeader header;
    uint64_t body_bytes = 0;
    Hash body_hash{};
};
Result<SnapshotBlock> read_snapshot_block(std::span<const uint8_t> block);

// Writes one snapshot. Until finish() has returned, and after a crash, only a `.part` file is
// there, which the next writer replaces. Errors of all calls: `snapshot_failed`, `disk_full`.
class SnapshotWriter {
  public:
    static Result<SnapshotWriter> create(const std::filesystem::path& directory,
                                         uint64_t free_bytes_min = kSnapshotFreeBytesMin);

    SnapshotWriter(SnapshotWriter&&) noexcept;
    SnapshotWriter& operator=(SnapshotWriter&&) noexcept;
    ~SnapshotWriter();  // removes what is not finished

    // Appends to the body. Best in chunks of some hundred kilobytes.
    Result<> write(std::span<const uint8_t> bytes);

    // The SHA-256 of what was written so far, for a document that covers it.
    Hash body_hash() const;

    // Makes the snapshot durable under its name (replacing one of the same sequence) and removes
    // all but the newest kSnapshotsKept. REQUIRES: the document fits.
    Result<> finish(const SnapshotHeader& header);

  private:
    struct State;
    explicit SnapshotWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// A snapshot whose bytes are those that were written.
class Snapshot {
  public:
    // Reads and verifies the whole file. Errors: `snapshot_damaged`.
    static Result<Snapshot> open(const std::filesystem::path& file);

    Snapshot(Snapshot&& other) noexcept;
    Snapshot& operator=(Snapshot&& other) noexcept;
    ~Snapshot();

    const SnapshotHeader& header() const { return block_.header; }
    // The body, mapped, aligned to a page. Valid as long as this object.
    std::span<const uint8_t> body() const { return {body_, block_.body_bytes}; }
    // The SHA-256 of the body, as open() has just found it.
    const Hash& body_hash() const { return block_.body_hash; }

  private:
    Snapshot() = default;
    SnapshotBlock block_;
    const uint8_t* body_ = nullptr;
    void* mapping_ = nullptr;
    size_t mapping_bytes_ = 0;
};

struct FoundSnapshot {
    std::optional<Snapshot> snapshot;  // none: fold the whole log
    std::vector<Error> skipped;        // why newer ones were not taken, for the administrator
};

// The newest undamaged snapshot of at most `sequence_max` entries.
FoundSnapshot newest_snapshot(const std::filesystem::path& directory, uint64_t sequence_max);

// The snapshots of a directory, newest first: for a caller that rejects one for its own reasons.
std::vector<std::filesystem::path> snapshot_files(const std::filesystem::path& directory);

}  // namespace calm::store
