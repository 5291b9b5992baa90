// The position as JSON, and a look ahead at who would be refused.

#include <charconv>

#include <fmt/format.h>

#include "server/position_desk.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

constexpr size_t kMissingDefault = 1000;
constexpr size_t kMissingMax = 10'000;
constexpr uint64_t kQuantityMax = 1'000'000;

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

Result<MoreCals> more_cals_of(const Request& request) {
    MoreCals more;
    if (const auto kind = request.query("kind")) {
        const auto known = from_name<PackKind>(*kind);
        if (!known) return fail("bad_query", "`kind` is no kind of CAL");
        more.kind = *known;
    }
    if (const auto quantity = request.query("quantity")) {
        const char* end = quantity->data() + quantity->size();
        const auto read = std::from_chars(quantity->data(), end, more.quantity);
        if (read.ec != std::errc() || read.ptr != end || more.quantity > kQuantityMax)
            return fail("bad_query", "`quantity` is a number up to 1000000");
    }
    return more;
}

std::string later(const Refusals::Later& later) {
    std::string out = fmt::format(R"("later":{})", later.count);
    if (later.count > 0) out += fmt::format(R"(,"from":"{}")", to_rfc3339(later.from));
    return out;
}

void refusals(Api& api, const Request& request, Responder responder) {
    const auto product = product_named(api, request.parameter("product"));
    if (!product) return responder.fail(product.error());
    const auto more = more_cals_of(request);
    if (!more) return responder.fail(more.error());
    look_at_refusals(
        api, *product, *more,
        [responder = std::move(responder), now = api.server.now()](Result<Refusals> found) mutable {
            if (!found) return responder.fail(found.error());
            responder.send(Response::json(
                200, fmt::format(R"({{"at":"{}","stations":{{"now":{},{}}},"holders":{{{}}}}})",
                                 to_rfc3339(now), found->stations, later(found->stations_later),
                                 later(found->holders_later))));
        });
}

}  // namespace

void add_position_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/position", rights::view,
        "What is required, owned, short and spare, and who is not covered", show, http::kSlow);
    row(Method::get, "/v1/products/{product}/refusals", rights::view,
        "How many would be refused, if so many CALs were added", refusals, http::kSlow);
}

}  // namespace calm
