#include "documents/product_key.h"

#include "documents/checked_groups.h"
#include "documents/crypto.h"

namespace calm {
namespace {

constexpr CodeKind kProductKeyCode{
    .groups = kProductKeyGroups, .tone = 21, .error = "bad_product_key", .name = "a product key"};

}  // namespace

ProductKey product_key_of(const ProductKeyBits& random) {
    return {checked_groups(random, kProductKeyCode)};
}

Result<ProductKey> parse_product_key(std::string_view text) {
    CALM_TRY_ASSIGN(const auto bits, read_checked_groups(text, kProductKeyCode));
    return ProductKey{checked_groups(bits, kProductKeyCode)};
}

Hash product_key_hash(const ProductKey& key) {
    return sha256({as_bytes("calm product key\n"), as_bytes(key.printed)});
}

}  // namespace calm
