// Vendors and key packs.
#include <fmt/format.h>

#include "documents/key_pack.h"
#include "server/api.h"
#include "server/clearinghouse_link.h"
#include "server/moved_pack.h"
#include "server/pack_installation.h"
#include "server/pack_preview.h"
#include "wire/fields.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

std::string pack_text(const Api& api, PackId pack) {
    std::string out;
    wire::write_pack(out, api.server.ledger(), pack, api.server.now());
    return out;
}

// Answers 201 with the pack as it is then, once the change is on disk.
Done<Committed> pack_made(Api& api, PackId pack, Responder responder) {
    return [&api, pack, responder = std::move(responder)](const Result<Committed>& done) mutable {
        if (!done) return responder.fail(done.error());
        responder.send(Response::json(201, pack_text(api, pack)));
    };
}

void list(Api& api, const Request&, Responder responder) {
    std::string out = R"({"packs":[)";
    const Instant now = api.server.now();
    for (const Pack& pack : api.server.ledger().packs()) {
        if (pack.removed) continue;
        if (out.back() == '}') out += ',';
        wire::write_pack(out, api.server.ledger(), pack.terms.pack, now);
    }
    out += R"(],"moved":[)";
    for (const Pack& pack : api.server.ledger().packs()) {
        // What was converted out of a pack, or came with it, goes with it; one that has come back
        // is here again under another number.
        if (!pack.moved || pack.converted_from || pack.terms.included_with) continue;
        if (api.server.ledger().find_document(pack.terms.document) != pack.terms.pack) continue;
        if (out.back() == '}') out += ',';
        wire::write_moved_pack(out, pack);
    }
    out += "]}";
    responder.send(Response::json(200, std::move(out)));
}

// Installs checked terms, or answers as before.
void install(Api& api, const PackToInstall& pack, const Request& request, Responder responder) {
    const auto mark = mark_of(api, request, Reason::cal_issued);
    if (!mark) return responder.fail(mark.error());
    const auto before = remembered(api, *mark);
    if (!before) return responder.fail(before.error());
    if (*before != nullptr) {
        for (const Pack& each : api.server.ledger().packs()) {
            if (each.sequence != (*before)->sequence) continue;
            // The request's mark stands on the newest entry: maybe that of the CALs included.
            const PackId asked =
                each.terms.included_with ? each.terms.included_with : each.terms.pack;
            return api.server.change(Entries{}, {}, pack_made(api, asked, std::move(responder)));
        }
        // Of a renewal, whose pack is older than the request.
        if (const PackId asked = api.server.ledger().find_document(pack.terms.document))
            return api.server.change(Entries{}, {}, pack_made(api, asked, std::move(responder)));
    }
    install_pack(api, pack, *mark, pack_made(api, pack.pack, std::move(responder)));
}

void declare(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    const auto* declared = fields.any("declared");
    fields.require("declared");
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    auto terms = wire::parse_declaration(*declared);
    if (!terms) return responder.fail(terms.error());
    terms->not_before = api.server.now();
    install(api, {.terms = *terms, .document = {}, .pack = api.server.ledger().next_pack()},
            request, std::move(responder));
}

void add(Api& api, const Request& request, Responder responder) {
    if (request.header("content-type").starts_with("application/json")) {
        return declare(api, request, std::move(responder));
    }
    const auto brought = brought_pack(api, request);
    if (!brought) return responder.fail(brought.error());
    if (request.query("dry_run") == "yes") {
        auto preview = preview_pack(api, *brought, request.language());
        if (!preview) return responder.fail(preview.error());
        return responder.send(Response::json(200, std::move(*preview)));
    }
    const auto pack = pack_to_install(api, *brought);
    if (!pack) return responder.fail(pack.error());
    install(api, *pack, request, std::move(responder));
}

Result<PackId> named(const Api& api, const Request& request) {
    const PackId pack{number_of(request, "pack")};
    if (!api.server.ledger().has_pack(pack) || api.server.ledger().pack(pack).removed) {
        return fail("pack_unknown",
                    fmt::format("there is no pack `{}`", request.parameter("pack")));
    }
    return pack;
}

void show(Api& api, const Request& request, Responder responder) {
    const auto pack = named(api, request);
    if (!pack) return responder.fail(pack.error());
    responder.send(Response::json(200, pack_text(api, *pack)));
}

void remove(Api& api, const Request& request, Responder responder) {
    const auto pack = named(api, request);
    if (!pack) return responder.fail(pack.error());
    api.server.change(decide_removal(api.server.ledger(), *pack, api.server.now()), {},
                      no_content(std::move(responder)));
}

// What a conversion would give, in the words of the pack that it would make.
void show_conversion(const Api& api, PackId source, uint32_t quantity, Responder responder) {
    const auto entries = decide_conversion(api.server.ledger(), source, quantity, api.server.now());
    if (!entries) return responder.fail(entries.error());
    for (const EntryBody& each : *entries) {
        const auto* made = std::get_if<entry::PackConverted>(&each);
        if (made == nullptr) continue;
        const Pack& pack = api.server.ledger().pack(source);
        return responder.send(Response::json(
            200, fmt::format(R"({{"product":"{}","kind":"{}","quantity":{}}})", pack.terms.product,
                             name_of(other_kind(pack.terms.kind)), made->quantity)));
    }
    responder.fail({"pack_not_convertible", "nothing of it would be converted"});
}

