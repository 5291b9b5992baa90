#include "server/activation_answer.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <sodium.h>

#include "core/vendor_word.h"
#include "documents/armour.h"
#include "documents/key_pack.h"
#include "documents/status_list.h"
#include "documents/succession.h"
#include "messages/detail.h"
#include "messages/messages.h"
#include "server/clearinghouse_link.h"
#include "server/pack_installation.h"
#include "wire/fields.h"

namespace calm {
namespace {

// A clearinghouse's clock and this server's may differ by that.
constexpr Seconds kClockDifference = days(1);

// What is told as done must be written: a server that has stopped issuing takes nothing.
Result<> check_writes(const Api& api) {
    if (api.server.stopped()) return std::unexpected(*api.server.stopped());
    return {};
}

// A server whose certificate ends soon asks for news, and is answered by a certificate too.
bool may_be_certified(const Api& api, const OpenRequest& asked) {
    switch (asked.purpose) {
        case ActivationPurpose::activate:
        case ActivationPurpose::reactivate: return true;
        case ActivationPurpose::packs:
            return api.server.ledger().vendor_state(asked.vendor).activated_until <=
                   asked.at + kClockDifference;
        case ActivationPurpose::deactivate: break;
    }
    return false;
}

LedgerId this_server(const Api& api) {
    return ledger_id_of(api.server.node().identity.public_key());
}

std::vector<PublicKey> trusted_vendors(const Api& api) {
    std::vector<PublicKey> vendors;
    for (const KeyBytes& key : api.server.ledger().vendors())
        vendors.push_back({key});
    return vendors;
}

struct Refused {
    std::string what;  // "pack", "status_list", "succession"
    Error error;
};

struct Taken {
    std::optional<VerifiedActivation> certificate;
    std::vector<PackId> packs;
    std::vector<PackId> renewed;
    std::vector<PackId> revoked;
    uint64_t status_list = 0;
    std::vector<Refused> refused;
};

std::string numbers(const std::vector<PackId>& packs) {
    std::string out = "[";
    for (const PackId pack : packs)
        out += fmt::format("{}{}", out.size() == 1 ? "" : ",", pack.value);
    return out + "]";
}

// What went wrong, in the words of whoever reads it; a few are told as reasons.
std::string_view title_of(const Error& error, Language language) {
    const std::string problem = "problem." + error.code + ".title";
    return message(language,
                   has_message(language, problem) ? problem : "reason." + error.code + ".title");
}

std::string json_of(const Taken& taken, Language language) {
    std::string out = "{";
    if (taken.certificate) {
        out += fmt::format(R"("vendor":"{}","serial":{},"activated_until":"{}",)",
                           to_text(taken.certificate->vendor), taken.certificate->activation.serial,
                           to_rfc3339(taken.certificate->activation.until));
    }
    if (taken.status_list > 0) out += fmt::format(R"("status_list":{},)", taken.status_list);
    out += fmt::format(R"("packs":{},"renewed":{},"revoked":{},"refused":[)", numbers(taken.packs),
                       numbers(taken.renewed), numbers(taken.revoked));
    for (const Refused& each : taken.refused) {
        if (out.back() == '}') out += ',';
        out += fmt::format(R"({{"what":"{}","code":"{}","title":)", each.what, each.error.code);
        wire::append_json_string(out, title_of(each.error, language));
        out += R"(,"detail":)";
        wire::append_json_string(out, translated_detail(language, each.error.detail));
        out += '}';
    }
    return out + "]}";
}

Result<VerifiedActivation> certificate_for_here(const Api& api, std::string_view block) {
    CALM_TRY_ASSIGN(VerifiedActivation verified, verify_activation(block, trusted_vendors(api)));
    const Activation& said = verified.activation;
    if (said.server != this_server(api)) {
        return fail("activation_for_another_server",
                    "it certifies license server " + to_string(said.server));
    }
    const OpenRequest* asked = api.activations.find(said.nonce, api.server.now());
    if (asked == nullptr || asked->vendor != verified.vendor.bytes)
        return fail("activation_not_asked", "no open request of this server has its number");
    // Whoever answers a question knows when it was asked; a key whose time is over cannot backdate
    // its answer to before that.
    if (said.issued_at + kClockDifference < asked->at) {
        return fail("activation_not_asked",
                    fmt::format("it was issued at {}, and the request made at {}",
                                to_rfc3339(said.issued_at), to_rfc3339(asked->at)));
    }
    return verified;
}

void take_pack(Api& api, std::string_view block, Taken& taken) {
    const auto pack = pack_to_install(api, {.text = std::string(block)});
    if (!pack) return taken.refused.push_back({"pack", pack.error()});
    const bool renews = static_cast<bool>(renewed_by(api.server.ledger(), pack->terms));
    const auto allowed = decide_installation(api.server.ledger(), pack->terms, api.server.now());
    if (!allowed) {
        // Each answer brings all packs of this server.
        if (allowed.error().code != "pack_already_installed")
            taken.refused.push_back({"pack", allowed.error()});
        return;
    }
    install_pack(api, *pack, std::nullopt, [](const Result<Committed>&) {});
    (renews ? taken.renewed : taken.packs).push_back(pack->pack);
}

Result<> take_list(Api& api, std::string_view block, Taken& taken) {
    CALM_TRY_ASSIGN(const VerifiedStatusList verified,
                    verify_status_list(block, trusted_vendors(api)));
    const StatusList& list = verified.list;
    if (list.server && *list.server != this_server(api)) {
        return fail("status_list_for_another_server",
                    "it is for license server " + to_string(*list.server));
    }
    const Ledger& ledger = api.server.ledger();
    CALM_TRY_ASSIGN(Entries entries,
                    decide_status(ledger, verified.vendor.bytes, list.number, list.revoked));
    for (const EntryBody& body : entries) {
        const auto* revoked = std::get_if<entry::PackRevoked>(&body);
        const PackId pack = revoked == nullptr ? PackId{} : ledger.find_document(revoked->document);
        if (pack && !ledger.pack(pack).removed) taken.revoked.push_back(pack);
    }
    taken.status_list = list.number;
    api.server.change(std::move(entries), {}, [](const Result<Committed>&) {});
    return {};
}

// The hosts of the server that this one replaced will ask for it.
Result<> take_succession(Api& api, std::string_view block) {
    CALM_TRY_ASSIGN(const VerifiedSuccession verified,
                    verify_succession(block, trusted_vendors(api)));
    const Succession& said = verified.succession;
    if (said.to != this_server(api)) {
        return fail("succession_for_another_server",
                    fmt::format("license server {} took the place of {}", to_string(said.to),
                                to_string(said.from)));
    }
    const std::string from = to_string(said.from);
    if (api.directory.succession(from) != nullptr) return {};
    const std::string text(block);
    api.directory.put_succession(from, text);
    api.server.keep({Directory::succession_record(from, text)}, {},
                    [](const Result<Committed>&) {});
    return {};
}

bool is_labelled(std::string_view block, std::string_view label) {
    return block.starts_with(fmt::format("-----BEGIN {}-----", label));
}

}  // namespace

Result<AskedRequest> ask_vendor(Api& api, ActivationRequest wish) {
    randombytes_buf(wish.nonce.data(), wish.nonce.size());
    wish.at = api.server.now();
    wish.epoch = api.server.ledger().epoch();
    wish.size = api.server.durable();
    AskedRequest asked{.open = {.nonce = wish.nonce,
                                .vendor = wish.vendor.bytes,
                                .purpose = wish.purpose,
                                .at = wish.at}};
    CALM_TRY_ASSIGN(asked.text,
                    sign_activation_request(std::move(wish), api.server.node().identity));
    // Only a certificate answers one request and no other.
    if (!may_be_certified(api, asked.open)) return asked;
    std::vector<store::RecordKey> gone;
    for (const ActivationNonce& nonce : api.activations.outworn(asked.open.at)) {
        gone.push_back(ActivationBook::key_of(nonce));
        api.activations.erase(nonce);
    }
    api.activations.put(asked.open);
    api.server.keep({ActivationBook::record_of(asked.open)}, std::move(gone),
                    [](const Result<Committed>&) {});
    return asked;
}

void write_activation(Api& api, const entry::ServerActivated& certified,
                      const ActivationNonce& nonce, std::string_view clearinghouse,
                      Done<Committed> done) {
    auto entries = decide_activation(api.server.ledger(), certified, api.server.now());
    if (!entries) return done(std::unexpected(entries.error()));
    const std::string key = to_hex(certified.vendor);
    Extras extras;
    extras.erases.push_back(ActivationBook::key_of(nonce));
    std::string text;
    if (const std::string* kept = api.directory.vendor_document(key);
        kept != nullptr && is_newer(*kept, clearinghouse)) {
        text = with_clearinghouse(*kept, clearinghouse);
        extras.puts.push_back(Directory::vendor_record(key, text));
    }
    api.server.change(std::move(entries), std::move(extras),
                      [&api, key, nonce, text = std::move(text),
                       done = std::move(done)](Result<Committed> written) mutable {
                          if (written) api.activations.erase(nonce);
                          if (written && !text.empty())
                              api.directory.put_vendor(key, std::move(text));
                          done(std::move(written));
                      });
}

Result<std::string> take_answer(Api& api, std::string_view text, Language language) {
    CALM_TRY(check_writes(api));
    CALM_TRY_ASSIGN(const auto blocks, armour_blocks(text));
    Taken taken;
    const auto certificate = std::ranges::find_if(
        blocks, [](std::string_view block) { return is_labelled(block, kActivationLabel); });
    if (certificate != blocks.end()) {
        CALM_TRY_ASSIGN(taken.certificate, certificate_for_here(api, *certificate));
        const Activation& said = taken.certificate->activation;
        const entry::ServerActivated certified{taken.certificate->vendor.bytes, said.serial,
                                               said.until};
        CALM_TRY(decide_activation(api.server.ledger(), certified, api.server.now()));
        write_activation(api, certified, said.nonce, said.clearinghouse,
                         [](const Result<Committed>&) {});
    }
    size_t known = taken.certificate ? 1 : 0;
    for (const std::string_view block : blocks) {
        if (is_labelled(block, kKeyPackLabel)) {
            take_pack(api, block, taken);
            ++known;
        } else if (is_labelled(block, kStatusListLabel)) {
            if (const auto took = take_list(api, block, taken); !took)
                taken.refused.push_back({"status_list", took.error()});
            ++known;
        } else if (is_labelled(block, kSuccessionLabel)) {
            if (const auto took = take_succession(api, block); !took)
                taken.refused.push_back({"succession", took.error()});
            ++known;
        }
    }
    if (known == 0)
        return fail("activation_malformed", "there is no answer of a clearinghouse in it");
    return json_of(taken, language);
}

Result<std::string> take_status_list(Api& api, std::string_view text, Language language) {
    CALM_TRY(check_writes(api));
    Taken taken;
    CALM_TRY(take_list(api, armour_block(kStatusListLabel, text), taken));
    return json_of(taken, language);
}

}  // namespace calm
