// Activation: this license server and the vendors' clearinghouses.
#include <atomic>

#include <fmt/format.h>

#include "core/vendor_word.h"
#include "documents/readout.h"
#include "server/activation_answer.h"
#include "server/clearinghouse_link.h"
#include "server/pack_installation.h"
#include "wire/fields.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

// What a body says about a request to a clearinghouse.
Result<ActivationRequest> wish_from(Api& api, const Request& request, ActivationPurpose usual) {
    CALM_TRY_ASSIGN(const auto* body, body_of(api, request));
    wire::Fields fields(*body);
    ActivationRequest wish{.purpose = usual};
    std::string vendor;
    ReactivationReason why = ReactivationReason::redeployed;
    std::vector<std::string> keys;
    fields.text("vendor", vendor, 256);
    fields.choice("purpose", wish.purpose);
    if (fields.choice("why", why)) wish.why = why;
    fields.text("company", wish.company, 200);
    fields.text("contact", wish.contact, 200);
    fields.text("country", wish.country, 200);
    fields.texts("keys", keys, kRedeemedAtOnceMax, 100);
    CALM_TRY(fields.finish());
    CALM_TRY_ASSIGN(const KeyBytes key, vendor_named(api, vendor));
    wish.vendor = PublicKey{key};
    for (size_t i = 0; i < keys.size(); ++i) {
        auto read = parse_product_key(keys[i]);
        if (!read) {
            return fail(read.error().code,
                        keys.size() == 1 ? read.error().detail
                                         : fmt::format("key {}: {}", i + 1, read.error().detail));
        }
        wish.keys.push_back(std::move(*read));
    }
    return wish;
}

void append_vendor_state(std::string& out, const Api& api, const KeyBytes& vendor, Instant now) {
    const VendorState& state = api.server.ledger().vendor_state(vendor);
    const PublicKey key{vendor};
    out += R"({"vendor":)";
    wire::append_json_string(out, vendor_name(api, vendor));
    out += fmt::format(R"(,"key":"{}","fingerprint":"{}","state":"{}","needed":{})", to_text(key),
                       fingerprint(key), activation_state(api.server.ledger(), vendor, now),
                       needs_activation(api.server.ledger(), vendor));
    if (state.serial > 0) out += fmt::format(R"(,"serial":{})", state.serial);
    if (state.activated_until.seconds > 0)
        out += fmt::format(R"(,"until":"{}")", to_rfc3339(state.activated_until));
    if (state.status_list > 0) out += fmt::format(R"(,"status_list":{})", state.status_list);
    if (const auto known = clearinghouse_of(api, vendor)) {
        out += fmt::format(R"(,"clearinghouse":{{"address":)");
        wire::append_json_string(out, known->certificate.address);
        out += fmt::format(R"(,"until":"{}"}})", to_rfc3339(known->certificate.expires_at));
    }
    out += R"(,"requests":[)";
    for (const OpenRequest& each : api.activations.open(vendor, now)) {
        if (out.back() == '}') out += ',';
        out += fmt::format(R"({{"code":"{}","purpose":"{}","at":"{}"}})",
                           readout_request(each.nonce), name_of(each.purpose), to_rfc3339(each.at));
    }
    out += "]}";
}

void list(Api& api, const Request&, Responder responder) {
    std::string out =
        fmt::format(R"({{"license_server_id":"{}","vendors":[)", api.server.node().ledger_id);
    for (const KeyBytes& vendor : api.server.ledger().vendors()) {
        if (out.back() == '}') out += ',';
        append_vendor_state(out, api, vendor, api.server.now());
    }
    responder.send(Response::json(200, out + "]}"));
}

void send_request(Api& api, const AskedRequest& asked, Responder responder) {
    std::string out = fmt::format(
        R"({{"license_server_id":"{}","code":"{}","purpose":"{}","file":"{}.request","request":)",
        api.server.node().ledger_id, readout_request(asked.open.nonce), name_of(asked.open.purpose),
        name_of(asked.open.purpose));
    wire::append_json_string(out, asked.text);
    out += '}';
    // The request is an answer's other half: it is on disk before anybody has it.
    api.server.change(Entries{}, {},
                      [out = std::move(out),
                       responder = std::move(responder)](const Result<Committed>& done) mutable {
                          if (!done) return responder.fail(done.error());
                          responder.send(Response::json(201, std::move(out)));
                      });
}

