// The signed tree head: what the log was at one moment. One is written with each batch; a CAL token
// carries one; a host keeps the highest it has seen and asks for a consistency proof from there on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/instant.h"
#include "base/result.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

struct TreeHead {
    LedgerId ledger;
    uint32_t epoch = 0;  // grows when a backup is restored
    uint64_t size = 0;   // entries of the log, below 2^53
    Hash root{};
    Instant time;  // ledger time

    bool operator==(const TreeHead&) const = default;
};

inline constexpr size_t kTreeHeadSizeMax = 1024;  // characters
inline constexpr uint64_t kLogSizeMax = (uint64_t{1} << 53) - 1;

std::string sign_tree_head(const TreeHead& head, const SecretKey& node);

// Errors: `document_*` of signed_document.h; `tree_head_malformed`. That `node` may sign for
// head.ledger is the caller's to know (node_certificate.h).
Result<TreeHead> verify_tree_head(std::string_view document, const PublicKey& node);

// The same of a payload whose signature was verified. Errors: `tree_head_malformed`.
Result<TreeHead> read_tree_head(std::string_view payload);

}  // namespace calm
