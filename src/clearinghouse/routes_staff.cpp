// Acts and lists. A parameter of the path becomes a field of what is asked.
#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "clearinghouse/front.h"

namespace calm::clearinghouse {
namespace {

using http::Method;
using http::Request;
using http::Responder;

// The body with the path's parameter in it. Errors: `unsupported_media_type`, `json_malformed`,
// `bad_field`.
Result<std::string> whole_body(const Request& request) {
    // A form of another site can make a browser send text, but not this type.
    if (!request.header("content-type").starts_with("application/json"))
        return fail("unsupported_media_type", "the body is sent as application/json");
    if (request.parameters.count == 0) return std::string(request.body);
    http::JsonReader reader;
    CALM_TRY_ASSIGN(const auto* json, reader.read(request.body));
    if (!json->is_object()) return fail("bad_field", "the body is no object");
    boost::json::object object = json->as_object();
    const std::string name(request.parameters.slots[0].name);
    if (object.contains(name)) return fail("bad_field", "`" + name + "` stands in the path");
    object[name] = request.parameter(name);
    return boost::json::serialize(object);
}

void do_act(Front& front, const char* act, const Request& request, Responder responder) {
    auto body = whole_body(request);
    if (!body) return responder.fail(body.error());
    reply_from_desk(
        front, std::move(responder),
        [&front, act, body = std::move(*body), actor = front.staff.actor_of(request.caller)] {
            return perform_act(front.staff_desk, act, body, actor);
        });
}

void approve(Front& front, const Request& request, Responder responder) {
    const std::string text = request.parameter("approval");
    uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) number = 0;
    reply_from_desk(front, std::move(responder),
                    [&front, number, actor = front.staff.actor_of(request.caller)] {
                        return approve_act(front.staff_desk, number, actor);
                    });
}

void show_list(Front& front, std::string_view name, const Request& request, Responder responder) {
    reply_from_desk(
        front, std::move(responder),
        [&front, name, server = request.query("server").value_or("")]() -> Result<Reply> {
            std::string id = server;
            if (!server.empty()) {
                CALM_TRY_ASSIGN(const LedgerId read, parse_ledger_id(server));
                id = to_string(read);
            }
            CALM_TRY_ASSIGN(std::string text, list_text(front.office, name, id));
            return Reply{.body = std::move(text)};
        });
}

void show_pack(Front& front, const Request& request, Responder responder) {
    reply_from_desk(front, std::move(responder),
                    [&front, id = request.parameter("pack")]() -> Result<Reply> {
                        CALM_TRY_ASSIGN(std::string text, pack_text(front.office, id));
                        if (text.empty())
                            return fail("pack_unknown", "there is no pack `" + id + "`");
                        return Reply{.body = std::move(text)};
                    });
}

void show_products(Front& front, const Request&, Responder responder) {
    reply_from_desk(front, std::move(responder), [&front]() -> Result<Reply> {
        CALM_TRY_ASSIGN(std::string text, product_list_text(front.office));
        return Reply{.body = std::move(text)};
    });
}

void show_report(Front& front, const Request&, Responder responder) {
    reply_from_desk(front, std::move(responder), [&front]() -> Result<Reply> {
        CALM_TRY_ASSIGN(std::string text, report_text(front.office));
        return Reply{.body = std::move(text)};
    });
}

void show_provider_report(Front& front, const Request& request, Responder responder) {
    reply_from_desk(front, std::move(responder),
                    [&front, month = request.query("month").value_or("")]() -> Result<Reply> {
                        CALM_TRY_ASSIGN(std::string text,
                                        provider_report_text(front.office, month));
                        return Reply{.body = std::move(text)};
                    });
}

struct ActRoute {
    const char* pattern;
    http::Right right;
    const char* summary;
    const char* act;
};

constexpr ActRoute kActRoutes[] = {
    {"/v1/products", rights::sell, "Define a product", "define_product"},
    {"/v1/customers", rights::sell, "Add a customer", "add_customer"},
    {"/v1/orders", rights::sell, "Take an order", "take_order"},
    {"/v1/keys", rights::sell, "Make product keys", "make_keys"},
    {"/v1/packs", rights::sell, "Issue a pack for a license server", "issue_pack"},
    {"/v1/packs/merge", rights::sell, "Make several packs into one", "merge_packs"},
    {"/v1/packs/{pack}/renew", rights::sell, "Renew a pack", "renew_pack"},
    {"/v1/packs/{pack}/revoke", rights::sell, "Take a pack back", "revoke_pack"},
    {"/v1/packs/{pack}/split", rights::sell, "Split a pack over license servers", "split_pack"},
    {"/v1/servers/{server}/replace", rights::serve, "Let a license server take another's place",
     "replace_server"},
    {"/v1/readouts/activation", rights::serve, "Read out an activation", "read_out_activation"},
    {"/v1/readouts/pack", rights::serve, "Read out a pack", "read_out_pack"},
};

}  // namespace

void add_staff_routes(Front& front, RouteList& routes) {
    for (const ActRoute& row : kActRoutes) {
        add_row(front, routes, Method::post, row.pattern, row.right, row.summary,
                [act = row.act](Front& with, const Request& request, Responder responder) {
                    do_act(with, act, request, std::move(responder));
                });
    }
    for (const ListKind& kind : all_lists()) {
        add_row(front, routes, Method::get, "/v1/" + std::string(kind.name), rights::view,
                kind.summary,
                [name = kind.name](Front& with, const Request& request, Responder responder) {
                    show_list(with, name, request, std::move(responder));
                });
    }
    add_row(front, routes, Method::get, "/v1/products", rights::view, "List the products",
            show_products);
    add_row(front, routes, Method::get, "/v1/packs/{pack}", rights::view, "Show a pack", show_pack);
    add_row(front, routes, Method::get, "/v1/report", rights::view,
            "Show what was sold, activated, is short, is up for renewal", show_report);
    add_row(front, routes, Method::get, "/v1/report/service-providers", rights::view,
            "Show what service providers had in a month", show_provider_report);
    add_row(front, routes, Method::post, "/v1/approvals/{approval}", rights::sell,
            "Approve what another account asked for", approve);
}

}  // namespace calm::clearinghouse
