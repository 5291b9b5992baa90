// The node certificate: a ledger's identity key says that a node key may sign for it. Each `calmd`
// has a node key; tree heads and revocation lists are signed with it. The identity key is needed
// for nothing else and may stay offline.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

struct NodeCertificate {
    LedgerId ledger;  // ENSURES: the id of the key that signed
    PublicKey node;
    Instant issued_at;

    bool operator==(const NodeCertificate&) const = default;
};

inline constexpr size_t kNodeCertificateSizeMax = 1024;  // characters

std::string issue_node_certificate(const SecretKey& identity, const PublicKey& node,
                                   Instant issued_at);

// Errors: `document_*` of signed_document.h; `certificate_malformed`.
Result<NodeCertificate> verify_node_certificate(std::string_view document,
                                                const PublicKey& identity);

// The same of a payload whose signature was verified. Errors: `certificate_malformed`.
Result<NodeCertificate> read_node_certificate(std::string_view payload, const PublicKey& identity);

}  // namespace calm
