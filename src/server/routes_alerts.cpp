// Alerts: list, show, acknowledge, test; and the forecast of the day a pool runs out.
#include <chrono>

#include <fmt/format.h>

#include "messages/detail.h"
#include "server/alert_desk.h"
#include "server/api.h"
#include "wire/fields.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

constexpr uint32_t kPageMax = 1000;
constexpr uint32_t kPageDefault = 100;
constexpr auto kSlice = std::chrono::milliseconds(1);

struct Page {
    bool standing = true;  // those that are not resolved
    std::optional<AlertState> state;
    std::optional<Severity> severity;
    uint32_t limit = kPageDefault;
    uint32_t before = 0xFFFF'FFFF;  // alerts with smaller numbers

    bool fits(const Alert& alert) const {
        if (severity && alert.warning.severity != *severity) return false;
        if (state) return alert.state == *state;
        return !standing || alert.state != AlertState::resolved;
    }
};

Result<Page> page_of(const Request& request) {
    Page page;
    CALM_TRY_ASSIGN(page.limit, query_number(request, "limit", page.limit));
    CALM_TRY_ASSIGN(page.before, query_number(request, "cursor", page.before));
    page.limit = std::min(std::max(page.limit, 1U), kPageMax);
    if (const auto severity = request.query("severity")) {
        page.severity = from_name<Severity>(*severity);
        if (!page.severity)
            return fail("bad_query", "`severity` is none of notice, warning, critical");
    }
    const auto state = request.query("state");
    if (!state) return page;
    page.standing = false;
    if (*state == "all") return page;
    page.state = from_name<AlertState>(*state);
    if (!page.state)
        return fail("bad_query", "`state` is none of open, acknowledged, resolved, all");
    return page;
}

// The newest first. A page costs at most a millisecond of the loop: it may come back shorter than
// asked, with a cursor to go on from.
void list(Api& api, const Request& request, Responder responder) {
    const auto page = page_of(request);
    if (!page) return responder.fail(page.error());
    const auto& alerts = api.alerts.book().alerts();
    const auto deadline = std::chrono::steady_clock::now() + kSlice;
    const AlertNames names = api.alerts.names();
    std::string out = R"({"alerts":[)";
    uint32_t shown = 0;
    uint32_t looked = 0;
    auto at = alerts.lower_bound(page->before);
    uint32_t last = page->before;
    while (at != alerts.begin() && shown < page->limit) {
        --at;
        last = at->first;
        if (page->fits(at->second)) {
            if (shown++ > 0) out += ',';
            append_alert(out, request.language(), at->second, names);
        }
        if (++looked % 16 == 0 && std::chrono::steady_clock::now() > deadline) break;
    }
    out += ']';
    if (at != alerts.begin()) out += fmt::format(R"(,"cursor":"{}")", last);
    out += '}';
    responder.send(Response::json(200, std::move(out)));
}

std::string alert_json(const Api& api, Language language, const Alert& alert) {
    std::string out;
    append_alert(out, language, alert, api.alerts.names());
    return out;
}

void show(Api& api, const Request& request, Responder responder) {
    const Alert* const alert = api.alerts.book().alert(number_of(request, "alert"));
    if (alert == nullptr) {
        return responder.fail(
            {"alert_unknown", fmt::format("there is no alert `{}`", request.parameter("alert"))});
    }
    responder.send(Response::json(200, alert_json(api, request.language(), *alert)));
}

void acknowledge(Api& api, const Request& request, Responder responder) {
    const uint32_t id = number_of(request, "alert");
    std::string account(api.sign_in.account_of(request.caller));
    api.alerts.acknowledge(id, std::move(account),
                           [&api, id, language = request.language(),
                            responder = std::move(responder)](Result<Committed> done) mutable {
                               if (!done) return responder.fail(done.error());
                               responder.send(Response::json(
                                   200, alert_json(api, language, *api.alerts.book().alert(id))));
                           });
}

void test(Api& api, const Request& request, Responder responder) {
    api.alerts.test([language = request.language(), responder = std::move(responder)](
                        Result<std::vector<DeliveryReport>> reports) mutable {
        if (!reports) return responder.fail(reports.error());
        std::string out = R"({"receivers":[)";
        for (const DeliveryReport& each : *reports) {
            if (out.back() == '}') out += ',';
            out += R"({"receiver":)";
            wire::append_json_string(out, each.receiver);
            out += fmt::format(R"(,"sent":{})", each.sent);
            if (!each.sent) {
                out += R"(,"why":)";
                wire::append_json_string(out, translated_detail(language, each.why));
            }
            out += '}';
        }
        out += "]}";
        responder.send(Response::json(200, std::move(out)));
    });
}

void append_forecast(std::string& out, const Api& api, const PoolForecast& pool) {
    const Forecast& forecast = pool.forecast;
    out += fmt::format(
        R"({{"product":"{}","kind":"{}","outcome":"{}","used":{},"seats":{},"growth_per_day":{:.3f},)"
        R"("history_days":{},"samples":{},"window_days":{},"packs":[)",
        api.server.ledger().product(pool.pool.first).product.code, name_of(pool.pool.second),
        name_of(forecast.outcome), forecast.used, forecast.seats,
        static_cast<double>(forecast.growth_thousandths) / 1000.0, forecast.history_days,
        forecast.samples, kForecastWindowDays);
    for (const SeatChange& each : seat_changes(api.server.ledger(), pool.pool, api.server.now())) {
        if (out.back() == '}') out += ',';
        out += fmt::format(R"({{"at":"{}","seats":{}}})", to_rfc3339(each.at), each.seats);
    }
    out += ']';
    if (forecast.day) out += fmt::format(R"(,"day":"{}")", day_text(*forecast.day));
    out += '}';
}

void show_forecast(Api& api, const Request& request, Responder responder) {
    ProductId product;
    if (const auto code = request.query("product")) {
        const auto named = product_named(api, *code);
        if (!named) return responder.fail(named.error());
        product = *named;
    }
    std::string out = R"({"forecasts":[)";
    for (const PoolForecast& each : api.alerts.forecasts(product)) {
        if (out.back() == '}') out += ',';
        append_forecast(out, api, each);
    }
    out += "]}";
    responder.send(Response::json(200, std::move(out)));
}

}  // namespace

void add_alert_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/alerts", rights::view, "List alerts, the newest first", list);
    row(Method::get, "/v1/alerts/{alert}", rights::view, "Show an alert", show);
    row(Method::post, "/v1/alerts/{alert}/acknowledge", rights::operate, "Acknowledge an alert",
        acknowledge);
    row(Method::post, "/v1/alerts/test", rights::own, "Send every receiver a test message", test);
    row(Method::get, "/v1/forecast", rights::view, "The day on which each pool runs out",
        show_forecast);
}

}  // namespace calm