void make_request(Api& api, const Request& request, Responder responder) {
    auto wish = wish_from(api, request, ActivationPurpose::activate);
    if (!wish) return responder.fail(wish.error());
    if (wish->purpose == ActivationPurpose::deactivate)
        return responder.fail(
            {"bad_field", "`purpose`: deactivating has a route of its own, which writes it first"});
    const auto asked = ask_vendor(api, std::move(*wish));
    if (!asked) return responder.fail(asked.error());
    send_request(api, *asked, std::move(responder));
}

// What came of an answer, once it is on disk.
void tell(Api& api, Result<std::string> taken, Responder responder) {
    if (!taken) return responder.fail(taken.error());
    api.server.change(Entries{}, {},
                      [text = std::move(*taken),
                       responder = std::move(responder)](const Result<Committed>& done) mutable {
                          if (!done) return responder.fail(done.error());
                          responder.send(Response::json(200, std::move(text)));
                      });
}

void take(Api& api, const Request& request, Responder responder) {
    tell(api, take_answer(api, request.body, request.language()), std::move(responder));
}

void take_list_alone(Api& api, const Request& request, Responder responder) {
    tell(api, take_status_list(api, request.body, request.language()), std::move(responder));
}

// Asks the clearinghouse at the address that its certificate names, and takes the answer.
void go_online(Api& api, const AskedRequest& asked, const std::string& address, Language language,
               Responder responder) {
    api.workers.run(
        [address, text = asked.text, ca_file = api.clearinghouse_ca_file, language] {
            static const std::atomic<bool> never{false};
            return ask_clearinghouse(address, text, ca_file, language, never);
        },
        [&api, language,
         responder = std::move(responder)](const Result<std::string>& answer) mutable {
            if (!answer) return responder.fail(answer.error());
            tell(api, take_answer(api, *answer, language), std::move(responder));
        });
}

Result<std::string> address_of(const Api& api, const KeyBytes& vendor) {
    const auto known = clearinghouse_of(api, vendor);
    if (known && !known->certificate.address.empty()) return known->certificate.address;
    return fail("clearinghouse_unknown", "its vendor's file names no address");
}

void online(Api& api, const Request& request, Responder responder) {
    auto wish = wish_from(api, request, ActivationPurpose::activate);
    if (!wish) return responder.fail(wish.error());
    const auto address = address_of(api, wish->vendor.bytes);
    if (!address) return responder.fail(address.error());
    if (wish->purpose == ActivationPurpose::deactivate)
        return responder.fail({"bad_field", "`purpose`: deactivating has a route of its own"});
    if (api.workers.full())
        return responder.fail({"unavailable", "too many long requests at once"}, 1);
    const auto asked = ask_vendor(api, std::move(*wish));
    if (!asked) return responder.fail(asked.error());
    go_online(api, *asked, *address, request.language(), std::move(responder));
}

// The request that says so is handed out once the certificate is given up, and again to whoever
// lost it.
void deactivate(Api& api, const Request& request, Responder responder) {
    auto wish = wish_from(api, request, ActivationPurpose::deactivate);
    if (!wish) return responder.fail(wish.error());
    if (api.server.stopped()) return responder.fail(*api.server.stopped());
    auto entries = decide_deactivation(api.server.ledger(), wish->vendor.bytes);
    if (!entries) return responder.fail(entries.error());
    wish->purpose = ActivationPurpose::deactivate;
    wish->why.reset();
    const auto asked = ask_vendor(api, std::move(*wish));
    if (!asked) return responder.fail(asked.error());
    api.server.change(std::move(entries), {}, [](const Result<Committed>&) {});
    send_request(api, *asked, std::move(responder));
}

struct TypedCode {
    KeyBytes vendor{};
    std::string code;
    KnownClearinghouse clearinghouse;
};

// The vendor and the code out of fields; the rest is asked for by the caller.
Result<TypedCode> typed_code(const Api& api, wire::Fields& fields) {
    TypedCode typed;
    std::string vendor;
    fields.text("vendor", vendor, 256);
    fields.text("code", typed.code, 600);
    fields.require("code");
    CALM_TRY_ASSIGN(typed.vendor, vendor_named(api, vendor));
    auto known = clearinghouse_of(api, typed.vendor);
    if (!known)
        return fail("clearinghouse_unknown", "its vendor's file does not name who signs for it");
    typed.clearinghouse = std::move(*known);
    return typed;
}

