// The product key: what a retail buyer finds on a card. 25 characters in 5 groups (facts
// rd-licensing 4.2, "License Pack (Retail Purchase)"), without look-alikes; 100 bits are drawn at
// random and the rest checks them (checked_groups.h), so that a wrong group is named while it is
// typed. It says nothing itself: the clearinghouse that made it knows what it is worth, by its
// hash.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace calm {

inline constexpr size_t kProductKeyGroups = 5;
inline constexpr size_t kProductKeySize = 29;  // printed, with hyphens

using ProductKeyBits = std::array<uint8_t, 13>;  // the last four bits say nothing

struct ProductKey {
    std::string printed;  // "ABCDE-FGHJK-LMNPQ-RSTUV-WXYZ2"

    bool operator==(const ProductKey&) const = default;
};

ProductKey product_key_of(const ProductKeyBits& random);

// Upper or lower case, with hyphens, spaces or nothing between. Errors: `bad_product_key`, naming
// the wrong group (1 to 5).
Result<ProductKey> parse_product_key(std::string_view text);

// What a clearinghouse keeps of it: whoever reads its database learns no key.
Hash product_key_hash(const ProductKey& key);

}  // namespace calm
