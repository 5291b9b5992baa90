#include "server/clearinghouse_link.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "documents/armour.h"
#include "server/outgoing.h"
#include "server/pack_preview.h"

namespace calm {
namespace {

constexpr std::string_view kActivationsPath = "/v1/activations";

// What a problem document says to a person.
std::string told_by(const outgoing::HttpAnswer& answer) {
    boost::system::error_code failed;
    const boost::json::value problem = boost::json::parse(answer.body, failed);
    const auto text = [&](std::string_view name) -> std::string {
        if (failed || !problem.is_object()) return {};
        const auto* found = problem.get_object().if_contains(name);
        return found == nullptr || !found->is_string() ? std::string()
                                                       : std::string(found->get_string());
    };
    std::string out = text("title");
    if (const std::string detail = text("detail"); !detail.empty())
        out += (out.empty() ? "" : ": ") + detail;
    return out.empty() ? fmt::format("it answered {}", answer.status) : out;
}

}  // namespace

std::optional<KnownClearinghouse> clearinghouse_in(std::string_view text, const PublicKey& vendor) {
    const auto document = unarmour(kClearinghouseLabel, armour_block(kClearinghouseLabel, text));
    if (!document) return std::nullopt;
    const auto certificate = read_clearinghouse(*document);
    if (!certificate || certificate->vendor != vendor) return std::nullopt;
    return KnownClearinghouse{*certificate, *document};
}

std::optional<KnownClearinghouse> clearinghouse_of(const Api& api, const KeyBytes& vendor) {
    const std::string* text = api.directory.vendor_document(to_hex(vendor));
    if (text == nullptr) return std::nullopt;
    return clearinghouse_in(*text, PublicKey{vendor});
}

bool is_newer(std::string_view text, std::string_view document) {
    const auto brought = read_clearinghouse(document);
    if (!brought) return false;
    const auto known = clearinghouse_in(text, brought->vendor);
    return !known || known->certificate.number <= brought->number;
}

std::string with_clearinghouse(std::string_view text, std::string_view document) {
    std::string out;
    if (const auto blocks = armour_blocks(text)) {
        const std::string begin = fmt::format("-----BEGIN {}-----", kClearinghouseLabel);
        for (const std::string_view block : *blocks) {
            if (!block.starts_with(begin)) out += block;
        }
    }
    if (!out.empty() && !out.ends_with('\n')) out += '\n';
    return out + armour(kClearinghouseLabel, document);
}

Result<KeyBytes> vendor_named(const Api& api, std::string_view text) {
    const auto& vendors = api.server.ledger().vendors();
    if (text.empty() && vendors.size() == 1) return vendors.front();
    const KeyBytes* found = nullptr;
    for (const KeyBytes& key : vendors) {
        const PublicKey vendor{key};
        if (text != to_text(vendor) && text != to_hex(key) && text != fingerprint(vendor) &&
            text != vendor_name(api, key)) {
            continue;
        }
        if (found != nullptr)
            return fail("vendor_unknown",
                        fmt::format("several vendors are called `{}`: give the key", text));
        found = &key;
    }
    if (found != nullptr) return *found;
    if (text.empty())
        return fail("vendor_unknown",
                    fmt::format("{} vendors are trusted: say which one", vendors.size()));
    return fail("vendor_unknown", fmt::format("no vendor `{}` is trusted here", text));
}

bool needs_activation(const Ledger& ledger, const KeyBytes& vendor) {
    return std::ranges::any_of(ledger.packs(), [&](const Pack& pack) {
        return pack.terms.activation && pack.terms.vendor == vendor && !pack.removed;
    });
}

std::string_view activation_state(const Ledger& ledger, const KeyBytes& vendor, Instant now) {
    const VendorState& state = ledger.vendor_state(vendor);
    if (now < state.activated_until) return "activated";
    return state.serial > 0 ? "ended" : "not_activated";
}

std::string vendor_name(const Api& api, const KeyBytes& vendor) {
    const std::string* text = api.directory.vendor_document(to_hex(vendor));
    if (text == nullptr) return {};
    const auto document = vendor_shown_by(*text);
    return document ? document->name : std::string();
}

Result<std::string> ask_clearinghouse(const std::string& address, std::string_view request,
                                      const std::string& ca_file, Language language,
                                      const std::atomic<bool>& stopping) {
    std::string url = address;
    while (url.ends_with('/'))
        url.pop_back();
    url += kActivationsPath;
    const auto answer = outgoing::post(
        {.url = url,
         .body = request,
         .headers = {"Content-Type: text/plain",
                     fmt::format("Accept-Language: {}", language == Language::fr ? "fr" : "en")},
         .ca_file = ca_file,
         .answer_bytes_max = kAnswerSizeMax},
        stopping);
    if (!answer) return fail("clearinghouse_unreachable", answer.error().detail);
    if (answer->status == 200) return answer->body;
    const bool passes = answer->status == 429 || answer->status >= 500;
    return std::unexpected(
        Error{passes ? "clearinghouse_unreachable" : "clearinghouse_refused", told_by(*answer)});
}

}  // namespace calm
