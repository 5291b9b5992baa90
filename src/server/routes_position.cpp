// The position as JSON.

#include "server/position_desk.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

constexpr size_t kMissingDefault = 1000;
constexpr size_t kMissingMax = 10'000;

Result<PositionQuestion> question_of(Api& api, const Request& request) {
    PositionQuestion question{.missing_max = kMissingDefault};
    if (const auto code = request.query("product")) {
        CALM_TRY_ASSIGN(question.product, product_named(api, *code));
    }
    if (const auto limit = request.query("limit")) {
        if (limit->empty() || limit->size() > 6 ||
            limit->find_first_not_of("0123456789") != std::string::npos) {
            return fail("bad_query", "`limit` is not a number");
        }
        question.missing_max = std::min<size_t>(std::stoul(*limit), kMissingMax);
    }
    CALM_TRY_ASSIGN(question.before, end_of_day(request.query("at"), api.server.now()));
    return question;
}

// Viewers see how many, not who.
bool may_see_names(const http::Caller& caller) {
    return static_cast<Role>(caller.role) != Role::viewer;
}

void show(Api& api, const Request& request, Responder responder) {
    const auto question = question_of(api, request);
    if (!question) return responder.fail(question.error());
    auto answer = [names = may_see_names(request.caller),
                   responder = std::move(responder)](Result<wire::PositionTable> table) mutable {
        if (!table) return responder.fail(table.error());
        std::string out;
        wire::write_position(out, *table, names);
        responder.send(Response::json(200, std::move(out)));
    };
    if (!question->before) return look_at_position(api, *question, std::move(answer));
    prove_position(api, *question,
                   [answer = std::move(answer)](Result<ProvenPosition> proven) mutable {
                       if (!proven) return answer(std::unexpected(proven.error()));
                       answer(std::move(proven->table));
                   });
}

}  // namespace

void add_position_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/position", rights::view,
        "What is required, owned, short and spare, and who is not covered", show, http::kSlow);
}

}  // namespace calm
