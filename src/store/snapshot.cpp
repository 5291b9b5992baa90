// Finding and verifying snapshots.
#include "store/snapshot.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <functional>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include "store/running_hash.h"

namespace calm::store {
namespace {

constexpr std::string_view kPrefix = "snapshot-";
constexpr size_t kDigits = 20;

std::optional<uint64_t> sequence_of(const std::filesystem::path& file) {
    const std::string name = file.filename().string();
    if (name.size() != kPrefix.size() + kDigits || !name.starts_with(kPrefix)) return std::nullopt;
    uint64_t sequence = 0;
    const char* end = name.data() + name.size();
    const auto [rest, code] = std::from_chars(name.data() + kPrefix.size(), end, sequence);
    if (code != std::errc() || rest != end) return std::nullopt;
    return sequence;
}

// Reads the body through its hash. With read() and not through a mapping: a disk that fails is then
// an error and no signal. The mapping made afterwards finds the pages in memory.
Result<> verify_body(const File& file, const SnapshotBlock& block,
                     const std::filesystem::path& path) {
    RunningHash hash;
    std::string chunk(1 << 20, '\0');
    for (uint64_t done = 0; done < block.body_bytes;) {
        const auto size = std::min<uint64_t>(chunk.size(), block.body_bytes - done);
        CALM_TRY(file.read_at(kSnapshotBlockBytes + done, chunk.data(), size, path));
        hash.add(as_bytes(std::string_view(chunk).substr(0, size)));
        done += size;
    }
    if (hash.value() == block.body_hash) return {};
    return fail("snapshot_damaged", fmt::format("`{}`: its body is damaged", path.string()));
}

Result<SnapshotBlock> verify(const File& file, const std::filesystem::path& path) {
    std::array<char, kSnapshotBlockBytes> bytes;
    CALM_TRY(file.read_at(0, bytes.data(), bytes.size(), path));
    auto block = read_snapshot_block(as_bytes({bytes.data(), bytes.size()}));
    if (!block) {
        return fail("snapshot_damaged",
                    fmt::format("`{}`: {}", path.string(), block.error().detail));
    }
    std::error_code failed;
    const uint64_t size = std::filesystem::file_size(path, failed);
    if (failed || size != kSnapshotBlockBytes + block->body_bytes) {
        return fail("snapshot_damaged", fmt::format("`{}`: it has another length", path.string()));
    }
    CALM_TRY(verify_body(file, *block, path));
    return block;
}

}  // namespace

Result<Snapshot> Snapshot::open(const std::filesystem::path& file) {
    const auto opened = File::open(file, O_RDONLY);
    if (!opened) return fail("snapshot_damaged", opened.error().detail);
    auto block = verify(*opened, file);
    if (!block) return fail("snapshot_damaged", block.error().detail);
    Snapshot snapshot;
    snapshot.block_ = std::move(*block);
    snapshot.mapping_bytes_ = kSnapshotBlockBytes + snapshot.block_.body_bytes;
    void* mapping =
        ::mmap(nullptr, snapshot.mapping_bytes_, PROT_READ, MAP_PRIVATE, opened->descriptor(), 0);
    if (mapping == MAP_FAILED) {
        return fail("snapshot_damaged", system_error(errno, "map", file).detail);
    }
    snapshot.mapping_ = mapping;
    snapshot.body_ = static_cast<const uint8_t*>(mapping) + kSnapshotBlockBytes;
    return snapshot;
}

Snapshot::Snapshot(Snapshot&& other) noexcept
    : block_(std::move(other.block_)),
      body_(std::exchange(other.body_, nullptr)),
      mapping_(std::exchange(other.mapping_, nullptr)),
      mapping_bytes_(std::exchange(other.mapping_bytes_, 0)) {}

Snapshot& Snapshot::operator=(Snapshot&& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(body_, other.body_);
    std::swap(mapping_, other.mapping_);
    std::swap(mapping_bytes_, other.mapping_bytes_);
    return *this;
}

Snapshot::~Snapshot() {
    if (mapping_ != nullptr) ::munmap(mapping_, mapping_bytes_);
}

std::vector<std::filesystem::path> snapshot_files(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> files;
    std::error_code failed;
    for (std::filesystem::directory_iterator each(directory, failed), end; !failed && each != end;
         each.increment(failed)) {
        if (sequence_of(each->path())) files.push_back(each->path());
    }
    // The numbers have the same number of digits, so their names sort as they do.
    std::ranges::sort(files, std::greater<>());
    return files;
}

FoundSnapshot newest_snapshot(const std::filesystem::path& directory, uint64_t sequence_max) {
    FoundSnapshot found;
    for (const auto& file : snapshot_files(directory)) {
        if (sequence_of(file).value_or(0) > sequence_max) {
            found.skipped.push_back(
                {"snapshot_damaged", fmt::format("`{}`: it is newer than the log of {} entries",
                                                 file.string(), sequence_max)});
            continue;
        }
        auto snapshot = Snapshot::open(file);
        if (snapshot && snapshot->header().sequence == sequence_of(file)) {
            found.snapshot = std::move(*snapshot);
            break;
        }
        found.skipped.push_back(
            snapshot ? Error{"snapshot_damaged",
                             fmt::format("`{}`: it has the name of another one", file.string())}
                     : snapshot.error());
    }
    return found;
}

}  // namespace calm::store
