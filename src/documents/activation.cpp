// {"server":"…","key":"…","vendor_key":"…","nonce":"…","at":"…","purpose":"…"[,"why":"…"],
//  "epoch":0,"size":0[,"company":"…"][,"contact":"…"][,"country":"…"][,"keys":["…"]]}
// {"server":"…","nonce":"…","serial":1,"issued_at":"…","until":"…","clearinghouse":"v4.public.…"}
#include "documents/activation.h"

#include <algorithm>

#include <fmt/format.h>

#include "documents/armour.h"
#include "documents/json_fields.h"
#include "documents/paseto.h"
#include "documents/signed_document.h"
#include "documents/tree_head.h"

namespace calm {
namespace {

constexpr size_t kTextMax = 200;

void append_filled(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    out += fmt::format(R"(,"{}":)", name);
    append_json_string(out, text);
}

std::string request_payload(const ActivationRequest& request) {
    std::string out = fmt::format(
        R"({{"server":"{}","key":"{}","vendor_key":"{}","nonce":"{}","at":"{}","purpose":"{}")",
        to_string(request.server), to_text(request.identity), to_text(request.vendor),
        to_hex(request.nonce), to_rfc3339(request.at), name_of(request.purpose));
    if (request.why) append_filled(out, "why", name_of(*request.why));
    out += fmt::format(R"(,"epoch":{},"size":{})", request.epoch, request.size);
    append_filled(out, "company", request.company);
    append_filled(out, "contact", request.contact);
    append_filled(out, "country", request.country);
    for (const ProductKey& key : request.keys) {
        out += &key == &request.keys.front() ? R"(,"keys":[")" : R"(",")";
        out += key.printed;
    }
    if (!request.keys.empty()) out += "\"]";
    return out + '}';
}

std::vector<ProductKey> keys_of(JsonFields& fields) {
    std::vector<ProductKey> keys;
    if (!fields.has("keys")) return keys;
    for (const std::string& text : fields.texts("keys", kRedeemedAtOnceMax, kProductKeySize)) {
        const auto key = parse_product_key(text);
        if (!key || key->printed != text) fields.refuse("keys", "holds no product key");
        if (key) keys.push_back(*key);
    }
    return keys;
}

Result<ActivationRequest> read_request_payload(std::string_view payload) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "activation_malformed"));
    ActivationRequest request{.server = fields.ledger("server"),
                              .identity = fields.key("key"),
                              .vendor = fields.key("vendor_key"),
                              .nonce = fields.hex<5>("nonce"),
                              .at = fields.time("at"),
                              .purpose = fields.name<ActivationPurpose>("purpose")};
    if (fields.has("why")) request.why = fields.name<ReactivationReason>("why");
    request.epoch = static_cast<uint32_t>(fields.number("epoch", 0, UINT32_MAX));
    request.size = fields.number("size", 0, kLogSizeMax);
    if (fields.has("company")) request.company = fields.text("company", 1, kTextMax);
    if (fields.has("contact")) request.contact = fields.text("contact", 1, kTextMax);
    if (fields.has("country")) request.country = fields.text("country", 1, kTextMax);
    request.keys = keys_of(fields);
    if (request.why.has_value() != (request.purpose == ActivationPurpose::reactivate))
        fields.refuse("why", "belongs to a reactivation, and only to one");
    if (request.server != ledger_id_of(request.identity))
        fields.refuse("key", "is not the one that the license server id names");
    CALM_TRY(fields.finish());
    return request;
}

std::string answer_payload(const Activation& activation) {
    std::string out = fmt::format(
        R"({{"server":"{}","nonce":"{}","serial":{},"issued_at":"{}","until":"{}","clearinghouse":)",
        to_string(activation.server), to_hex(activation.nonce), activation.serial,
        to_rfc3339(activation.issued_at), to_rfc3339(activation.until));
    append_json_string(out, activation.clearinghouse);
    return out + '}';
}

Result<Activation> read_answer_payload(std::string_view payload) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "activation_malformed"));
    Activation activation{.server = fields.ledger("server"),
                          .nonce = fields.hex<5>("nonce"),
                          .serial = fields.number("serial", 1, UINT32_MAX),
                          .issued_at = fields.time("issued_at"),
                          .until = fields.time("until"),
                          .clearinghouse = fields.text("clearinghouse", 1, kClearinghouseSizeMax)};
    CALM_TRY(fields.finish());
    return activation;
}

Result<std::string> body_of(std::string_view label, std::string_view text) {
    auto body = unarmour(label, text);
    if (!body) return fail("activation_malformed", body.error().detail);
    return body;
}

}  // namespace

Result<std::string> sign_activation_request(ActivationRequest request, const SecretKey& identity) {
    request.identity = identity.public_key();
    request.server = ledger_id_of(request.identity);
    const std::string payload = request_payload(request);
    CALM_TRY(read_request_payload(payload));
    return armour(kActivationRequestLabel,
                  sign_document(DocumentKind::activation_request, identity, payload));
}

Result<ActivationRequest> read_activation_request(std::string_view text) {
    CALM_TRY_ASSIGN(const std::string document, body_of(kActivationRequestLabel, text));
    const auto parts = paseto_split(document, kActivationRequestSizeMax);
    if (!parts) return fail("activation_malformed", parts.error().detail);
    CALM_TRY_ASSIGN(ActivationRequest request, read_request_payload(parts->message));
    const auto payload = verify_document(DocumentKind::activation_request, document,
                                         request.identity, kActivationRequestSizeMax);
    if (!payload) return fail("activation_altered", payload.error().detail);
    return request;
}

Result<std::string> sign_activation(const Activation& activation, const SecretKey& clearinghouse) {
    const std::string payload = answer_payload(activation);
    CALM_TRY(read_answer_payload(payload));
    CALM_TRY_ASSIGN(const auto certificate, read_clearinghouse(activation.clearinghouse));
    CALM_TRY(check_signing_time(certificate, activation.issued_at));
    return armour(kActivationLabel,
                  sign_document(DocumentKind::activation, clearinghouse, payload));
}

Result<VerifiedActivation> verify_activation(std::string_view text,
                                             std::span<const PublicKey> vendors) {
    CALM_TRY_ASSIGN(const std::string document, body_of(kActivationLabel, text));
    const auto parts = paseto_split(document, kActivationSizeMax);
    if (!parts) return fail("activation_malformed", parts.error().detail);
    CALM_TRY_ASSIGN(Activation activation, read_answer_payload(parts->message));
    CALM_TRY_ASSIGN(const auto certificate, read_clearinghouse(activation.clearinghouse));
    if (std::ranges::find(vendors, certificate.vendor) == vendors.end()) {
        return fail("clearinghouse_untrusted",
                    "it is of a vendor with the key " + fingerprint(certificate.vendor));
    }
    const auto payload =
        verify_document(DocumentKind::activation, document, certificate.key, kActivationSizeMax);
    if (!payload) return fail("activation_altered", payload.error().detail);
    CALM_TRY(check_signing_time(certificate, activation.issued_at));
    return VerifiedActivation{std::move(activation), certificate.vendor};
}

}  // namespace calm
