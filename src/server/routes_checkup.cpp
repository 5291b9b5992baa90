// What a host that is being examined is told of its license server and of itself: what an
// administrator would have to look up there otherwise.
#include <algorithm>
#include <cstdlib>

#include "core/coverage.h"
#include "server/api.h"
#include "server/clearinghouse_link.h"
#include "wire/checkup_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

wire::ServerClock clock_of(TrustedClock::State state) {
    switch (state) {
        case TrustedClock::State::agrees: break;
        case TrustedClock::State::wall_behind: return wire::ServerClock::behind;
        case TrustedClock::State::wall_ahead: return wire::ServerClock::ahead;
    }
    return wire::ServerClock::agrees;
}

// One pack's seats to the stock of its kind. REQUIRES: the pack is valid.
void count(const Ledger& ledger, const Pack& pack, const ProductState& product, HostId host,
           Instant now, wire::CheckupStock& stock) {
    const uint32_t seats = pack.quantity();
    if (!pack.counts_at(host)) {
        stock.elsewhere += seats;
    } else if (reach_in(ledger, pack, product.family).value_or(0) < product.product.version) {
        stock.older += seats;
    } else if (!pack.activated(now)) {
        stock.not_activated += seats;
    } else {
        stock.seats += seats;
        stock.free += pack.free();
    }
}

wire::CheckupProduct product_for(const Ledger& ledger, ProductId id, HostId host_id, Instant now) {
    const ProductState& state = ledger.product(id);
    const Host& host = ledger.host(host_id);
    const auto& rules = state.product.rules;
    wire::CheckupProduct out{.product = state.product.code,
                             .requirement = rules.requirement,
                             .overuse = rules.overuse == OverUse::admit,
                             .temporary = rules.temporary_days > 0};
    if (rules.initial_grace_days > 0 && !host.grace_ended) {
        out.grace_until =
            std::min(host.grace_until, host.enrolled_at + days(rules.initial_grace_days));
    }
    for (const PackId each : ledger.family_packs(id)) {
        const Pack& pack = ledger.pack(each);
        if (!pack.valid(now)) continue;
        if (pack.terms.kind == PackKind::per_user)
            count(ledger, pack, state, host_id, now, out.per_user);
        if (pack.terms.kind == PackKind::per_device)
            count(ledger, pack, state, host_id, now, out.per_device);
    }
    return out;
}

void checkup(Api& api, const Request& request, Responder responder) {
    const Ledger& ledger = api.server.ledger();
    const HostId host{request.caller.id};
    const Instant now = api.server.now();
    const auto clock = api.server.read_clock();
    wire::Checkup out{.version = CALM_VERSION,
                      .ledger_time = now,
                      .clock = clock_of(clock.state),
                      .clock_difference_s = static_cast<uint32_t>(
                          std::min<int64_t>(std::abs(clock.difference.count), UINT32_MAX)),
                      .issuing = !api.server.stopped(),
                      .restoring = ledger.restore_window(now),
                      .host = host,
                      .name = std::string(api.directory.host_name(host)),
                      .mode = ledger.host(host).mode};
    for (const KeyBytes& vendor : ledger.vendors()) {
        if (!needs_activation(ledger, vendor) ||
            activation_state(ledger, vendor, now) == "activated")
            continue;
        const std::string name = vendor_name(api, vendor);
        out.not_activated.push_back(name.empty() ? to_hex(vendor).substr(0, 16) : name);
    }
    if (const auto code = request.query("product")) {
        if (const ProductId id = ledger.find_product(*code))
            out.product = product_for(ledger, id, host, now);
    }
    std::string text;
    wire::write_checkup(text, out);
    responder.send(Response::json(200, std::move(text)));
}

}  // namespace

void add_checkup_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/checkup", rights::contact, "What a host is told that is being examined",
        checkup, http::kNoFlags);
}

}  // namespace calm
