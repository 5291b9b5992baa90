// The certificate that a program serves with: its administrator's, or one that it makes for itself
// at its first start.
#pragma once

#include <string>
#include <vector>

#include "http/tls_certificate.h"
#include "http/tls_context.h"

namespace calm::http {

struct CertificatePlace {
    std::string certificate_file;    // the administrator's; empty: `tls.crt` in the directory
    std::string key_file;            // beside it `tls.key`
    std::string directory;           // is made when it is not there
    std::vector<std::string> names;  // of one that is made; empty: this machine's and loopback's
};

// Errors: those of make_self_signed() and of TlsContext::load().
Result<TlsContext> own_certificate(const CertificatePlace& place, Instant now);

}  // namespace calm::http
