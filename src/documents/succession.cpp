// {"from":"…","to":"…","at":"…","clearinghouse":"…"} and
// {"ledger":"…","certificate":"<64 hex digits>","at":"…"}
#include "documents/succession.h"

#include <algorithm>

#include <fmt/format.h>

#include "documents/armour.h"
#include "documents/clearinghouse_certificate.h"
#include "documents/json_fields.h"
#include "documents/paseto.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

constexpr const char* kMalformed = "succession_malformed";

Result<Succession> read_succession_payload(std::string_view payload) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, kMalformed));
    Succession succession{.from = fields.ledger("from"),
                          .to = fields.ledger("to"),
                          .at = fields.time("at"),
                          .clearinghouse = fields.text("clearinghouse", 1, kClearinghouseSizeMax)};
    if (succession.from == succession.to) fields.refuse("to", "is the server that it replaces");
    CALM_TRY(fields.finish());
    return succession;
}

}  // namespace

Result<std::string> sign_succession(const Succession& succession, const SecretKey& clearinghouse) {
    std::string payload = fmt::format(R"({{"from":"{}","to":"{}","at":"{}","clearinghouse":)",
                                      to_string(succession.from), to_string(succession.to),
                                      to_rfc3339(succession.at));
    append_json_string(payload, succession.clearinghouse);
    payload += '}';
    CALM_TRY(read_succession_payload(payload));
    CALM_TRY_ASSIGN(const auto certificate, read_clearinghouse(succession.clearinghouse));
    CALM_TRY(check_signing_time(certificate, succession.at));
    return armour(kSuccessionLabel,
                  sign_document(DocumentKind::succession, clearinghouse, payload));
}

Result<VerifiedSuccession> verify_succession(std::string_view text,
                                             std::span<const PublicKey> vendors) {
    const auto document = unarmour(kSuccessionLabel, text);
    if (!document) return fail(kMalformed, document.error().detail);
    const auto parts = paseto_split(*document, kSuccessionSizeMax);
    if (!parts) return fail(kMalformed, parts.error().detail);
    CALM_TRY_ASSIGN(Succession succession, read_succession_payload(parts->message));
    CALM_TRY_ASSIGN(const auto certificate, read_clearinghouse(succession.clearinghouse));
    if (std::ranges::find(vendors, certificate.vendor) == vendors.end()) {
        return fail("clearinghouse_untrusted",
                    "it is of a vendor with the key " + fingerprint(certificate.vendor));
    }
    const auto payload =
        verify_document(DocumentKind::succession, *document, certificate.key, kSuccessionSizeMax);
    if (!payload) return fail("succession_altered", payload.error().detail);
    CALM_TRY(check_signing_time(certificate, succession.at));
    return VerifiedSuccession{std::move(succession), certificate.vendor};
}

std::string sign_successor(const SuccessorStatement& statement, const SecretKey& node) {
    return sign_document(DocumentKind::successor, node,
                         fmt::format(R"({{"ledger":"{}","certificate":"{}","at":"{}"}})",
                                     to_string(statement.ledger), to_hex(statement.certificate),
                                     to_rfc3339(statement.at)));
}

Result<SuccessorStatement> verify_successor(std::string_view document, const PublicKey& node) {
    CALM_TRY_ASSIGN(const std::string payload, verify_document(DocumentKind::successor, document,
                                                               node, kSuccessorStatementSizeMax));
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, kMalformed));
    const SuccessorStatement statement{.ledger = fields.ledger("ledger"),
                                       .certificate = fields.hash("certificate"),
                                       .at = fields.time("at")};
    CALM_TRY(fields.finish());
    return statement;
}

}  // namespace calm
