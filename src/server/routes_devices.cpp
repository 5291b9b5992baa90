// Devices that are one machine, and devices that look like one: list, merge, separate, accept.
#include "core/machines.h"
#include "server/api.h"
#include "wire/device_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

void list(Api& api, const Request&, Responder responder) {
    std::string out;
    wire::write_devices(out, api.server.ledger(),
                        [&api](SubjectId device) { return holder_name(api, device); });
    responder.send(Response::json(200, std::move(out)));
}

SubjectId device_named(const Api& api, std::string_view name) {
    return api.server.find_subject(HolderKind::device, name);
}

void change(Api& api, Result<Entries> entries, Responder responder) {
    api.server.change(std::move(entries), {}, no_content(std::move(responder)));
}

void merge(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    const auto asked = wire::parse_device(**body, true);
    if (!asked) return responder.fail(asked.error());
    change(api,
           decide_merge(api.server.ledger(), device_named(api, asked->device),
                        device_named(api, asked->other), api.server.now()),
           std::move(responder));
}

template <class Verb>
void decide_one(Api& api, const Request& request, Responder responder, Verb verb) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    const auto asked = wire::parse_device(**body, false);
    if (!asked) return responder.fail(asked.error());
    change(api, verb(api.server.ledger(), device_named(api, asked->device), api.server.now()),
           std::move(responder));
}

void separate(Api& api, const Request& request, Responder responder) {
    decide_one(api, request, std::move(responder), decide_separation);
}

void accept(Api& api, const Request& request, Responder responder) {
    decide_one(api, request, std::move(responder), decide_acceptance);
}

}  // namespace

void add_device_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/devices", rights::view,
        "Devices that are one machine, and those that look like one", list);
    row(Method::post, "/v1/devices/merge", rights::operate,
        "Two devices are one machine: they share one CAL", merge);
    row(Method::post, "/v1/devices/separate", rights::operate,
        "A device is a machine of its own again", separate);
    row(Method::post, "/v1/devices/accept", rights::operate,
        "A device that looks like another one is a machine of its own", accept);
}

}  // namespace calm
