// LedgerId, the "license server id": 35 characters in 7 groups of 5 that name a ledger's identity
// key, as people copy them from screen to paper to telephone. Characters 1 to 4 of each group are
// 20 bits of the SHA-256 of the key (140 bits in all); the fifth checks the group and its place, so
// that one wrong character, two swapped ones or two swapped groups are noticed, and the group is
// named.
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"
#include "documents/crypto.h"

namespace calm {

struct LedgerId {
    static constexpr size_t kGroups = 7;
    static constexpr size_t kGroupSize = 5;
    static constexpr size_t kPrintedSize = 41;  // with a hyphen between groups

    std::array<char, kGroups * kGroupSize> characters{};  // all zero: names nothing

    auto operator<=>(const LedgerId&) const = default;
};

LedgerId ledger_id_of(const PublicKey& identity);

// "ABCDE-FGHJK-…": the form that documents, API and screens use. Empty for an id that names
// nothing.
std::string to_string(const LedgerId& id);

// Reads that form in upper or lower case, with hyphens, spaces or nothing between the groups. 0, 1,
// I and O do not occur in an id. Errors: `bad_ledger_id`, naming the wrong group (1 to 7).
Result<LedgerId> parse_ledger_id(std::string_view text);

}  // namespace calm
