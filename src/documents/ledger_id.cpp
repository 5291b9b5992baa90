// The first 140 bits of the key's SHA-256.
#include "documents/ledger_id.h"

#include <algorithm>

#include "documents/checked_groups.h"

namespace calm {
namespace {

constexpr CodeKind kLedgerIdCode{
    .groups = LedgerId::kGroups, .tone = 0, .error = "bad_ledger_id", .name = "an id"};

LedgerId id_of(std::span<const uint8_t> bytes) {
    LedgerId id;
    std::string printed = checked_groups(bytes, kLedgerIdCode);
    std::erase(printed, '-');
    std::ranges::copy(printed, id.characters.begin());
    return id;
}

}  // namespace

LedgerId ledger_id_of(const PublicKey& identity) {
    return id_of(sha256(identity.bytes));
}

std::string to_string(const LedgerId& id) {
    std::string out;
    if (id == LedgerId{}) return out;
    for (size_t i = 0; i < id.characters.size(); ++i) {
        if (i > 0 && i % LedgerId::kGroupSize == 0) out += '-';
        out += id.characters[i];
    }
    return out;
}

Result<LedgerId> parse_ledger_id(std::string_view text) {
    CALM_TRY_ASSIGN(const auto bytes, read_checked_groups(text, kLedgerIdCode));
    return id_of(bytes);
}

}  // namespace calm
