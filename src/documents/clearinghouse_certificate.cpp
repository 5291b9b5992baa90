// {"vendor_key":"…","key":"…","number":1,"not_before":"…","expires_at":"…"[,"address":"…"]}
#include "documents/clearinghouse_certificate.h"

#include <fmt/format.h>

#include "documents/json_fields.h"
#include "documents/paseto.h"
#include "documents/signed_document.h"
#include "documents/vendor.h"

namespace calm {
namespace {

constexpr size_t kAddressMax = 200;

std::string clearinghouse_payload(const ClearinghouseCertificate& certificate) {
    std::string out = fmt::format(
        R"({{"vendor_key":"{}","key":"{}","number":{},"not_before":"{}","expires_at":"{}")",
        to_text(certificate.vendor), to_text(certificate.key), certificate.number,
        to_rfc3339(certificate.not_before), to_rfc3339(certificate.expires_at));
    if (!certificate.address.empty()) {
        out += R"(,"address":)";
        append_json_string(out, certificate.address);
    }
    return out + '}';
}

Result<ClearinghouseCertificate> read_clearinghouse_payload(std::string_view payload) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "clearinghouse_malformed"));
    ClearinghouseCertificate certificate{
        .vendor = fields.key("vendor_key"),
        .key = fields.key("key"),
        .number = static_cast<uint32_t>(fields.number("number", 1, UINT32_MAX)),
        .not_before = fields.time("not_before"),
        .expires_at = fields.time("expires_at"),
        .address = {}};
    if (fields.has("address")) {
        certificate.address = fields.text("address", 1, kAddressMax);
        if (!is_web_address(certificate.address)) fields.refuse("address", "is no web address");
    }
    if (certificate.expires_at <= certificate.not_before)
        fields.refuse("expires_at", "is before it becomes valid");
    CALM_TRY(fields.finish());
    return certificate;
}

}  // namespace

Result<std::string> issue_clearinghouse(ClearinghouseCertificate certificate,
                                        const SecretKey& vendor) {
    certificate.vendor = vendor.public_key();
    const std::string payload = clearinghouse_payload(certificate);
    CALM_TRY(read_clearinghouse_payload(payload));
    return sign_document(DocumentKind::clearinghouse, vendor, payload);
}

Result<ClearinghouseCertificate> read_clearinghouse(std::string_view document) {
    const auto parts = paseto_split(document, kClearinghouseSizeMax);
    if (!parts) return fail("clearinghouse_malformed", parts.error().detail);
    // Read before it is verified, because the key to verify with stands in it.
    CALM_TRY_ASSIGN(ClearinghouseCertificate certificate,
                    read_clearinghouse_payload(parts->message));
    const auto payload = verify_document(DocumentKind::clearinghouse, document, certificate.vendor,
                                         kClearinghouseSizeMax);
    if (!payload) return fail("clearinghouse_altered", payload.error().detail);
    return certificate;
}

Result<> check_signing_time(const ClearinghouseCertificate& certificate, Instant at) {
    if (certificate.not_before <= at && at < certificate.expires_at) return {};
    return fail(
        "clearinghouse_expired",
        fmt::format("the vendor let this key sign from {} until {}",
                    to_rfc3339(certificate.not_before), to_rfc3339(certificate.expires_at)));
}

}  // namespace calm
