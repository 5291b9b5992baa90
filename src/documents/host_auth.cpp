// {"host":1,"ledger":"…","exp":"…"}
#include "documents/host_auth.h"

#include <fmt/format.h>

#include "documents/json_fields.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

Result<HostClaim> read_payload(std::string_view payload) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "host_token_malformed"));
    const HostClaim claim{.host = {static_cast<uint32_t>(fields.number("host", 1, UINT32_MAX))},
                          .ledger = fields.ledger("ledger"),
                          .expires_at = fields.time("exp")};
    CALM_TRY(fields.finish());
    return claim;
}

}  // namespace

std::string make_host_token(const SecretKey& key, HostId host, const LedgerId& ledger,
                            Instant now) {
    return sign_document(DocumentKind::host_auth, key,
                         fmt::format(R"({{"host":{},"ledger":"{}","exp":"{}"}})", host.value,
                                     to_string(ledger), to_rfc3339(now + kHostTokenLife)));
}

Result<HostClaim> read_host_token(std::string_view token) {
    const auto parts = paseto_split(token, kHostTokenSizeMax);
    if (!parts) return fail("host_token_malformed", parts.error().detail);
    return read_payload(parts->message);
}

Result<HostClaim> verify_host_token(std::string_view token, const PublicKey& key,
                                    const LedgerId& ledger, Instant now) {
    const auto payload = verify_document(DocumentKind::host_auth, token, key, kHostTokenSizeMax);
    if (!payload) {
        return fail(payload.error().code == "document_altered" ? "host_token_altered"
                                                               : "host_token_malformed",
                    payload.error().detail);
    }
    CALM_TRY_ASSIGN(const HostClaim claim, read_payload(*payload));
    if (claim.ledger != ledger) {
        return fail("host_token_foreign", "it was made for " + to_string(claim.ledger));
    }
    if (now >= claim.expires_at + kHostTokenSkewMax) {
        return fail("host_token_expired", "it expired at " + to_rfc3339(claim.expires_at));
    }
    if (claim.expires_at > now + kHostTokenLife + kHostTokenSkewMax) {
        return fail("host_token_expired",
                    "it claims to live until " + to_rfc3339(claim.expires_at));
    }
    return claim;
}

}  // namespace calm
