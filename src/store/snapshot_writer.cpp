// Writing a snapshot: the body as it comes, the block last, then the name.
#include <algorithm>
#include <cstdio>

#include <fcntl.h>
#include <fmt/format.h>

#include "base/assert.h"
#include "documents/crypto.h"
#include "store/running_hash.h"
#include "store/snapshot.h"
#include "store/snapshot_layout.h"

namespace calm::store {
namespace {

// After this many bytes the kernel is asked to begin writing them, so that they do not all wait for
// the fsync at the end, behind which the log's own fsync would stand.
constexpr uint64_t kWriteBackBytes = 8 << 20;

Error snapshot_error(const Error& why) {
    return {why.code == "disk_full" ? "disk_full" : "snapshot_failed", why.detail};
}

void put_number(std::string& block, size_t offset, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i)
        block[offset + i] = static_cast<char>(value >> (8 * i));
}

void put_bytes(std::string& block, size_t offset, std::string_view bytes) {
    std::ranges::copy(bytes, block.begin() + static_cast<ptrdiff_t>(offset));
}

std::string block_of(const SnapshotHeader& header, uint64_t body_bytes, const Hash& body_hash) {
    using namespace snapshot_layout;
    std::string block(kSnapshotBlockBytes, '\0');
    put_bytes(block, 0, kMagic);
    put_number(block, kLayoutAt, kLayout, 4);
    put_number(block, kFormatAt, header.format, 4);
    put_number(block, kSequenceAt, header.sequence, 8);
    put_number(block, kEpochAt, header.epoch, 4);
    put_number(block, kDocumentBytesAt, header.document.size(), 4);
    put_number(block, kBodyBytesAt, body_bytes, 8);
    put_bytes(block, kRootAt, as_text(header.root));
    put_bytes(block, kStateAt, as_text(header.state));
    put_bytes(block, kBodyHashAt, as_text(body_hash));
    put_bytes(block, kDocumentAt, header.document);
    put_bytes(block, kBlockHashAt,
              as_text(sha256(std::string_view(block).substr(0, kBlockHashAt))));
    return block;
}

}  // namespace

struct SnapshotWriter::State {
    std::filesystem::path directory;
    std::filesystem::path part;
    uint64_t free_bytes_min = 0;
    File file;
    RunningHash hash;
    uint64_t body_bytes = 0;
    uint64_t handed_over = 0;  // of them, for writing back
    bool finished = false;

    Result<> check_space() const;
    Result<> finish(const SnapshotHeader& header);
    void remove_others(const std::filesystem::path& newest) const;
};

Result<> SnapshotWriter::State::check_space() const {
    CALM_TRY_ASSIGN(const uint64_t space, free_bytes(directory));
    if (space >= free_bytes_min) return {};
    return fail("disk_full", fmt::format("a snapshot leaves {} MiB free, and there are {}",
                                         free_bytes_min >> 20, space >> 20));
}

SnapshotWriter::SnapshotWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SnapshotWriter::SnapshotWriter(SnapshotWriter&&) noexcept = default;
SnapshotWriter& SnapshotWriter::operator=(SnapshotWriter&&) noexcept = default;

SnapshotWriter::~SnapshotWriter() {
    std::error_code ignored;
    if (state_ && !state_->finished) std::filesystem::remove(state_->part, ignored);
}

Result<SnapshotWriter> SnapshotWriter::create(const std::filesystem::path& directory,
                                              uint64_t free_bytes_min) {
    auto state = std::make_unique<State>();
    state->directory = directory;
    state->part = directory / "snapshot.part";
    state->free_bytes_min = free_bytes_min;
    if (auto space = state->check_space(); !space) {
        return std::unexpected(snapshot_error(space.error()));
    }
    auto file = File::open(state->part, O_RDWR | O_CREAT | O_TRUNC);
    if (!file) return std::unexpected(snapshot_error(file.error()));
    state->file = std::move(*file);
    return SnapshotWriter(std::move(state));
}

Result<> SnapshotWriter::write(std::span<const uint8_t> bytes) {
    State& state = *state_;
    const uint64_t offset = kSnapshotBlockBytes + state.body_bytes;
    if (auto written = state.file.write_at(offset, as_text(bytes), state.part); !written) {
        return std::unexpected(snapshot_error(written.error()));
    }
    state.hash.add(bytes);
    state.body_bytes += bytes.size();
    const uint64_t waiting = state.body_bytes - state.handed_over;
    if (waiting < kWriteBackBytes) return {};
    // Its failure is that of an fsync and shows there.
    static_cast<void>(::sync_file_range(state.file.descriptor(),
                                        static_cast<off_t>(kSnapshotBlockBytes + state.handed_over),
                                        static_cast<off_t>(waiting), SYNC_FILE_RANGE_WRITE));
    state.handed_over = state.body_bytes;
    if (auto space = state.check_space(); !space) {
        return std::unexpected(snapshot_error(space.error()));
    }
    return {};
}

Hash SnapshotWriter::body_hash() const {
    return state_->hash.value();
}

Result<> SnapshotWriter::finish(const SnapshotHeader& header) {
    CALM_ASSERT(header.document.size() <= kSnapshotDocumentBytesMax);
    if (auto done = state_->finish(header); !done) {
        return std::unexpected(snapshot_error(done.error()));
    }
    return {};
}

Result<> SnapshotWriter::State::finish(const SnapshotHeader& header) {
    CALM_TRY(file.write_at(0, block_of(header, body_bytes, hash.value()), part));
    CALM_TRY(file.sync(part));
    const auto to = directory / fmt::format("snapshot-{:020}", header.sequence);
    if (std::rename(part.c_str(), to.c_str()) != 0) {
        return std::unexpected(system_error(errno, "rename", part));
    }
    finished = true;
    CALM_TRY(sync_directory(directory));
    remove_others(to);
    return {};
}

// Keeps this one and those just before it. A higher number is of a log that is no longer here: it
// was longer before a backup was restored.
void SnapshotWriter::State::remove_others(const std::filesystem::path& newest) const {
    size_t kept = 0;
    for (const auto& each : snapshot_files(directory)) {
        if (each <= newest && kept++ < kSnapshotsKept) continue;
        std::error_code ignored;
        std::filesystem::remove(each, ignored);
    }
}

}  // namespace calm::store
