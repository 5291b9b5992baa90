// HostCertificate: a license server's word on one of its hosts, which the host keeps from contact
// to contact. With it a host that follows to the server that took the old one's place shows who it
// was there, although the old one may be gone.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

struct HostCertificate {
    LedgerId ledger;
    HostId host;
    std::string name;  // 1..kHostNameMax bytes
    PublicKey key;     // the host's
    LicensingMode mode = LicensingMode::either;
    Instant grace_until;  // end of its initial grace there; at most `issued_at`: it is over
    Instant issued_at;    // ledger time

    bool operator==(const HostCertificate&) const = default;
};

inline constexpr size_t kHostNameMax = 256;
inline constexpr size_t kHostCertificateSizeMax = 2048;  // characters

// A host that was off for a summer, or for a year, may still follow.
inline constexpr Seconds kHostCertificateLife = days(400);

std::string sign_host_certificate(const HostCertificate& certificate, const SecretKey& node);

// Errors: `document_*` of signed_document.h; `host_certificate_malformed`;
// `host_certificate_expired` (issued more than kHostCertificateLife before `now`).
Result<HostCertificate> verify_host_certificate(std::string_view document, const PublicKey& node,
                                                Instant now);

}  // namespace calm