// Which of the open requests it answers. A code has no room for when it was made: it is made after
// the request, so a request that is younger than the clearinghouse's own certificate has none.
Result<ReadOutActivation> activation_read_out(const Api& api, const TypedCode& typed) {
    Result<ReadOutActivation> read = fail("activation_not_asked", "there is no open request");
    const LedgerId own = ledger_id_of(api.server.node().identity.public_key());
    const ClearinghouseCertificate& certificate = typed.clearinghouse.certificate;
    for (const OpenRequest& each : api.activations.open(typed.vendor, api.server.now())) {
        read = read_activation_code(typed.code, own, each.nonce, certificate.key);
        if (read && each.at >= certificate.expires_at + days(1)) {
            return fail("clearinghouse_expired",
                        fmt::format("its key signed until {}, and the request was made at {}",
                                    to_rfc3339(certificate.expires_at), to_rfc3339(each.at)));
        }
        if (read || read.error().code == "bad_readout") return read;
    }
    return read;
}

void read_out(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    const auto typed = typed_code(api, fields);
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    if (!typed) return responder.fail(typed.error());
    const auto said = activation_read_out(api, *typed);
    if (!said) return responder.fail(said.error());
    write_activation(
        api, {typed->vendor, said->serial, said->until()}, said->nonce, {},
        [said = *said, key = to_text(PublicKey{typed->vendor}),
         responder = std::move(responder)](const Result<Committed>& done) mutable {
            if (!done) return responder.fail(done.error());
            responder.send(Response::json(
                200, fmt::format(R"({{"vendor":"{}","serial":{},"activated_until":"{}"}})", key,
                                 said.serial, to_rfc3339(said.until()))));
        });
}

Result<ReadOutPack> agreed_pack(const Api& api, wire::Fields& fields) {
    ReadOutPack terms{.server = ledger_id_of(api.server.node().identity.public_key())};
    std::string product;
    fields.text("product", product, 64);
    fields.require("product");
    fields.choice("kind", terms.kind);
    fields.number("quantity", terms.quantity, kPackQuantityMax);
    fields.require("quantity");
    fields.time("until", terms.expires_at);
    CALM_TRY(fields.finish());
    CALM_TRY_ASSIGN(const ProductId known, product_named(api, product));
    terms.product = api.server.ledger().product(known).product;
    // Only these were agreed; the rules are the server's own.
    terms.product = {.code = terms.product.code,
                     .family = terms.product.family,
                     .version = terms.product.version};
    return terms;
}

void read_out_pack_here(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    const auto typed = typed_code(api, fields);
    const auto terms = agreed_pack(api, fields);
    if (!terms) return responder.fail(terms.error());
    if (!typed) return responder.fail(typed.error());
    const auto text = read_pack_code(typed->code, *terms, vendor_name(api, typed->vendor),
                                     typed->clearinghouse.document);
    if (!text) return responder.fail(text.error());
    const auto pack = pack_to_install(api, {.text = *text});
    if (!pack) return responder.fail(pack.error());
    install_pack(api, *pack, std::nullopt, with_pack(api, pack->pack, std::move(responder)));
}

}  // namespace

void add_activation_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/activations", rights::view,
        "By which vendors this server is activated, and until when", list);
    row(Method::post, "/v1/activations", rights::license, "Take a clearinghouse's answer", take)
        .body_bytes_max = kAnswerSizeMax;
    row(Method::post, "/v1/activations/requests", rights::license,
        "Make a request file for a clearinghouse", make_request);
    row(Method::post, "/v1/activations/online", rights::license,
        "Ask a clearinghouse over the network, and take its answer", online);
    row(Method::post, "/v1/activations/read-out", rights::license,
        "Take an activation that was read out", read_out);
    row(Method::post, "/v1/activations/deactivate", rights::license,
        "Give up a vendor's certificate", deactivate);
    row(Method::post, "/v1/status-lists", rights::license,
        "Take a vendor's list of the packs that it has taken back", take_list_alone);
    row(Method::post, "/v1/packs/read-out", rights::license, "Install a pack that was read out",
        read_out_pack_here);
}

}  // namespace calm
