// The separator cannot occur in a kind, so no two pairs of kind and name look alike.
#include "documents/commitment.h"

#include "documents/crypto.h"

namespace calm {

Hash commitment_to(const Bytes16& salt, std::string_view kind, std::string_view name) {
    constexpr uint8_t kSeparator = 0;
    return sha256({salt, as_bytes(kind), {&kSeparator, 1}, as_bytes(name)});
}

Hash commitment_to(const Bytes16& salt, HolderKind kind, std::string_view name) {
    return commitment_to(salt, name_of(kind), name);
}

}  // namespace calm
