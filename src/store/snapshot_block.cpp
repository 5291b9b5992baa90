// The first block of a snapshot file, read; the writer is beside the rest of the writing.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "documents/crypto.h"
#include "store/snapshot.h"
#include "store/snapshot_layout.h"

namespace calm::store {
namespace {

uint64_t number_at(std::span<const uint8_t> block, size_t offset, size_t bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; ++i)
        value |= uint64_t{block[offset + i]} << (8 * i);
    return value;
}

Hash hash_at(std::span<const uint8_t> block, size_t offset) {
    Hash hash;
    std::ranges::copy(block.subspan(offset, hash.size()), hash.begin());
    return hash;
}

}  // namespace

Result<SnapshotBlock> read_snapshot_block(std::span<const uint8_t> block) {
    using namespace snapshot_layout;
    if (block.size() != kSnapshotBlockBytes) return fail("snapshot_damaged", "it is too short");
    if (as_text(block.first(kMagic.size())) != kMagic) {
        return fail("snapshot_damaged", "it is not a snapshot");
    }
    if (sha256(block.first(kBlockHashAt)) != hash_at(block, kBlockHashAt)) {
        return fail("snapshot_damaged", "its first block is damaged");
    }
    if (number_at(block, kLayoutAt, 4) != kLayout) {
        return fail("snapshot_damaged", "its layout is of another version");
    }
    SnapshotBlock read;
    read.header.format = static_cast<uint32_t>(number_at(block, kFormatAt, 4));
    read.header.sequence = number_at(block, kSequenceAt, 8);
    read.header.epoch = static_cast<uint32_t>(number_at(block, kEpochAt, 4));
    const uint64_t document_bytes = number_at(block, kDocumentBytesAt, 4);
    read.body_bytes = number_at(block, kBodyBytesAt, 8);
    read.header.root = hash_at(block, kRootAt);
    read.header.state = hash_at(block, kStateAt);
    read.body_hash = hash_at(block, kBodyHashAt);
    if (document_bytes > kSnapshotDocumentBytesMax) {
        return fail("snapshot_damaged", "its document is too long");
    }
    read.header.document = as_text(block.subspan(kDocumentAt, document_bytes));
    return read;
}

}  // namespace calm::store
