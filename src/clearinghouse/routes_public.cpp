// What license servers ask, without an account.
#include "clearinghouse/front.h"
#include "clearinghouse/issue.h"

namespace calm::clearinghouse {
namespace {

using http::Method;
using http::Request;
using http::Responder;

void answer_request(Front& front, const Request& request, Responder responder) {
    // A form of another site can send text/plain, but a request is signed by its server: whoever
    // brings it may bring it.
    if (!request.header("content-type").starts_with("text/plain")) {
        return responder.fail(
            {"unsupported_media_type", "an activation request is sent as text/plain"});
    }
    if (is_full(front.desk, responder)) return;
    struct Outcome {
        Result<std::string> answer;
        uint32_t wait = 0;
    };
    front.desk.run(
        [&front, text = std::string(request.body), address = std::string(request.peer().address)] {
            Outcome outcome{.answer = front.activations.answer(text, {}, address)};
            if (!outcome.answer && outcome.answer.error().code == "too_many_wrong_keys")
                outcome.wait = front.activations.wait_of(address);
            return outcome;
        },
        [responder = std::move(responder)](Outcome outcome) mutable {
            if (!outcome.answer) return responder.fail(outcome.answer.error(), outcome.wait);
            responder.send({.content_type = http::kPlainText, .body = std::move(*outcome.answer)});
        });
}

void show_status_list(Front& front, const Request& request, Responder responder) {
    const auto server = parse_ledger_id(request.query("server").value_or(""));
    if (!server) return responder.fail(server.error());
    reply_from_desk(front, std::move(responder), [&front, server = *server]() -> Result<Reply> {
        CALM_TRY_ASSIGN(std::string list, status_list_of(front.office, server));
        return Reply{.type = http::kPlainText, .body = std::move(list)};
    });
}

void is_alive(Front&, const Request&, Responder responder) {
    responder.send(200, http::kPlainText, "ok\n");
}

}  // namespace

void add_public_routes(Front& front, RouteList& routes) {
    add_row(front, routes, Method::post, "/v1/activations", {}, "Answer a license server's request",
            answer_request, http::kUnauthenticated);
    add_row(front, routes, Method::get, "/v1/status-list", {},
            "Show a license server's status list", show_status_list, http::kUnauthenticated);
    add_row(front, routes, Method::get, "/livez", {}, "Tell whether it runs", is_alive,
            http::kUnauthenticated);
}

}  // namespace calm::clearinghouse
