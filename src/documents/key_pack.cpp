// The payload and its reader; docs/internals/documents.md describes the fields.
#include "documents/key_pack.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include <fmt/format.h>

#include "documents/armour.h"
#include "documents/clearinghouse_certificate.h"
#include "documents/json_fields.h"
#include "documents/product_fields.h"
#include "documents/signed_document.h"
#include "documents/vendor.h"

namespace calm {
namespace {

constexpr size_t kNameMax = 200;
constexpr size_t kAgreementMax = 64;

std::unexpected<Error> malformed(const Error& error) {
    return fail("pack_malformed", error.detail);
}

void append_text(std::string& out, std::string_view name, std::string_view value) {
    out += fmt::format(R"(,"{}":)", name);
    append_json_string(out, value);
}

// REQUIRES: product codes, which need no escaping.
void append_codes(std::string& out, std::string_view name, const std::vector<std::string>& codes) {
    out += fmt::format(R"(,"{}":["{}"])", name, fmt::join(codes, R"(",")"));
}

void append_rules(std::string& out, const ProductRules& rules) {
    char separator = '{';
    out += R"(,"rules":)";
    for_each_rule(rules, [&](const char* name, auto value) {
        out += fmt::format(R"({}"{}":)", separator, name);
        if constexpr (std::is_enum_v<decltype(value)>) {
            append_json_string(out, name_of(value));
        } else {
            out += fmt::format("{}", value);
        }
        separator = ',';
    });
    for_each_exemption(rules, [&](const char* name, bool needs_cal) {
        if (needs_cal) out += fmt::format(R"(,"{}":true)", name);
    });
    for_each_sale_rule(rules, [&](const char* name, auto value) {
        if (value != decltype(value){}) out += fmt::format(R"(,"{}":{})", name, value);
    });
    for_each_usual_rule(rules, [&](const char* name, uint16_t value, uint16_t usual) {
        if (value != usual) out += fmt::format(R"(,"{}":{})", name, value);
    });
    if (rules.pack_kinds.any()) append_codes(out, "pack_kinds", pack_kind_names(rules.pack_kinds));
    if (const auto sizes = stated_sizes(rules.cal_pack_sizes); !sizes.empty())
        out += fmt::format(R"(,"cal_pack_sizes":[{}])", fmt::join(sizes, ","));
    out += '}';
}

}  // namespace

std::string key_pack_payload(const KeyPackDocument& pack) {
    std::string out = fmt::format(
        R"({{"pack":"{}","product":"{}","family":"{}","version":{},"kind":"{}","quantity":{})",
        to_hex(pack.pack_id), pack.product.code, pack.product.family, pack.product.version,
        name_of(pack.kind), pack.quantity);
    append_text(out, "channel", name_of(pack.channel));
    if (pack.agreement) {
        append_text(out, "program", name_of(pack.agreement->program));
        append_text(out, "agreement", pack.agreement->number);
    }
    append_text(out, "not_before", to_rfc3339(pack.not_before));
    if (pack.expires_at) append_text(out, "expires_at", to_rfc3339(*pack.expires_at));
    append_text(out, "vendor", pack.vendor);
    append_text(out, "vendor_key", to_text(pack.vendor_key));
    append_text(out, "issued_at", to_rfc3339(pack.issued_at));
    if (pack.license_server) append_text(out, "license_server", to_string(*pack.license_server));
    if (!pack.buy_url.empty()) append_text(out, "buy_url", pack.buy_url);
    if (!pack.also.empty()) append_codes(out, "also", pack.also);
    if (pack.metric != PackMetric::named) append_text(out, "metric", name_of(pack.metric));
    if (pack.overdraft > 0) out += fmt::format(R"(,"overdraft":{})", pack.overdraft);
    if (pack.maintained_until) {
        append_text(out, "maintained_until", to_rfc3339(*pack.maintained_until));
    }
    if (!pack.product.bases.empty()) append_codes(out, "bases", pack.product.bases);
    if (pack.product.released) append_text(out, "released", to_rfc3339(*pack.product.released));
    if (pack.defines_product) append_rules(out, pack.product.rules);
    if (!pack.clearinghouse.empty()) append_text(out, "clearinghouse", pack.clearinghouse);
    if (pack.hardware) append_text(out, "hardware", to_hex(*pack.hardware));
    if (pack.renewal > 0) out += fmt::format(R"(,"renewal":{})", pack.renewal);
    out += '}';
    return out;
}

namespace {

Result<ProductRules> read_rules(JsonFields fields) {
    ProductRules rules;
    for_each_rule(rules, [&](const char* name, auto& member) {
        using Member = std::remove_reference_t<decltype(member)>;
        if constexpr (std::is_enum_v<Member>) {
            member = fields.name<Member>(name);
        } else if constexpr (std::is_same_v<Member, bool>) {
            member = fields.flag(name);
        } else {
            member =
                static_cast<Member>(fields.number(name, 0, std::numeric_limits<Member>::max()));
        }
    });
    for_each_exemption(rules, [&](const char* name, bool& needs_cal) {
        if (fields.has(name)) needs_cal = fields.flag(name);
    });
    for_each_sale_rule(rules, [&](const char* name, auto& member) {
        using Member = std::remove_reference_t<decltype(member)>;
        if (!fields.has(name)) return;
        if constexpr (std::is_same_v<Member, bool>) {
            member = fields.flag(name);
        } else {
            member =
                static_cast<Member>(fields.number(name, 0, std::numeric_limits<Member>::max()));
        }
    });
    for_each_usual_rule(rules, [&](const char* name, uint16_t& member, uint16_t) {
        if (!fields.has(name)) return;
        member =
            static_cast<uint16_t>(fields.number(name, 0, std::numeric_limits<uint16_t>::max()));
    });
    if (fields.has("pack_kinds")) {
        const auto kinds = pack_kinds_named(
            fields.texts("pack_kinds", NamesOf<PackKind>::value.size(), kPackKindBytesMax));
        if (!kinds) fields.refuse("pack_kinds", "names a kind that is not known here");
        rules.pack_kinds = kinds.value_or(PackKinds{});
    }
    if (fields.has("cal_pack_sizes")) {
        std::ranges::copy(fields.ids("cal_pack_sizes", rules.cal_pack_sizes.size()),
                          rules.cal_pack_sizes.begin());
    }
    CALM_TRY(fields.finish());
    return rules;
}

// What the fields say together.
Result<> check(const KeyPackDocument& pack) {
    if (const auto product = check_product(pack.product); !product) {
        return malformed(product.error());
    }
    if ((pack.channel == Channel::volume) != pack.agreement.has_value()) {
        return fail("pack_malformed",
                    "an agreement belongs to the channel `volume` and only to it");
    }
    if (pack.agreement) CALM_TRY(check_agreement(*pack.agreement));
    if (const auto suite = check_suite(pack.product.code, pack.also); !suite) {
        return malformed(suite.error());
    }
    if (pack.defines_product && !sold_in(pack.product.rules, pack.kind)) {
        return fail("pack_kind_not_sold",
                    fmt::format("by its own rules, `{}` is not sold in packs of the kind `{}`",
                                pack.product.code, name_of(pack.kind)));
    }
    if (pack.hardware && pack.channel != Channel::oem) {
        return fail("pack_malformed", "only a pack of the channel `oem` comes with a machine");
    }
    if (pack.expires_at && *pack.expires_at <= pack.not_before) {
        return fail("pack_malformed", "it expires before it becomes valid");
    }
    if (!pack.buy_url.empty() && !is_web_address(pack.buy_url)) {
        return fail("pack_malformed", "`buy_url` is not a web address");
    }
    return {};
}

struct Opened {
    std::string token;
    KeyPackDocument pack;
};

// The pack and its own signature.
Result<Opened> open(std::string_view text) {
    CALM_TRY_ASSIGN(std::string token, key_pack_document(text));
    const auto parts = paseto_split(token, kKeyPackSizeMax);
    if (!parts) return malformed(parts.error());
    // Read before it is verified, because the key to verify with stands in it; nothing of it is
    // used until then.
    CALM_TRY_ASSIGN(KeyPackDocument pack, read_key_pack(parts->message));
    CALM_TRY_ASSIGN(const PublicKey signer, key_pack_signer(pack));
    const auto payload = verify_document(DocumentKind::key_pack, token, signer, kKeyPackSizeMax);
    if (!payload) return fail("pack_altered", payload.error().detail);
    return Opened{std::move(token), std::move(pack)};
}

}  // namespace

Result<std::string> issue_key_pack(KeyPackDocument document, const SecretKey& key) {
    document.vendor_key = key.public_key();
    if (!document.clearinghouse.empty()) {
        CALM_TRY_ASSIGN(const auto certificate, read_clearinghouse(document.clearinghouse));
        document.vendor_key = certificate.vendor;
        CALM_TRY(key_pack_signer(document));
    }
    // Product names go into the text as they are; everything else is checked by reading it back.
    CALM_TRY(check(document));
    const std::string payload = key_pack_payload(document);
    CALM_TRY(read_key_pack(payload));
    return armour(kKeyPackLabel, sign_document(DocumentKind::key_pack, key, payload));
}

Hash hardware_hash(std::string_view id) {
    std::string plain = "calm hardware\n";
    for (const char c : id) {
        if (c == '-' || c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return sha256(plain);
}

Result<PublicKey> key_pack_signer(const KeyPackDocument& pack) {
    if (pack.clearinghouse.empty()) return pack.vendor_key;
    CALM_TRY_ASSIGN(const auto certificate, read_clearinghouse(pack.clearinghouse));
    if (certificate.vendor != pack.vendor_key)
        return fail("clearinghouse_untrusted", "its clearinghouse is of another vendor");
    CALM_TRY(check_signing_time(certificate, pack.issued_at));
    return certificate.key;
}

Result<KeyPackDocument> inspect_key_pack(std::string_view text) {
    CALM_TRY_ASSIGN(Opened opened, open(text));
    return std::move(opened.pack);
}

Result<KeyPackDocument> verify_key_pack(std::string_view text, std::span<const PublicKey> vendors,
                                        Instant now) {
    CALM_TRY_ASSIGN(Opened opened, open(text));
    if (std::ranges::find(vendors, opened.pack.vendor_key) == vendors.end()) {
        return fail("pack_vendor_unknown",
                    fmt::format("`{}` signed it, with the key {}", opened.pack.vendor,
                                fingerprint(opened.pack.vendor_key)));
    }
    CALM_TRY(check_pack_dates(opened.pack, now));
    return std::move(opened.pack);
}

Result<> check_pack_dates(const KeyPackDocument& pack, Instant now) {
    if (now < pack.not_before) {
        return fail("pack_not_yet_valid",
                    "it is valid from " + to_rfc3339(pack.not_before) + " on");
    }
    if (pack.expires_at && *pack.expires_at <= now) {
        return fail("pack_expired", "it was valid until " + to_rfc3339(*pack.expires_at));
    }
    return {};
}

Result<std::string> key_pack_document(std::string_view text) {
    auto token = unarmour(kKeyPackLabel, text);
    if (!token) return malformed(token.error());
    return token;
}

Result<KeyPackDocument> read_key_pack(std::string_view payload) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "pack_malformed"));
    KeyPackDocument pack;
    pack.pack_id = fields.hex<16>("pack");
    pack.product.code = fields.text("product", 1, 64);
    pack.product.family = fields.text("family", 1, 64);
    pack.product.version = static_cast<uint16_t>(fields.number("version", 0, UINT16_MAX));
    pack.kind = fields.name<PackKind>("kind");
    pack.quantity = static_cast<uint32_t>(fields.number("quantity", 1, kPackQuantityMax));
    pack.channel = fields.name<Channel>("channel");
    if (fields.has("program") || fields.has("agreement")) {
        pack.agreement = Agreement{.program = fields.name<AgreementProgram>("program"),
                                   .number = fields.text("agreement", 1, kAgreementMax)};
    }
    pack.not_before = fields.time("not_before");
    if (fields.has("expires_at")) pack.expires_at = fields.time("expires_at");
    pack.vendor = fields.text("vendor", 1, kNameMax);
    pack.vendor_key = fields.key("vendor_key");
    pack.issued_at = fields.time("issued_at");
    if (fields.has("license_server")) pack.license_server = fields.ledger("license_server");
    if (fields.has("buy_url")) pack.buy_url = fields.text("buy_url", 1, kNameMax);
    if (fields.has("also")) pack.also = fields.texts("also", kSuiteMax, 64);
    if (fields.has("metric")) pack.metric = fields.name<PackMetric>("metric");
    if (fields.has("overdraft")) {
        pack.overdraft = static_cast<uint32_t>(fields.number("overdraft", 1, kPackQuantityMax));
    }
    if (fields.has("maintained_until")) pack.maintained_until = fields.time("maintained_until");
    if (fields.has("bases")) pack.product.bases = fields.texts("bases", kBasesMax, 64);
    if (fields.has("released")) pack.product.released = fields.time("released");
    if (fields.has("clearinghouse"))
        pack.clearinghouse = fields.text("clearinghouse", 1, kClearinghouseSizeMax);
    if (fields.has("hardware")) pack.hardware = fields.hash("hardware");
    if (fields.has("renewal"))
        pack.renewal = static_cast<uint32_t>(fields.number("renewal", 1, UINT32_MAX));
    pack.defines_product = fields.has("rules");
    if (pack.defines_product) {
        CALM_TRY_ASSIGN(pack.product.rules, read_rules(fields.object("rules")));
    }
    CALM_TRY(fields.finish());
    CALM_TRY(check(pack));
    return pack;
}

}  // namespace calm
