// After a backup was restored: hosts tell which CALs they hold (design.md 5).
#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>

#include "documents/cal_token.h"
#include "server/api.h"
#include "wire/host_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;

// What is wrong with one token and not with the others.
bool is_of_the_token(std::string_view code) {
    static constexpr std::array kCodes{
        std::string_view("token_of_this_epoch"), std::string_view("product_unknown"),
        std::string_view("station_unknown"), std::string_view("cal_not_live"),
        std::string_view("bad_name")};
    return std::ranges::find(kCodes, code) != kCodes.end();
}

SubjectId station_of_token(const Ledger& ledger, HostId host, std::string_view name) {
    for (const Station& each : ledger.stations()) {
        if (!each.removed && each.host == host && wire::station_token_name(each.subject) == name)
            return each.subject;
    }
    return {};
}

Result<Reassertion> verified(const Api& api, HostId host, const std::string& token,
                             CalTokenVerifier& verifier, std::string& holder) {
    CALM_TRY_ASSIGN(const TrustedCal trusted, verifier.verify(token, api.server.now()));
    if (trusted.head.identity != api.server.node().identity.public_key())
        return fail("cal_token_untrusted", "another license server issued it");
    holder = trusted.cal.holder;
    Reassertion told{.cal = trusted.cal.cal,
                     .holder_kind = trusted.cal.holder_kind,
                     .holder = {},
                     .document = {},
                     .epoch = trusted.head.head.epoch,
                     .sequence = trusted.cal.sequence,
                     .host = host};
    if (trusted.pack) told.document = trusted.pack->pack_id;
    if (told.holder_kind == HolderKind::station) {
        const SubjectId station = station_of_token(api.server.ledger(), host, holder);
        if (station) told.holder = {.presence = Party::Presence::known, .subject = station};
    }
    return told;
}

// The answers for all tokens of one request, and for its end.
struct Tally {
    Responder responder;
    size_t missing = 0;
    uint64_t given_back = 0;
    uint64_t known = 0;
    std::string refused;
    std::optional<Error> error;

    void refuse(size_t token, const Error& why) {
        fmt::format_to(std::back_inserter(refused), R"({}{{"token":{},"code":"{}"}})",
                       refused.empty() ? "" : ",", token, why.code);
    }
    void take(size_t token, const Result<bool>& gave) {
        if (gave) {
            ++(*gave ? given_back : known);
        } else if (is_of_the_token(gave.error().code)) {
            refuse(token, gave.error());
        } else if (!error) {
            error = gave.error();
        }
        settle();
    }
    void settle() {
        if (--missing > 0) return;
        if (error) return responder.fail(*error);
        responder.send(200, http::kJson,
                       fmt::format(R"({{"given_back":{},"known":{},"refused":[{}]}})", given_back,
                                   known, refused));
    }
};

void reassert(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    const auto told = wire::parse_reassertions(**body);
    if (!told) return responder.fail(told.error());
    const HostId host{request.caller.id};
    const Ledger& ledger = api.server.ledger();
    // Nothing is verified for a host of which nothing is awaited.
    if (const auto awaited = decide_reasserted(ledger, host, api.server.now()); !awaited)
        return responder.fail(awaited.error());
    std::vector<PublicKey> vendors;
    for (const KeyBytes& key : ledger.vendors())
        vendors.push_back({key});
    CalTokenVerifier verifier({.vendors = std::move(vendors),
                               .ledgers = {ledger_id_of(api.server.node().identity.public_key())}});
    // Shared by the answers' callbacks, which may come in different turns of the loop.
    auto tally = std::make_shared<Tally>(Tally{.responder = std::move(responder)});
    tally->missing = told->tokens.size() + 1;
    for (size_t i = 0; i < told->tokens.size(); ++i) {
        std::string holder;
        auto each = verified(api, host, told->tokens[i], verifier, holder);
        if (!each) {
            tally->refuse(i, each.error());
            tally->settle();
            continue;
        }
        api.server.reassert(std::move(*each), holder,
                            [tally, i](const Result<bool>& gave) { tally->take(i, gave); });
    }
    const auto finish = [tally](const Result<Committed>& done) {
        if (!done && !tally->error) tally->error = done.error();
        tally->settle();
    };
    if (!told->all) return finish(Committed{});
    api.server.change(decide_reasserted(ledger, host, api.server.now()), {}, finish);
}

}  // namespace

void add_reassertion_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::post, "/v1/reassertions", rights::contact,
        "Tell which CALs the host holds, after a backup was restored", reassert);
}

}  // namespace calm
