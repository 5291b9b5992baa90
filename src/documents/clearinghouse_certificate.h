// The clearinghouse certificate: a vendor's root key says that another key may sell for it until a
// date: sign packs, activations and status lists. The root stays offline; two certificates may be
// valid at a time, so that a key is changed without a gap.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "documents/crypto.h"

namespace calm {

inline constexpr std::string_view kClearinghouseLabel = "CALM CLEARINGHOUSE";
inline constexpr size_t kClearinghouseSizeMax = 1536;  // characters of the document without armour

struct ClearinghouseCertificate {
    PublicKey vendor;     // the root that signed
    PublicKey key;        // what the clearinghouse signs with
    uint32_t number = 1;  // counted by the vendor
    Instant not_before;
    Instant expires_at;   // the first second in which it signs nothing any more
    std::string address;  // where license servers find it, http(s)://…; may be empty

    bool operator==(const ClearinghouseCertificate&) const = default;
};

// The document. `certificate.vendor` is taken from the key. Errors: `clearinghouse_malformed`.
Result<std::string> issue_clearinghouse(ClearinghouseCertificate certificate,
                                        const SecretKey& vendor);

// The certificate that the vendor which it names has signed: whether that vendor is trusted is the
// caller's to know. Errors: `clearinghouse_malformed`, `clearinghouse_altered`.
Result<ClearinghouseCertificate> read_clearinghouse(std::string_view document);

// Whether something that the key signed at `at` counts. Errors: `clearinghouse_expired`.
Result<> check_signing_time(const ClearinghouseCertificate& certificate, Instant at);

}  // namespace calm
