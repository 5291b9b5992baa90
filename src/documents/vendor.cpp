// {"vendor":"…","key":"…","issued_at":"…"[,"contact":"…"][,"buy_url":"…"]}
#include "documents/vendor.h"

#include <algorithm>

#include <fmt/format.h>

#include "documents/armour.h"
#include "documents/json_fields.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

constexpr size_t kVendorSizeMax = 4096;
constexpr size_t kFieldMax = 200;

std::string payload_of(const VendorDocument& document) {
    std::string out = R"({"vendor":)";
    append_json_string(out, document.name);
    out += fmt::format(R"(,"key":"{}","issued_at":"{}")", to_text(document.key),
                       to_rfc3339(document.issued_at));
    if (!document.contact.empty()) {
        out += R"(,"contact":)";
        append_json_string(out, document.contact);
    }
    if (!document.buy_url.empty()) {
        out += R"(,"buy_url":)";
        append_json_string(out, document.buy_url);
    }
    out += '}';
    return out;
}

Result<VendorDocument> read_payload(std::string_view payload) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "vendor_malformed"));
    VendorDocument document{.name = fields.text("vendor", 1, kFieldMax),
                            .key = fields.key("key"),
                            .issued_at = fields.time("issued_at")};
    if (fields.has("contact")) document.contact = fields.text("contact", 1, kFieldMax);
    if (fields.has("buy_url")) {
        document.buy_url = fields.text("buy_url", 1, kFieldMax);
        if (!is_web_address(document.buy_url)) fields.refuse("buy_url", "is not a web address");
    }
    CALM_TRY(fields.finish());
    return document;
}

}  // namespace

bool is_web_address(std::string_view text) {
    return (text.starts_with("https://") || text.starts_with("http://")) && text.size() > 8 &&
           text.size() <= kFieldMax &&
           std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
}

Result<std::string> issue_vendor(VendorDocument document, const SecretKey& key) {
    document.key = key.public_key();
    const std::string payload = payload_of(document);
    // What this program signs, it reads: one place says what a document may hold.
    CALM_TRY(read_payload(payload));
    return armour(kVendorLabel, sign_document(DocumentKind::vendor, key, payload));
}

Result<VendorDocument> read_vendor(std::string_view text) {
    const auto malformed = [](const Error& error) {
        return fail("vendor_malformed", error.detail);
    };
    // Its clearinghouse's certificate may stand behind it.
    const auto token = unarmour(kVendorLabel, armour_block(kVendorLabel, text));
    if (!token) return malformed(token.error());
    const auto parts = paseto_split(*token, kVendorSizeMax);
    if (!parts) return malformed(parts.error());
    CALM_TRY_ASSIGN(VendorDocument document, read_payload(parts->message));
    const auto payload =
        verify_document(DocumentKind::vendor, *token, document.key, kVendorSizeMax);
    if (!payload) return fail("vendor_altered", payload.error().detail);
    return document;
}

}  // namespace calm
