// Products and the ledger's settings.
#include "server/api.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

std::string text_of(const Product& product) {
    std::string out;
    wire::write_product(out, product);
    return out;
}

Response with_tag(int status, std::string text) {
    const std::string tag = etag_of(text);
    Response response = Response::json(status, std::move(text));
    response.headers.add("ETag", tag);
    return response;
}

void list(Api& api, const Request&, Responder responder) {
    std::string out = R"({"products":[)";
    for (const ProductState& state : api.server.ledger().products()) {
        if (out.back() == '}') out += ',';
        wire::write_product(out, state.product);
    }
    out += "]}";
    responder.send(Response::json(200, std::move(out)));
}

void add(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    auto product = wire::parse_product(**body);
    if (!product) return responder.fail(product.error());
    const Ledger& ledger = api.server.ledger();
    if (const ProductId known = ledger.find_product(product->code);
        known && ledger.product(known).product != *product) {
        return responder.fail(
            {"product_exists", "`" + product->code + "` is defined already, with other rules"});
    }
    api.server.change(decide_product(ledger, *product), {},
                      [responder = std::move(responder),
                       text = text_of(*product)](Result<Committed> done) mutable {
                          if (!done) return responder.fail(done.error());
                          responder.send(with_tag(201, std::move(text)));
                      });
}

Result<const Product*> named(const Api& api, const Request& request) {
    CALM_TRY_ASSIGN(const ProductId id, product_named(api, request.parameter("product")));
    return &api.server.ledger().product(id).product;
}

void show(Api& api, const Request& request, Responder responder) {
    const auto product = named(api, request);
    if (!product) return responder.fail(product.error());
    responder.send(with_tag(200, text_of(**product)));
}

void set(Api& api, const Request& request, Responder responder) {
    const auto present = named(api, request);
    if (!present) return responder.fail(present.error());
    if (const auto ok = check_if_match(request, etag_of(text_of(**present))); !ok) {
        return responder.fail(ok.error());
    }
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    auto product = wire::parse_product(**body, *present);
    if (!product) return responder.fail(product.error());
    api.server.change(decide_product(api.server.ledger(), *product), {},
                      [responder = std::move(responder),
                       text = text_of(*product)](Result<Committed> done) mutable {
                          if (!done) return responder.fail(done.error());
                          responder.send(with_tag(200, std::move(text)));
                      });
}

std::string text_of(const Policy& policy) {
    std::string out;
    wire::write_policy(out, policy);
    return out;
}

void show_settings(Api& api, const Request&, Responder responder) {
    responder.send(with_tag(200, text_of(api.server.ledger().policy())));
}

void set_settings(Api& api, const Request& request, Responder responder) {
    const Policy& present = api.server.ledger().policy();
    if (const auto ok = check_if_match(request, etag_of(text_of(present))); !ok) {
        return responder.fail(ok.error());
    }
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    const auto policy = wire::parse_policy(**body, present);
    if (!policy) return responder.fail(policy.error());
    Entries entries;
    if (*policy != present) entries.emplace_back(entry::PolicySet{*policy});
    api.server.change(std::move(entries), {},
                      [responder = std::move(responder),
                       text = text_of(*policy)](Result<Committed> done) mutable {
                          if (!done) return responder.fail(done.error());
                          responder.send(with_tag(200, std::move(text)));
                      });
}

}  // namespace

void add_product_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/products", rights::view, "List the products", list);
    row(Method::post, "/v1/products", rights::license, "Define a product", add);
    row(Method::get, "/v1/products/{product}", rights::view, "Show a product", show);
    row(Method::put, "/v1/products/{product}", rights::license, "Change a product's rules", set);
    row(Method::get, "/v1/settings", rights::view, "Show the ledger's settings", show_settings);
    row(Method::put, "/v1/settings", rights::license, "Change the ledger's settings", set_settings);
}

}  // namespace calm
