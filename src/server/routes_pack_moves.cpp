// Packs that go to another license server.
#include <memory>

#include <fmt/format.h>

#include "core/pack_moves.h"
#include "documents/armour.h"
#include "documents/key_pack.h"
#include "server/api.h"
#include "server/moved_pack.h"
#include "wire/fields.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

// Of a pack with more CALs so many end at a time; others are served between.
constexpr size_t kEndsAtOnce = 2048;

struct Moving {
    PackId pack;
    LedgerId to;
};

Result<Moving> asked_of(Api& api, const Request& request) {
    const Ledger& ledger = api.server.ledger();
    const PackId pack{number_of(request, "pack")};
    if (!ledger.has_pack(pack) || (ledger.pack(pack).removed && !ledger.pack(pack).moved)) {
        return fail("pack_unknown",
                    fmt::format("there is no pack `{}`", request.parameter("pack")));
    }
    CALM_TRY_ASSIGN(const auto* body, body_of(api, request));
    wire::Fields fields(*body);
    std::string to;
    fields.text("to", to, 64);
    fields.require("to");
    CALM_TRY(fields.finish());
    CALM_TRY_ASSIGN(const LedgerId id, parse_ledger_id(to));
    if (id == ledger_id_of(api.server.node().identity.public_key()))
        return fail("pack_not_movable", "that is this license server's own id");
    const PackId newest = ledger.find_document(ledger.pack(pack).terms.document);
    if (ledger.pack(pack).moved && newest != pack) {
        return fail("pack_unknown",
                    fmt::format("pack `{}` has come back, as pack `{}`", pack.value, newest.value));
    }
    if (const auto& moved = ledger.pack(pack).moved; moved && moved->to != to_string(id)) {
        return fail("pack_unknown",
                    fmt::format("pack `{}` is license server {}'s already", pack.value, moved->to));
    }
    return Moving{pack, id};
}

// A pack that the vendor bound to this license server is no other's. What the rules refuse, the
// rules tell.
Result<> is_unbound(const Api& api, PackId pack) {
    const std::string* document = api.directory.pack_document(pack);
    if (!move_of(api.server.ledger(), pack, api.server.now())) return {};
    if (document == nullptr)
        return fail("pack_not_movable", "the pack's document is not kept here, or not yet");
    CALM_TRY_ASSIGN(const KeyPackDocument said, inspect_key_pack(armour(kKeyPackLabel, *document)));
    if (said.hardware) return fail("pack_bound", "the pack came with this machine");
    if (!said.license_server) return {};
    return fail("pack_bound", "the vendor made the pack for license server " +
                                  to_string(*said.license_server) + " alone");
}

void show_move(const Api& api, const Moving& moving, Responder responder) {
    const auto move = move_of(api.server.ledger(), moving.pack, api.server.now());
    if (!move) return responder.fail(move.error());
    std::string out =
        fmt::format(R"({{"pack":{},"to":"{}","cals":{},"hosts":{},"installations":{},"packs":[)",
                    moving.pack.value, to_string(moving.to), move->cals.size(), move->hosts,
                    move->installations);
    for (const PackId each : move->packs)
        out += fmt::format("{}{}", out.back() == '[' ? "" : ",", each.value);
    responder.send(Response::json(200, out + "]}"));
}

// When what has been decided so far is on disk.
void send_transfer(Api& api, PackId pack, Responder responder) {
    api.server.change(
        Entries{}, {},
        [&api, pack, responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            const Pack& moved = api.server.ledger().pack(pack);
            const auto transfer = transfer_of(api, pack);
            if (!transfer) return responder.fail(transfer.error());
            std::string out =
                fmt::format(R"({{"pack":{},"to":"{}","file":"{}-{}.transfer","transfer":)",
                            pack.value, moved.moved->to, moved.terms.product, pack.value);
            wire::append_json_string(out, *transfer);
            responder.send(Response::json(200, out + "}"));
        });
}

void finish(Api& api, const Moving& moving, Responder responder) {
    api.server.change(
        decide_pack_move(api.server.ledger(), moving.pack, to_string(moving.to), api.server.now()),
        {},
        [&api, pack = moving.pack,
         responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            send_transfer(api, pack, std::move(responder));
        });
}

// Ends what the pack has given, some at a time, then moves it. What others take of it meanwhile
// ends with the rest.
void empty(Api& api, const Moving& moving, std::shared_ptr<const PackMove> move, size_t done_before,
           Responder responder) {
    const auto rest = std::span(move->cals).subspan(done_before);
    if (rest.size() <= kEndsAtOnce) return finish(api, moving, std::move(responder));
    const auto part = rest.first(kEndsAtOnce);
    api.server.change(decide_move_ends(api.server.ledger(), *move, part, api.server.now()), {},
                      [&api, moving, move, next = done_before + part.size(),
                       responder = std::move(responder)](Result<Committed> done) mutable {
                          if (!done) return responder.fail(done.error());
                          empty(api, moving, std::move(move), next, std::move(responder));
                      });
}

void move_pack(Api& api, const Request& request, Responder responder) {
    const auto moving = asked_of(api, request);
    if (!moving) return responder.fail(moving.error());
    // It was moved there: the transfer again, for whoever has lost it.
    if (api.server.ledger().pack(moving->pack).moved)
        return send_transfer(api, moving->pack, std::move(responder));
    if (const auto free = is_unbound(api, moving->pack); !free) return responder.fail(free.error());
    if (request.query("dry_run") == "yes") return show_move(api, *moving, std::move(responder));
    auto move = move_of(api.server.ledger(), moving->pack, api.server.now());
    if (!move) return responder.fail(move.error());
    empty(api, *moving, std::make_shared<const PackMove>(std::move(*move)), 0,
          std::move(responder));
}

}  // namespace

void add_pack_move_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::post, "/v1/packs/{pack}/move", rights::license,
        "Hand a pack over to another license server", move_pack);
}

}  // namespace calm
