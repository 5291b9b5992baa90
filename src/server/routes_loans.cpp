// Loans of CALs: lend, recall.
#include <fmt/format.h>

#include "core/loans.h"
#include "documents/commitment.h"
#include "server/api.h"
#include "wire/device_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;

Result<CalId> named(const Api& api, const Request& request) {
    const CalId cal{number_of(request, "cal")};
    if (!api.server.ledger().has_cal(cal)) {
        return fail("cal_unknown", fmt::format("there is no CAL `{}`", request.parameter("cal")));
    }
    return cal;
}

struct Wished {
    LoanWish wish;
    store::SubjectName name;  // of a stand-in whom nobody knows yet
};

Result<Wished> wished(Api& api, const Request& request) {
    Wished out;
    CALM_TRY_ASSIGN(out.wish.cal, named(api, request));
    CALM_TRY_ASSIGN(const boost::json::value* const body, body_of(api, request));
    CALM_TRY_ASSIGN(const wire::LoanRequest asked, wire::parse_loan(*body));
    const Ledger& ledger = api.server.ledger();
    out.wish.until = asked.until;
    out.wish.why = asked.why;
    const HolderKind kind = ledger.subject(ledger.cal(out.wish.cal).holder).kind;
    CALM_TRY_ASSIGN(const std::string name, normalised_name(asked.to));
    out.wish.to = api.server.find_subject(kind, name);
    if (out.wish.to) return out;
    out.name = newcomer(api, kind, name);
    out.wish.commitment = commitment_to(out.name.salt, out.name.kind, out.name.name);
    return out;
}

void lend(Api& api, const Request& request, Responder responder) {
    const auto asked = wished(api, request);
    if (!asked) return responder.fail(asked.error());
    auto entries = decide_loan(api.server.ledger(), asked->wish, api.server.now());
    Extras extras;
    if (entries && asked->name.subject) extras.subjects.push_back(asked->name);
    api.server.change(std::move(entries), std::move(extras),
                      with_cal(api, asked->wish.cal, std::move(responder)));
}

void recall(Api& api, const Request& request, Responder responder) {
    const auto cal = named(api, request);
    if (!cal) return responder.fail(cal.error());
    api.server.change(decide_recall(api.server.ledger(), *cal, api.server.now()), {},
                      with_cal(api, *cal, std::move(responder)));
}

}  // namespace

void add_loan_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::post, "/v1/cals/{cal}/lend", rights::operate,
        "Lend a CAL to a stand-in until a date", lend);
    row(Method::post, "/v1/cals/{cal}/recall", rights::operate, "End the loan of a CAL", recall);
}

}  // namespace calm
