// Packs that go to another license server.
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
constexpr size_t kEndsAtOnce = 8192;

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
    if (const auto& moved = ledger.pack(pack).moved; moved && moved->to != to_string(id)) {
        return fail("pack_unknown",
                    fmt::format("pack `{}` is license server {}'s already", pack.value, moved->to));
    }
    return Moving{pack, id};
}

// A pack that the vendor bound to this license server is no other's.
Result<> is_unbound(const Api& api, PackId pack) {
    const std::string* document = api.directory.pack_document(pack);
    if (document == nullptr) return {};
    CALM_TRY_ASSIGN(const KeyPackDocument said, inspect_key_pack(armour(kKeyPackLabel, *document)));
    if (!said.license_server) return {};
    return fail("pack_bound", "the vendor made the pack for license server " +
                                  to_string(*said.license_server) + " alone");
}

void show_move(const Api& api, const Moving& moving, Responder responder) {
    const auto move = move_of(api.server.ledger(), moving.pack, api.server.now());
    if (!move) return responder.fail(move.error());
    std::string out = fmt::format(
        R"({{"pack":{},"to":"{}","cals":{},"hosts":{},"installations":{},"packs":[)",
        moving.pack.value, to_string(moving.to), move->cals, move->hosts, move->installations);
    for (const PackId each : move->packs)
        out += fmt::format("{}{}", out.back() == '[' ? "" : ",", each.value);
    responder.send(Response::json(200, out + "]}"));
}

void send_transfer(const Api& api, PackId pack, Responder responder) {
    const auto transfer = transfer_of(api, pack);
    if (!transfer) return responder.fail(transfer.error());
    const Pack& moved = api.server.ledger().pack(pack);
    std::string out = fmt::format(R"({{"pack":{},"to":"{}","file":"{}-{}.transfer","transfer":)",
                                  pack.value, moved.moved->to, moved.terms.product, pack.value);
    wire::append_json_string(out, *transfer);
    responder.send(Response::json(200, out + "}"));
}

// Ends what the pack has given, some at a time, then moves it. What others take of it meanwhile
// ends with the rest.
void go_on(Api& api, const Moving& moving, Responder responder) {
    const Ledger& ledger = api.server.ledger();
    const Instant now = api.server.now();
    Entries ends = decide_move_ends(ledger, moving.pack, now, kEndsAtOnce);
    const bool last = ends.size() < kEndsAtOnce;
    auto entries = last ? decide_pack_move(ledger, moving.pack, to_string(moving.to), now)
                        : Result<Entries>(std::move(ends));
    api.server.change(
        std::move(entries), {},
        [&api, moving, last, responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            if (!last) return go_on(api, moving, std::move(responder));
            send_transfer(api, moving.pack, std::move(responder));
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
    go_on(api, *moving, std::move(responder));
}

}  // namespace

void add_pack_move_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::post, "/v1/packs/{pack}/move", rights::license,
        "Hand a pack over to another license server", move_pack);
}

}  // namespace calm
