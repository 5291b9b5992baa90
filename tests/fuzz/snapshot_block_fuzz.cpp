// links: calm_store
// The first block of a snapshot file: any bytes are a block or an error. Its checksum is made right
// first, or nothing would get behind it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "documents/crypto.h"
#include "store/snapshot.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm::store;
    std::vector<uint8_t> block(data, data + std::min(size, kSnapshotBlockBytes - 32));
    block.resize(kSnapshotBlockBytes - 32);
    const calm::Hash hash = calm::sha256(std::span<const uint8_t>(block));
    block.insert(block.end(), hash.begin(), hash.end());
    const auto read = read_snapshot_block(block);
    if (read && read->header.document.size() > kSnapshotDocumentBytesMax) std::abort();
    if (read_snapshot_block(std::span(data, size)) && size != kSnapshotBlockBytes) std::abort();
    return 0;
}
