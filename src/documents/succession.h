// Succession: a license server takes another one's place. Two statements say so to the hosts of the
// old one: the vendor's, that its clearinghouse has replaced the one by the other, and the new
// server's own, with which certificate it is found. Neither needs the old server, which may be
// gone.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/instant.h"
#include "base/result.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

struct Succession {
    LedgerId from;  // the license server that was replaced …
    LedgerId to;    // … and the one that took its place; another one
    Instant at;
    std::string clearinghouse;  // the document that lets its key sign

    bool operator==(const Succession&) const = default;
};

inline constexpr std::string_view kSuccessionLabel = "CALM SUCCESSION";
inline constexpr size_t kSuccessionSizeMax = 4096;  // characters without armour

// The armoured statement. Errors: `succession_malformed`, those of read_clearinghouse(),
// `clearinghouse_expired`. REQUIRES: `succession.clearinghouse` is of the key.
Result<std::string> sign_succession(const Succession& succession, const SecretKey& clearinghouse);

struct VerifiedSuccession {
    Succession succession;
    PublicKey vendor;
};

// ENSURES: a clearinghouse of one of `vendors` has signed it. Errors: `succession_malformed`,
// `succession_altered`, `clearinghouse_*`, `clearinghouse_untrusted`.
Result<VerifiedSuccession> verify_succession(std::string_view text,
                                             std::span<const PublicKey> vendors);

// What the new server says of itself, signed by its node key.
struct SuccessorStatement {
    LedgerId ledger;
    Hash certificate{};  // SHA-256 of the one that it shows in TLS (DER)
    Instant at;          // ledger time

    bool operator==(const SuccessorStatement&) const = default;
};

inline constexpr size_t kSuccessorStatementSizeMax = 1024;  // characters

std::string sign_successor(const SuccessorStatement& statement, const SecretKey& node);

// Errors: `document_*` of signed_document.h; `succession_malformed`.
Result<SuccessorStatement> verify_successor(std::string_view document, const PublicKey& node);

}  // namespace calm