void convert(Api& api, const Request& request, Responder responder) {
    const auto source = named(api, request);
    if (!source) return responder.fail(source.error());
    uint32_t quantity = 0;
    if (!request.body.empty()) {
        const auto body = body_of(api, request);
        if (!body) return responder.fail(body.error());
        wire::Fields fields(**body);
        fields.number("quantity", quantity);
        if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    }
    const auto mark = mark_of(api, request, Reason::cal_issued);
    if (!mark) return responder.fail(mark.error());
    const auto before = remembered(api, *mark);
    if (!before) return responder.fail(before.error());
    PackId made = api.server.ledger().next_pack();
    Result<Entries> entries = Entries{};
    if (request.query("dry_run") == "yes") {
        return show_conversion(api, *source, quantity, std::move(responder));
    }
    if (*before == nullptr) {
        entries = decide_conversion(api.server.ledger(), *source, quantity, api.server.now());
    } else {
        for (const Pack& pack : api.server.ledger().packs()) {
            if (pack.sequence == (*before)->sequence) made = pack.terms.pack;
        }
    }
    api.server.change(std::move(entries), {}, pack_made(api, made, std::move(responder)), *mark);
}

void append_vendor(std::string& out, const KeyBytes& key, const std::string* document) {
    const PublicKey public_key{key};
    out += fmt::format(R"({{"key":"{}","fingerprint":"{}")", to_text(public_key),
                       fingerprint(public_key));
    if (document != nullptr) {
        if (const auto vendor = vendor_shown_by(*document)) {
            out += R"(,"name":)";
            wire::append_json_string(out, vendor->name);
            out += R"(,"contact":)";
            wire::append_json_string(out, vendor->contact);
            if (!vendor->buy_url.empty()) {
                out += R"(,"buy_url":)";
                wire::append_json_string(out, vendor->buy_url);
            }
        }
    }
    out += '}';
}

void list_vendors(Api& api, const Request&, Responder responder) {
    std::string out = R"({"vendors":[)";
    for (const KeyBytes& key : api.server.ledger().vendors()) {
        if (out.back() == '}') out += ',';
        append_vendor(out, key, api.directory.vendor_document(to_hex(key)));
    }
    out += "]}";
    responder.send(Response::json(200, std::move(out)));
}

// Whether the text of a trusted vendor names a clearinghouse that is not known, or a later one.
bool names_newer_clearinghouse(const Api& api, const KeyBytes& vendor, std::string_view text) {
    const auto told = clearinghouse_in(text, PublicKey{vendor});
    const auto known = clearinghouse_of(api, vendor);
    return told && (!known || known->certificate.number < told->certificate.number);
}

void keep_vendor(Api& api, const KeyBytes& vendor, const Request& request, Responder responder) {
    const std::string key = to_hex(vendor);
    api.server.keep({Directory::vendor_record(key, request.body)}, {},
                    [&api, key, vendor, document = std::string(request.body),
                     responder = std::move(responder)](const Result<Committed>& done) mutable {
                        if (!done) return responder.fail(done.error());
                        api.directory.put_vendor(key, document);
                        std::string out;
                        append_vendor(out, vendor, &document);
                        responder.send(Response::json(200, std::move(out)));
                    });
}

// The fingerprint that a person compared comes with the document, in a header, so that trust is
// never given to a document that nobody looked at.
void trust(Api& api, const Request& request, Responder responder) {
    const auto vendor = vendor_shown_by(request.body);
    if (!vendor) return responder.fail(vendor.error());
    if (request.header("calm-fingerprint") != fingerprint(vendor->key)) {
        return responder.fail(
            {"vendor_fingerprint_mismatch",
             "the document's key has the fingerprint " + fingerprint(vendor->key)});
    }
    const std::string key = to_hex(vendor->key.bytes);
    if (api.server.ledger().trusts(vendor->key.bytes)) {
        if (names_newer_clearinghouse(api, vendor->key.bytes, request.body))
            return keep_vendor(api, vendor->key.bytes, request, std::move(responder));
        return responder.fail({"vendor_already_trusted", "this vendor is trusted already"});
    }
    Extras extras;
    extras.puts.push_back(Directory::vendor_record(key, request.body));
    api.server.change(Entries{entry::VendorTrusted{vendor->key.bytes}}, std::move(extras),
                      [&api, key, bytes = vendor->key.bytes, document = std::string(request.body),
                       responder = std::move(responder)](Result<Committed> done) mutable {
                          if (!done) return responder.fail(done.error());
                          api.directory.put_vendor(key, document);
                          std::string out;
                          append_vendor(out, bytes, &document);
                          responder.send(Response::json(201, std::move(out)));
                      });
}

}  // namespace

void add_pack_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/packs", rights::view, "List the installed packs", list);
    row(Method::post, "/v1/packs", rights::license,
        "Install a key pack, one that another server handed over, or declare CALs", add);
    row(Method::get, "/v1/packs/{pack}", rights::view, "Show a pack", show);
    row(Method::delete_, "/v1/packs/{pack}", rights::license, "Remove a pack that nobody uses",
        remove);
    row(Method::post, "/v1/packs/{pack}/convert", rights::license,
        "Turn CALs that nobody holds into ones of the other kind", convert);
    row(Method::get, "/v1/vendors", rights::view, "List the trusted vendors", list_vendors);
    row(Method::post, "/v1/vendors", rights::own, "Trust a vendor", trust);
}

}  // namespace calm
