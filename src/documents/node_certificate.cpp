// {"ledger":"…","node":"…","issued_at":"…"}
#include "documents/node_certificate.h"

#include <fmt/format.h>

#include "documents/json_fields.h"
#include "documents/signed_document.h"

namespace calm {

std::string issue_node_certificate(const SecretKey& identity, const PublicKey& node,
                                   Instant issued_at) {
    return sign_document(DocumentKind::node_certificate, identity,
                         fmt::format(R"({{"ledger":"{}","node":"{}","issued_at":"{}"}})",
                                     to_string(ledger_id_of(identity.public_key())), to_text(node),
                                     to_rfc3339(issued_at)));
}

Result<NodeCertificate> verify_node_certificate(std::string_view document,
                                                const PublicKey& identity) {
    CALM_TRY_ASSIGN(const std::string payload,
                    verify_document(DocumentKind::node_certificate, document, identity,
                                    kNodeCertificateSizeMax));
    return read_node_certificate(payload, identity);
}

Result<NodeCertificate> read_node_certificate(std::string_view payload, const PublicKey& identity) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "certificate_malformed"));
    const NodeCertificate certificate{.ledger = fields.ledger("ledger"),
                                      .node = fields.key("node"),
                                      .issued_at = fields.time("issued_at")};
    CALM_TRY(fields.finish());
    if (certificate.ledger != ledger_id_of(identity)) {
        return fail("certificate_malformed", "it names another ledger than the key that signed it");
    }
    return certificate;
}

}  // namespace calm
