// What a console listens to: that something has changed.
#include <charconv>

#include <fmt/format.h>

#include "server/api.h"
#include "server/event_desk.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;

void watch(Api& api, const Request& request, Responder responder) {
    uint32_t seconds = EventDesk::kSecondsMax;
    if (const auto text = request.query("seconds")) {
        const auto [end, problem] =
            std::from_chars(text->data(), text->data() + text->size(), seconds);
        if (problem != std::errc() || end != text->data() + text->size() ||
            seconds > EventDesk::kSecondsMax) {
            return responder.fail({"bad_query", fmt::format("`seconds` is a number from 0 to {}",
                                                            EventDesk::kSecondsMax)});
        }
    }
    api.events.watch(std::move(responder), seconds);
}

}  // namespace

void add_event_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/events", rights::view, "Tells that something has changed, as it happens",
        watch, http::kWatched);
}

}  // namespace calm
