// Concurrent seats: which are borrowed, at which host a per-server pack counts, and who waits in
// line.
#include <fmt/format.h>

#include "core/leases.h"
#include "server/api.h"
#include "wire/fields.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

// {"host":…}: its seats count there from now on; without a host, nowhere.
void assign(Api& api, const Request& request, Responder responder) {
    const PackId pack{number_of(request, "pack")};
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    std::string named;
    fields.text("host", named, wire::kNameBytesMax);
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    HostId host;
    if (!named.empty()) {
        const auto found = host_named(api, named);
        if (!found) return responder.fail(found.error());
        host = *found;
    }
    api.server.change(decide_assignment(api.server.ledger(), pack, host, api.server.now()), {},
                      with_pack(api, pack, std::move(responder)));
}

// {"until":…}: until then the holder has its seat, connected or not.
void borrow(Api& api, const Request& request, Responder responder) {
    const CalId cal{number_of(request, "cal")};
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    std::optional<Instant> until;
    fields.time("until", until);
    fields.require("until");
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    api.server.change(
        decide_borrowing(api.server.ledger(), cal, until.value_or(Instant{}), api.server.now()), {},
        with_cal(api, cal, std::move(responder)));
}

void list_waiting(Api& api, const Request& request, Responder responder) {
    const Ledger& ledger = api.server.ledger();
    ProductId product;
    if (const auto code = request.query("product")) {
        const auto named = product_named(api, *code);
        if (!named) return responder.fail(named.error());
        product = *named;
    }
    std::string out = R"({"waiting":[)";
    for (const auto& [each, place] : line_of(ledger, api.server.now())) {
        if (product && each.product != product) continue;
        if (out.back() == '}') out += ',';
        out += fmt::format(
            R"({{"product":"{}","kind":"{}","place":{},"since":"{}","until":"{}","holder":)",
            ledger.product(each.product).product.code, name_of(each.kind), place,
            to_rfc3339(each.since), to_rfc3339(each.until));
        out += fmt::format(R"({{"subject":{},"kind":"{}")", each.holder.value,
                           name_of(ledger.subject(each.holder).kind));
        if (const auto name = holder_name(api, each.holder); !name.empty()) {
            out += R"(,"name":)";
            wire::append_json_string(out, name);
        }
        out += "}}";
    }
    out += "]}";
    responder.send(Response::json(200, std::move(out)));
}

}  // namespace

void add_seat_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::post, "/v1/cals/{cal}/borrow", rights::operate,
        "Take a concurrent seat away until a date", borrow);
    row(Method::put, "/v1/packs/{pack}/host", rights::operate,
        "Give a per-server pack to a host, or to none", assign);
    row(Method::get, "/v1/queue", rights::view, "Who waits in line for a concurrent seat",
        list_waiting);
}

}  // namespace calm
