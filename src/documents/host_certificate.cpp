// {"ledger":"…","host":4,"name":"…","key":"…","mode":"…","grace_until":"…","issued_at":"…"}
#include "documents/host_certificate.h"

#include <fmt/format.h>

#include "documents/json_fields.h"
#include "documents/signed_document.h"

namespace calm {

std::string sign_host_certificate(const HostCertificate& certificate, const SecretKey& node) {
    std::string payload = fmt::format(R"({{"ledger":"{}","host":{},"name":)",
                                      to_string(certificate.ledger), certificate.host.value);
    append_json_string(payload, certificate.name);
    payload += fmt::format(R"(,"key":"{}","mode":"{}","grace_until":"{}","issued_at":"{}"}})",
                           to_text(certificate.key), name_of(certificate.mode),
                           to_rfc3339(certificate.grace_until), to_rfc3339(certificate.issued_at));
    return sign_document(DocumentKind::host_certificate, node, payload);
}

Result<HostCertificate> verify_host_certificate(std::string_view document, const PublicKey& node,
                                                Instant now) {
    CALM_TRY_ASSIGN(
        const std::string payload,
        verify_document(DocumentKind::host_certificate, document, node, kHostCertificateSizeMax));
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "host_certificate_malformed"));
    HostCertificate certificate{
        .ledger = fields.ledger("ledger"),
        .host = {static_cast<uint32_t>(fields.number("host", 1, UINT32_MAX))},
        .name = fields.text("name", 1, kHostNameMax),
        .key = fields.key("key"),
        .mode = fields.name<LicensingMode>("mode"),
        .grace_until = fields.time("grace_until"),
        .issued_at = fields.time("issued_at")};
    CALM_TRY(fields.finish());
    if (certificate.issued_at + kHostCertificateLife < now) {
        return fail("host_certificate_expired",
                    fmt::format("it was issued at {}", to_rfc3339(certificate.issued_at)));
    }
    return certificate;
}

}  // namespace calm
