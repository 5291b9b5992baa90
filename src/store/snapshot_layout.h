// Where the parts of a snapshot's first block stand; snapshot.h says what they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "store/snapshot.h"

namespace calm::store::snapshot_layout {

inline constexpr std::string_view kMagic = "CALMSNAP";
inline constexpr uint32_t kLayout = 1;

inline constexpr size_t kLayoutAt = 8;
inline constexpr size_t kFormatAt = 12;
inline constexpr size_t kSequenceAt = 16;
inline constexpr size_t kEpochAt = 24;
inline constexpr size_t kDocumentBytesAt = 28;
inline constexpr size_t kBodyBytesAt = 32;
inline constexpr size_t kRootAt = 40;
inline constexpr size_t kStateAt = 72;
inline constexpr size_t kBodyHashAt = 104;
inline constexpr size_t kDocumentAt = 136;
inline constexpr size_t kBlockHashAt = kSnapshotBlockBytes - 32;
static_assert(kDocumentAt + kSnapshotDocumentBytesMax <= kBlockHashAt);

}  // namespace calm::store::snapshot_layout
