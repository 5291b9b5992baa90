// Armour: how a signed document travels in files and mails.
//
//     -----BEGIN CALM KEY PACK-----
//     v4.public.eyJwYWNrIjoi…            (lines of 64 characters)
//     -----END CALM KEY PACK-----
//
// Reading forgives what mail programs do without harm: CRLF, blank lines, spaces at line ends, a
// byte order mark, text before and after. It does not forgive quoting signs or anything else put
// into the lines, and says what it found. It proves nothing: the signature inside does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace calm {

inline constexpr size_t kArmourColumns = 64;
inline constexpr size_t kArmouredSizeMax = 64 * 1024;  // bytes of text that unarmour looks at

// REQUIRES: `label` is in capitals ("CALM KEY PACK"); `body` has only A-Z a-z 0-9 - _ and dots.
std::string armour(std::string_view label, std::string_view body);

// The body of the one block with this label. Errors: `armour_missing`, `armour_wrong_kind`,
// `armour_damaged`, `document_too_large`.
Result<std::string> unarmour(std::string_view label, std::string_view text);

// The blocks that stand one after the other in a text, each from its BEGIN line to the next one;
// what stands before the first is left out. At most kArmourBlocksMax. Errors: `document_too_large`.
inline constexpr size_t kArmourBlocksMax = 1'000;
Result<std::vector<std::string_view>> armour_blocks(std::string_view text);

// The first block of this label; the whole text when there is none.
std::string_view armour_block(std::string_view label, std::string_view text);

}  // namespace calm
