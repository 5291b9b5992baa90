// Key packs and vendors, shown.
#include "cli/pack_view.h"

#include <boost/json.hpp>
#include <fmt/ranges.h>

#include "cli/answer.h"
#include "cli/files.h"
#include "documents/armour.h"
#include "documents/ledger_id.h"

namespace calm::cli {
namespace {

std::string state_of(const KeyPackDocument& pack, Instant now) {
    const auto dates = check_pack_dates(pack, now);
    if (dates) return "valid";
    return dates.error().code == "pack_expired" ? "expired" : "not_yet_valid";
}

}  // namespace

boost::json::object pack_json(const KeyPackDocument& pack, Instant now) {
    boost::json::object out{{"document", to_hex(pack.pack_id)},
                            {"product", pack.product.code},
                            {"defines_product", pack.defines_product},
                            {"kind", name_of(pack.kind)},
                            {"quantity", pack.quantity},
                            {"channel", name_of(pack.channel)},
                            {"not_before", to_rfc3339(pack.not_before)},
                            {"vendor", pack.vendor},
                            {"vendor_key", to_text(pack.vendor_key)},
                            {"fingerprint", fingerprint(pack.vendor_key)},
                            {"issued_at", to_rfc3339(pack.issued_at)},
                            {"state", state_of(pack, now)}};
    if (pack.expires_at) out["expires_at"] = to_rfc3339(*pack.expires_at);
    if (pack.agreement) {
        out["agreement"] = {{"program", name_of(pack.agreement->program)},
                            {"number", pack.agreement->number}};
    }
    if (pack.license_server) out["license_server_id"] = to_string(*pack.license_server);
    if (!pack.buy_url.empty()) out["buy_url"] = pack.buy_url;
    if (pack.overdraft > 0) out["overdraft"] = pack.overdraft;
    if (pack.maintained_until) out["maintained_until"] = to_rfc3339(*pack.maintained_until);
    if (pack.metric != PackMetric::named) out["metric"] = name_of(pack.metric);
    if (!pack.also.empty()) out["also"] = boost::json::value_from(pack.also);
    return out;
}

std::string pack_facts(const Call& call, const KeyPackDocument& pack, Instant now) {
    const auto label = [&](const char* name) { return call.text(std::string("fact.") + name); };
    return fact_lines(
        {{label("product"), pack.product.code},
         {label("also"), fmt::format("{}", fmt::join(pack.also, ", "))},
         {label("kind"), std::string(name_of(pack.kind))},
         {label("quantity"), std::to_string(pack.quantity)},
         {label("metric"),
          pack.metric == PackMetric::named ? "" : std::string(name_of(pack.metric))},
         {label("overdraft"), pack.overdraft > 0 ? std::to_string(pack.overdraft) : ""},
         {label("channel"), std::string(name_of(pack.channel))},
         {label("agreement"),
          pack.agreement ? call.text("program." + std::string(name_of(pack.agreement->program))) +
                               " " + pack.agreement->number
                         : ""},
         {label("not_before"), to_rfc3339(pack.not_before)},
         {label("expires_at"),
          pack.expires_at ? to_rfc3339(*pack.expires_at) : call.text("word.never")},
         {label("maintained_until"),
          pack.maintained_until ? to_rfc3339(*pack.maintained_until) : ""},
         {label("state"), call.text("state." + state_of(pack, now))},
         {label("license_server"),
          pack.license_server ? to_string(*pack.license_server) : call.text("word.any")},
         {label("signed_by"), pack.vendor},
         {label("fingerprint"), fingerprint(pack.vendor_key)},
         {label("issued_at"), to_rfc3339(pack.issued_at)},
         {label("buy_url"), pack.buy_url},
         {label("document"), to_hex(pack.pack_id)}});
}

boost::json::object vendor_json(const VendorDocument& vendor) {
    boost::json::object out{{"name", vendor.name},
                            {"key", to_text(vendor.key)},
                            {"fingerprint", fingerprint(vendor.key)},
                            {"issued_at", to_rfc3339(vendor.issued_at)}};
    if (!vendor.contact.empty()) out["contact"] = vendor.contact;
    if (!vendor.buy_url.empty()) out["buy_url"] = vendor.buy_url;
    return out;
}

std::string vendor_facts(const Call& call, const VendorDocument& vendor) {
    const auto label = [&](const char* name) { return call.text(std::string("fact.") + name); };
    return fact_lines({{label("vendor"), vendor.name},
                       {label("contact"), vendor.contact},
                       {label("buy_url"), vendor.buy_url},
                       {label("issued_at"), to_rfc3339(vendor.issued_at)},
                       {label("fingerprint"), fingerprint(vendor.key)}});
}

std::string fingerprint_block(const PublicKey& key) {
    return "  " + fingerprint(key, "\n  ") + "\n";
}

Result<PackFile> read_pack_file(const std::string& file) {
    PackFile read;
    CALM_TRY_ASSIGN(read.text, read_file(file, kArmouredSizeMax));
    if (read.text.find(kPackTransferLabel) == std::string::npos) {
        CALM_TRY_ASSIGN(read.pack, inspect_key_pack(read.text));
        return read;
    }
    CALM_TRY_ASSIGN(read.transfer, verify_pack_transfer(read.text));
    CALM_TRY_ASSIGN(read.pack, inspect_key_pack(armour(kKeyPackLabel, read.transfer->pack)));
    return read;
}

void show_pack_file(Call& call, const PackFile& file) {
    if (call.json()) {
        boost::json::object json = pack_json(file.pack, call.now());
        if (file.transfer) {
            json["moved_from"] = to_string(file.transfer->from);
            json["moved_to"] = to_string(file.transfer->to);
            json["moved_at"] = to_rfc3339(file.transfer->at);
        }
        call.print_json(json);
        return;
    }
    call.print(pack_facts(call, file.pack, call.now()));
    if (!file.transfer) return;
    call.print(fact_lines({{call.text("fact.moved_from"), to_string(file.transfer->from)},
                           {call.text("fact.moved_to"), to_string(file.transfer->to)},
                           {call.text("fact.moved_at"), to_rfc3339(file.transfer->at)}}));
}

}  // namespace calm::cli
