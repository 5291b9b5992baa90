// The certificate that a server makes for itself at its first start. Hosts and the command line do
// not ask an authority about it: they pin its fingerprint.
#pragma once

#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace calm::http {

struct SelfSignedCertificate {
    std::vector<std::string>
        names;  // host names and IP addresses; the first is the subject. Not empty.
    Instant valid_from;
    Instant valid_until;
};

// Makes an ECDSA P-256 key and a certificate for it and writes both as PEM, the key readable for
// its owner only. Files that exist are not overwritten. Errors: `tls_certificate_unwritable`,
// `bad_certificate_name`.
Result<> make_self_signed(const SelfSignedCertificate& wanted, const std::string& certificate_file,
                          const std::string& key_file);

}  // namespace calm::http
