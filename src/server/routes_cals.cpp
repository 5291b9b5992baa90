// CALs: list, show, token, revoke, release.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "core/verbs.h"
#include "server/api.h"
#include "server/token_desk.h"
#include "wire/fields.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

constexpr uint32_t kPageMax = 1000;
constexpr uint32_t kPageDefault = 100;
constexpr auto kSlice = std::chrono::milliseconds(1);

std::string cal_text(const Api& api, CalId cal) {
    std::string out;
    wire::write_cal(out, api.server.ledger(), cal,
                    holder_name(api, api.server.ledger().cal(cal).holder), api.server.now());
    return out;
}

// Before somebody revokes: whether that is still possible, and when again.
void append_room(const Api& api, CalId id, std::string& out) {
    const Ledger& ledger = api.server.ledger();
    const Cal& cal = ledger.cal(id);
    const Instant now = api.server.now();
    if (cal.kind() != PackKind::per_device || !cal.live(now) || !cal.spends_seat() || cal.lease())
        return;
    const RevocationRoom room = revocation_room(ledger, cal.product, now);
    out.back() = ',';
    out += fmt::format(R"("revocations":{{"installed":{},"revoked":{},"limit":{})", room.installed,
                       room.revoked, room.limit);
    if (room.next) out += fmt::format(R"(,"next":"{}")", to_rfc3339(*room.next));
    out += "}}";
}

struct Filter {
    std::optional<CalState> state;
    std::optional<PackKind> kind;
    ProductId product;
    SubjectId user;
    SubjectId device;
    std::vector<SubjectId> stations;
    bool by_holder = false;

    bool fits(const Cal& cal, Instant now) const {
        return (!state || wire::state_at(cal, now) == *state) && (!kind || cal.kind() == *kind) &&
               (!product || cal.product == product) &&
               (!by_holder || cal.holder == user || cal.holder == device ||
                std::ranges::find(stations, cal.holder) != stations.end());
    }
};

Result<Filter> filter_of(const Api& api, const Request& request) {
    Filter filter;
    if (const auto text = request.query("state")) {
        filter.state = from_name<CalState>(*text);
        if (!filter.state)
            return fail("bad_query",
                        "`state` is none of temporary, active, expired, revoked, returned");
    }
    if (const auto text = request.query("kind")) {
        filter.kind = from_name<PackKind>(*text);
        if (!filter.kind) return fail("bad_query", "`kind` is neither per_user nor per_device");
    }
    if (const auto text = request.query("product")) {
        CALM_TRY_ASSIGN(filter.product, product_named(api, *text));
    }
    if (const auto text = request.query("holder")) {
        filter.by_holder = true;
        filter.user = api.server.find_subject(HolderKind::user, *text);
        filter.device =
            api.server.ledger().machine(api.server.find_subject(HolderKind::device, *text));
        filter.stations = api.directory.stations_named(*text);
    }
    return filter;
}

// A page costs at most a millisecond of the loop, however many CALs it passes over: it may come
// back shorter than asked, with a cursor to go on from.
void list(Api& api, const Request& request, Responder responder) {
    const auto filter = filter_of(api, request);
    if (!filter) return responder.fail(filter.error());
    const auto limit = query_number(request, "limit", kPageDefault);
    if (!limit) return responder.fail(limit.error());
    const auto cursor = query_number(request, "cursor", 0);
    if (!cursor) return responder.fail(cursor.error());

    const Ledger& ledger = api.server.ledger();
    const Instant now = api.server.now();
    const auto deadline = std::chrono::steady_clock::now() + kSlice;
    std::string out = R"({"cals":[)";
    uint32_t shown = 0;
    uint64_t id = uint64_t{*cursor} + 1;
    for (; id <= ledger.cal_count() && shown < std::min(std::max(*limit, 1U), kPageMax); ++id) {
        const CalId cal{static_cast<uint32_t>(id)};
        if (filter->fits(ledger.cal(cal), now)) {
            if (shown++ > 0) out += ',';
            wire::write_cal(out, ledger, cal, holder_name(api, ledger.cal(cal).holder), now);
        }
        if (id % 1024 == 0 && std::chrono::steady_clock::now() > deadline) {
            ++id;
            break;
        }
    }
    out += ']';
    if (id <= ledger.cal_count()) out += fmt::format(R"(,"cursor":"{}")", id - 1);
    out += '}';
    responder.send(Response::json(200, std::move(out)));
}

Result<CalId> named(const Api& api, const Request& request) {
    const CalId cal{number_of(request, "cal")};
    if (!api.server.ledger().has_cal(cal)) {
        return fail("cal_unknown", fmt::format("there is no CAL `{}`", request.parameter("cal")));
    }
    return cal;
}

void show(Api& api, const Request& request, Responder responder) {
    const auto cal = named(api, request);
    if (!cal) return responder.fail(cal.error());
    std::string text = cal_text(api, *cal);
    append_room(api, *cal, text);
    responder.send(Response::json(200, std::move(text)));
}

void token(Api& api, const Request& request, Responder responder) {
    const auto cal = named(api, request);
    if (!cal) return responder.fail(cal.error());
    fetch_token(api, *cal, [responder = std::move(responder)](Result<std::string> token) mutable {
        if (!token) return responder.fail(token.error());
        responder.send(Response::json(200, R"({"token":")" + *token + "\"}"));
    });
}

template <class Verb>
void take_back(Api& api, const Request& request, Responder responder, Verb verb) {
    const auto cal = named(api, request);
    if (!cal) return responder.fail(cal.error());
    const auto mark = mark_of(api, request, Reason::cal_held);
    if (!mark) return responder.fail(mark.error());
    const auto before = remembered(api, *mark);
    if (!before) return responder.fail(before.error());
    Result<Entries> entries = Entries{};
    if (*before == nullptr) entries = verb(api.server.ledger(), *cal, api.server.now());
    api.server.change(
        std::move(entries), {},
        [&api, cal = *cal, responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            responder.send(Response::json(200, cal_text(api, cal)));
        },
        *mark);
}

void revoke(Api& api, const Request& request, Responder responder) {
    RevocationReason why{};
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    fields.choice("why", why);
    fields.require("why");
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    take_back(api, request, std::move(responder),
              [why](const Ledger& ledger, CalId cal, Instant now) {
                  return decide_revocation(ledger, cal, why, now);
              });
}

void release(Api& api, const Request& request, Responder responder) {
    ReturnReason why = ReturnReason::left;
    if (!request.body.empty()) {
        const auto body = body_of(api, request);
        if (!body) return responder.fail(body.error());
        wire::Fields fields(**body);
        fields.choice("why", why);
        if (why != ReturnReason::left && why != ReturnReason::out_of_service &&
            why != ReturnReason::reassigned) {
            fields.complain("why", "is none of left, out_of_service, reassigned");
        }
        if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    }
    take_back(api, request, std::move(responder),
              [why](const Ledger& ledger, CalId cal, Instant now) {
                  return decide_release(ledger, cal, why, now);
              });
}

}  // namespace

void add_cal_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/cals", rights::view, "List CALs, with filters and a cursor", list);
    row(Method::get, "/v1/cals/{cal}", rights::view, "Show a CAL", show);
    row(Method::get, "/v1/cals/{cal}/token", rights::witness, "Fetch a CAL's token", token);
    row(Method::post, "/v1/cals/{cal}/revoke", rights::operate, "Take a device's CAL back", revoke);
    row(Method::post, "/v1/cals/{cal}/release", rights::operate, "Give a CAL back", release);
}

}  // namespace calm
