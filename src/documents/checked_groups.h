// Checked groups: bits as people read them to each other and type them, in groups of five
// characters without look-alikes. Characters 1 to 4 of a group are 20 bits; the fifth checks the
// group and its place, so that one wrong character, two swapped neighbours (also across a hyphen)
// or two swapped groups are noticed, and the group is named. The tone keeps the kinds of codes
// apart: no group of one kind is one of another at the same place.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace calm {

inline constexpr size_t kGroupSize = 5;
inline constexpr size_t kGroupBits = 20;
inline constexpr size_t kGroupsMax = 31;  // places are told apart up to here

// What a code is, for its errors: `bad_product_key`, "a product key".
struct CodeKind {
    size_t groups = 0;
    uint8_t tone = 0;  // 0..31
    const char* error = "";
    const char* name = "";
};

// "ABCDE-FGHJK-…". REQUIRES: `bytes` has 20 bits for each group; further bits are left out.
std::string checked_groups(std::span<const uint8_t> bytes, const CodeKind& kind);

// The bits again, in as many bytes as they need; bits behind the last are zero. Upper or lower
// case, with hyphens, spaces or nothing between the groups; 0, 1, I and O do not occur. Errors:
// `kind.error`, naming the wrong group, from 1.
Result<std::vector<uint8_t>> read_checked_groups(std::string_view text, const CodeKind& kind);

}  // namespace calm
