#include "server/pack_preview.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/verbs.h"
#include "documents/armour.h"
#include "documents/ledger_id.h"
#include "documents/pack_transfer.h"
#include "messages/detail.h"
#include "wire/fields.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

void append_text(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out += fmt::format(R"(,"{}":)", name);
    wire::append_json_string(out, value);
}

void append_said(std::string& out, const KeyPackDocument& pack) {
    out +=
        fmt::format(R"({{"document":"{}","product":"{}","kind":"{}","quantity":{},"channel":"{}",)"
                    R"("not_before":"{}","issued_at":"{}","fingerprint":"{}","also":[)",
                    to_hex(pack.pack_id), pack.product.code, name_of(pack.kind), pack.quantity,
                    name_of(pack.channel), to_rfc3339(pack.not_before), to_rfc3339(pack.issued_at),
                    fingerprint(pack.vendor_key));
    for (const std::string& code : pack.also)
        out += fmt::format(R"({}"{}")", out.back() == '[' ? "" : ",", code);
    out += ']';
    append_text(out, "vendor", pack.vendor);
    append_text(out, "buy_url", pack.buy_url);
    if (pack.agreement) {
        append_text(out, "agreement_program", name_of(pack.agreement->program));
        append_text(out, "agreement_number", pack.agreement->number);
    }
    if (pack.overdraft > 0) out += fmt::format(R"(,"overdraft":{})", pack.overdraft);
    if (pack.metric != PackMetric::named) append_text(out, "metric", name_of(pack.metric));
    if (pack.maintained_until)
        append_text(out, "maintained_until", to_rfc3339(*pack.maintained_until));
    if (pack.expires_at) out += fmt::format(R"(,"expires_at":"{}")", to_rfc3339(*pack.expires_at));
    if (asks_for_activation(pack)) out += R"(,"activation":true)";
    if (pack.hardware) out += R"(,"hardware":true)";
    if (pack.renewal > 0) out += fmt::format(R"(,"renewal":{})", pack.renewal);
    if (pack.license_server) append_text(out, "license_server_id", to_string(*pack.license_server));
    out += '}';
}

// The pool that the pack would join: seats of this kind for this product.
void append_pool(std::string& out, const Ledger& ledger, const KeyPackDocument& pack, Instant now) {
    uint64_t owned = 0;
    uint64_t used = 0;
    for (const Pack& each : ledger.packs()) {
        if (each.removed || each.terms.product != pack.product.code ||
            each.terms.kind != pack.kind || !each.usable(now)) {
            continue;
        }
        owned += each.quantity();
        used += each.used;
    }
    const KeyBytes& vendor = pack.vendor_key.bytes;
    const bool activated =
        !asks_for_activation(pack) ||
        (ledger.trusts(vendor) && now < ledger.vendor_state(vendor).activated_until);
    const bool at_once = pack.not_before <= now && activated;
    out += fmt::format(R"({{"owned_now":{},"owned_then":{},"used":{}}})", owned,
                       owned + (at_once ? pack.quantity : 0), used);
}

// nullopt: nothing stands in the way.
std::optional<Error> objection(const Api& api, const BroughtPack& brought,
                               const KeyPackDocument& pack) {
    if (const auto admissible = admissible_pack(api, brought.text); !admissible)
        return admissible.error();
    const Ledger& ledger = api.server.ledger();
    if (pack.defines_product && !ledger.find_product(pack.product.code)) return std::nullopt;
    entry::PackInstalled terms = terms_of(pack);
    terms.moved_from = brought.origin;
    const auto entries = decide_installation(ledger, terms, api.server.now());
    if (!entries) return entries.error();
    return std::nullopt;
}

}  // namespace

entry::PackInstalled terms_of(const KeyPackDocument& pack) {
    return {.document = pack.pack_id,
            .product = pack.product.code,
            .kind = pack.kind,
            .quantity = pack.quantity,
            .channel = pack.channel,
            .vendor = pack.vendor_key.bytes,
            .not_before = pack.not_before,
            .expires_at = pack.expires_at,
            .also = pack.also,
            .metric = pack.metric,
            .overdraft = pack.overdraft,
            .maintained_until = pack.maintained_until,
            .agreement = pack.agreement,
            .activation = asks_for_activation(pack),
            .renewal = pack.renewal};
}

Result<KeyPackDocument> admissible_pack(const Api& api, std::string_view text) {
    std::vector<PublicKey> vendors;
    for (const KeyBytes& key : api.server.ledger().vendors())
        vendors.push_back({key});
    // A pack may be installed before it begins; until then it gives nothing.
    const auto shown = inspect_key_pack(text);
    const Instant at = std::max(api.server.now(), shown ? shown->not_before : Instant{});
    CALM_TRY_ASSIGN(const KeyPackDocument pack, verify_key_pack(text, vendors, at));
    if (pack.license_server &&
        *pack.license_server != ledger_id_of(api.server.node().identity.public_key())) {
        return fail("pack_for_another_server",
                    "the pack was made for license server " + to_string(*pack.license_server));
    }
    if (pack.hardware && pack.hardware != api.hardware) {
        return fail("pack_for_other_hardware",
                    api.hardware ? "this machine has another number of its maker"
                                 : "this machine's number cannot be read (oem.hardware_id_file)");
    }
    return pack;
}

Result<VendorDocument> vendor_shown_by(std::string_view text) {
    if (text.find(kPackTransferLabel) != std::string_view::npos) {
        CALM_TRY_ASSIGN(const PackTransfer transfer, verify_pack_transfer(text));
        return vendor_shown_by(armour(kKeyPackLabel, transfer.pack));
    }
    if (text.find(kKeyPackLabel) == std::string_view::npos) return read_vendor(text);
    CALM_TRY_ASSIGN(const KeyPackDocument pack, inspect_key_pack(text));
    return VendorDocument{.name = pack.vendor,
                          .key = pack.vendor_key,
                          .issued_at = pack.issued_at,
                          .buy_url = pack.buy_url};
}

Result<std::string> preview_pack(const Api& api, const BroughtPack& brought, Language language) {
    CALM_TRY_ASSIGN(const KeyPackDocument pack, inspect_key_pack(brought.text));
    const Ledger& ledger = api.server.ledger();
    std::string out = R"({"pack":)";
    append_said(out, pack);
    out += fmt::format(R"(,"vendor_trusted":{},"product_known":{},"defines_product":{},"pool":)",
                       ledger.trusts(pack.vendor_key.bytes),
                       static_cast<bool>(ledger.find_product(pack.product.code)),
                       pack.defines_product);
    append_pool(out, ledger, pack, api.server.now());
    wire::append_origin(out, brought.origin);
    const auto problem = objection(api, brought, pack);
    out += fmt::format(R"(,"installable":{})", !problem.has_value());
    if (problem) {
        const std::string as_problem = "problem." + problem->code;
        const std::string key =
            has_message(language, as_problem + ".title") ? as_problem : "reason." + problem->code;
        out += fmt::format(R"(,"problem":{{"code":"{}")", problem->code);
        append_text(out, "title", message(language, key + ".title"));
        append_text(out, "remedy", message(language, key + ".remedy"));
        append_text(out, "detail", translated_detail(language, problem->detail));
        out += '}';
    }
    out += '}';
    return out;
}

}  // namespace calm
