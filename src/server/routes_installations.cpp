// Installations: list, claim, move, release.
#include "core/installations.h"
#include "documents/commitment.h"
#include "server/api.h"
#include "wire/license_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

void list(Api& api, const Request& request, Responder responder) {
    const Ledger& ledger = api.server.ledger();
    ProductId product;
    if (const auto code = request.query("product")) {
        const auto named = product_named(api, *code);
        if (!named) return responder.fail(named.error());
        product = *named;
    }
    std::string out = R"({"installations":[)";
    for (const Installation& each : ledger.installations()) {
        if (product && ledger.pack(each.pack).product != product) continue;
        if (out.back() == '}') out += ',';
        wire::write_installation(out, ledger, each, holder_name(api, each.computer));
    }
    out += "]}";
    responder.send(Response::json(200, std::move(out)));
}

// A computer that nobody knows yet gets a name beside the log as it gets a number in it.
struct Named {
    Computer computer;
    store::SubjectName name;
};

Result<Named> computer_named(const Api& api, const std::string& text) {
    Named out;
    CALM_TRY_ASSIGN(const std::string name, normalised_name(text));
    out.computer.subject = api.server.find_subject(HolderKind::device, name);
    if (out.computer.subject) return out;
    out.name = newcomer(api, HolderKind::device, name);
    out.computer.commitment = commitment_to(out.name.salt, out.name.kind, out.name.name);
    return out;
}

void change(Api& api, Result<Entries> entries, const Named& computer, ProductId product, int status,
            Responder responder) {
    Extras extras;
    // Only who becomes a subject now is named.
    if (entries && !entries->empty() &&
        std::holds_alternative<entry::SubjectAdded>(entries->front())) {
        extras.subjects.push_back(computer.name);
    }
    const SubjectId subject =
        computer.computer.subject ? computer.computer.subject : computer.name.subject;
    api.server.change(std::move(entries), std::move(extras),
                      [&api, subject, product, status,
                       responder = std::move(responder)](Result<Committed> done) mutable {
                          if (!done) return responder.fail(done.error());
                          const Ledger& ledger = api.server.ledger();
                          const Installation* made =
                              installation_of(ledger, subject, product, api.server.now());
                          // It ended, or was taken back, while this was written.
                          if (made == nullptr) return responder.send(Response::no_content());
                          std::string out;
                          wire::write_installation(out, ledger, *made, holder_name(api, subject));
                          responder.send(Response::json(status, std::move(out)));
                      });
}

struct Asked {
    wire::InstallationRequest wish;
    ProductId product;
};

Result<Asked> asked(Api& api, const Request& request, bool moves) {
    Asked out;
    CALM_TRY_ASSIGN(const boost::json::value* const body, body_of(api, request));
    CALM_TRY_ASSIGN(out.wish, wire::parse_installation(*body, moves));
    CALM_TRY_ASSIGN(out.product, product_named(api, out.wish.product));
    return out;
}

void claim(Api& api, const Request& request, Responder responder) {
    const auto wanted = asked(api, request, false);
    if (!wanted) return responder.fail(wanted.error());
    const auto computer = computer_named(api, wanted->wish.computer);
    if (!computer) return responder.fail(computer.error());
    change(api,
           decide_claim(api.server.ledger(), wanted->product, computer->computer, api.server.now()),
           *computer, wanted->product, 201, std::move(responder));
}

void move(Api& api, const Request& request, Responder responder) {
    const auto wanted = asked(api, request, true);
    if (!wanted) return responder.fail(wanted.error());
    const auto to = computer_named(api, wanted->wish.to);
    if (!to) return responder.fail(to.error());
    const SubjectId from = api.server.find_subject(HolderKind::device, wanted->wish.computer);
    change(api,
           decide_move(api.server.ledger(), wanted->product, from, to->computer, api.server.now()),
           *to, wanted->product, 200, std::move(responder));
}

void release(Api& api, const Request& request, Responder responder) {
    const auto wanted = asked(api, request, false);
    if (!wanted) return responder.fail(wanted.error());
    const SubjectId computer = api.server.find_subject(HolderKind::device, wanted->wish.computer);
    api.server.change(
        decide_unclaim(api.server.ledger(), wanted->product, computer, api.server.now()), {},
        no_content(std::move(responder)));
}

}  // namespace

void add_installation_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/installations", rights::view,
        "Which computers software is installed on that is sold for one each", list);
    row(Method::post, "/v1/installations", rights::operate, "Bind an installation to a computer",
        claim);
    row(Method::post, "/v1/installations/move", rights::operate,
        "Bind a computer's installation to another computer", move);
    row(Method::post, "/v1/installations/release", rights::operate,
        "Give a computer's installation back", release);
}

}  // namespace calm
