// {["server":"…",]"number":1,"issued_at":"…","revoked":"<32 hex digits each>","clearinghouse":"…"}
#include "documents/status_list.h"

#include <algorithm>

#include <fmt/format.h>

#include "documents/armour.h"
#include "documents/clearinghouse_certificate.h"
#include "documents/json_fields.h"
#include "documents/paseto.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

constexpr size_t kDigits = 32;

std::string list_payload(const StatusList& list) {
    std::string out = "{";
    if (list.server) out += fmt::format(R"("server":"{}",)", to_string(*list.server));
    out += fmt::format(R"("number":{},"issued_at":"{}","revoked":")", list.number,
                       to_rfc3339(list.issued_at));
    for (const Bytes16& pack : list.revoked)
        out += to_hex(pack);
    out += R"(","clearinghouse":)";
    append_json_string(out, list.clearinghouse);
    return out + '}';
}

std::vector<Bytes16> packs_of(JsonFields& fields) {
    std::vector<Bytes16> packs;
    const std::string digits = fields.text("revoked", 0, kRevokedPacksMax * kDigits);
    for (size_t at = 0; at < digits.size(); at += kDigits) {
        const auto pack = array_from_hex<16>(std::string_view(digits).substr(at, kDigits));
        if (!pack || (!packs.empty() && *pack <= packs.back())) {
            fields.refuse("revoked", "is not a list of pack ids, each greater than the last");
            return packs;
        }
        packs.push_back(*pack);
    }
    return packs;
}

Result<StatusList> read_list_payload(std::string_view payload) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "status_list_malformed"));
    StatusList list;
    if (fields.has("server")) list.server = fields.ledger("server");
    list.number = fields.number("number", 1, UINT32_MAX);
    list.issued_at = fields.time("issued_at");
    list.revoked = packs_of(fields);
    list.clearinghouse = fields.text("clearinghouse", 1, kClearinghouseSizeMax);
    CALM_TRY(fields.finish());
    return list;
}

}  // namespace

Result<std::string> sign_status_list(const StatusList& list, const SecretKey& clearinghouse) {
    const std::string payload = list_payload(list);
    CALM_TRY(read_list_payload(payload));
    CALM_TRY_ASSIGN(const auto certificate, read_clearinghouse(list.clearinghouse));
    CALM_TRY(check_signing_time(certificate, list.issued_at));
    return armour(kStatusListLabel,
                  sign_document(DocumentKind::status_list, clearinghouse, payload));
}

Result<VerifiedStatusList> verify_status_list(std::string_view text,
                                              std::span<const PublicKey> vendors) {
    const auto document = unarmour(kStatusListLabel, text);
    if (!document) return fail("status_list_malformed", document.error().detail);
    const auto parts = paseto_split(*document, kStatusListSizeMax);
    if (!parts) return fail("status_list_malformed", parts.error().detail);
    CALM_TRY_ASSIGN(StatusList list, read_list_payload(parts->message));
    CALM_TRY_ASSIGN(const auto certificate, read_clearinghouse(list.clearinghouse));
    if (std::ranges::find(vendors, certificate.vendor) == vendors.end()) {
        return fail("clearinghouse_untrusted",
                    "it is of a vendor with the key " + fingerprint(certificate.vendor));
    }
    const auto payload =
        verify_document(DocumentKind::status_list, *document, certificate.key, kStatusListSizeMax);
    if (!payload) return fail("status_list_altered", payload.error().detail);
    CALM_TRY(check_signing_time(certificate, list.issued_at));
    return VerifiedStatusList{std::move(list), certificate.vendor};
}

}  // namespace calm
