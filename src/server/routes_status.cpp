// Health, status, metrics, explanations and the start page.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/stations.h"
#include "server/alert_desk.h"
#include "server/api.h"
#include "server/clearinghouse_link.h"
#include "server/host_attention.h"
#include "server/position_desk.h"
#include "wire/fields.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

std::string_view clock_state(TrustedClock::State state) {
    switch (state) {
        case TrustedClock::State::agrees: return "agrees";
        case TrustedClock::State::wall_behind: return "behind";
        case TrustedClock::State::wall_ahead: return "ahead";
    }
    return "?";
}

void live(Api&, const Request&, Responder responder) {
    responder.send(Response::json(200, R"({"live":true})"));
}

// Ready: answers are correct and can be made durable. A standing clock is told, but holders are
// served.
void ready(Api& api, const Request&, Responder responder) {
    const auto clock = api.server.read_clock();
    const bool ready_now = !api.server.stopped();
    responder.send(Response::json(
        ready_now ? 200 : 503, fmt::format(R"({{"ready":{},"clock":"{}","issuing":{}}})", ready_now,
                                           clock_state(clock.state), ready_now)));
}

// By the vendors whose packs ask for it; nothing where none does.
void append_activations(std::string& out, const Api& api) {
    const Ledger& ledger = api.server.ledger();
    const Instant now = api.server.now();
    std::string each;
    for (const KeyBytes& vendor : ledger.vendors()) {
        if (!needs_activation(ledger, vendor)) continue;
        each += each.empty() ? "" : ",";
        each += R"({"vendor":)";
        wire::append_json_string(each, vendor_name(api, vendor));
        each += fmt::format(R"(,"state":"{}")", activation_state(ledger, vendor, now));
        if (const Instant until = ledger.vendor_state(vendor).activated_until; until > Instant{})
            each += fmt::format(R"(,"until":"{}")", to_rfc3339(until));
        each += '}';
    }
    if (!each.empty()) out += fmt::format(R"("activations":[{}],)", each);
}

// The hosts in their initial grace, those whose grace ends first by name, those that somebody
// should look at, and how many have each mode: a screen that shows this all day must not fetch ten
// thousand hosts for it.
void append_host_attention(std::string& out, const Api& api) {
    constexpr size_t kNamed = 5;
    constexpr Seconds kSoon = days(30);
    const Ledger& ledger = api.server.ledger();
    const Instant now = api.server.now();
    const HostWatch watch(api);
    std::vector<std::pair<Instant, uint32_t>> in_grace;
    size_t ending = 0;
    std::map<HostAttention, std::pair<size_t, uint32_t>> wanting;  // how many, and the first
    std::map<LicensingMode, size_t> with_mode;
    for (uint32_t id = 1; id <= ledger.hosts().size(); ++id) {
        const Host& host = ledger.host({id});
        if (host.removed) continue;
        ++with_mode[host.mode];
        for (const auto what :
             {HostAttention::without_mode, HostAttention::grace_over, HostAttention::silent}) {
            if (watch.asks_for(what, {id}) && wanting[what].first++ == 0) wanting[what].second = id;
        }
        if (!watch.asks_for(HostAttention::in_grace, {id})) continue;
        in_grace.emplace_back(host.grace_until, id);
        ending += host.grace_until <= now + kSoon ? 1 : 0;
    }
    const size_t named = std::min(kNamed, in_grace.size());
    std::ranges::partial_sort(in_grace, in_grace.begin() + static_cast<ptrdiff_t>(named));
    out += fmt::format(R"("grace":{{"hosts":{},"ending":{},"first":[)", in_grace.size(), ending);
    for (size_t i = 0; i < named; ++i) {
        const auto& [until, id] = in_grace[i];
        out += fmt::format(R"({}{{"host":{},"name":)", i == 0 ? "" : ",", id);
        wire::append_json_string(out, api.directory.host_name({id}));
        out += fmt::format(R"(,"grace_until":"{}"}})", to_rfc3339(until));
    }
    out += "]},";
    for (const auto what :
         {HostAttention::without_mode, HostAttention::grace_over, HostAttention::silent}) {
        const auto [count, first] = wanting[what];
        out += fmt::format(R"("{}":{{"hosts":{})", name_of(what), count);
        if (count > 0) {
            out += R"(,"first":)";
            wire::append_json_string(out, api.directory.host_name({first}));
        }
        out += "},";
    }
    out += R"("modes":{)";
    const char* separator = "";
    for (const auto& [mode, name] : NamesOf<LicensingMode>::value) {
        out += fmt::format(R"({}"{}":{})", separator, name, with_mode[mode]);
        separator = ",";
    }
    out += "},";
}

void append_stations(std::string& out, const Api& api) {
    const StationCount count = count_stations(api.server.ledger(), api.server.now());
    out += fmt::format(R"("stations":{{"registered":{},"covered":{}}},)", count.registered,
                       count.covered);
}

std::string status_text(const Api& api, const std::vector<uint64_t>& missing) {
    const LicenseServer& server = api.server;
    const Ledger& ledger = server.ledger();
    const auto clock = api.server.read_clock();
    std::string out = fmt::format(
        R"({{"license_server_id":"{}","version":"{}","started_at":"{}","epoch":{},"entries":{},"durable":{},"waiting":{},)"
        R"("ledger_time":"{}","clock":{{"state":"{}","difference_s":{}}},"issuing":{},)",
        server.node().ledger_id, CALM_VERSION, to_rfc3339(api.started_at), ledger.epoch(),
        ledger.size(), server.durable(), server.waiting(), to_rfc3339(api.server.now()),
        clock_state(clock.state), clock.difference.count, !server.stopped());
    const AlertBook& alerts = api.alerts.book();
    const auto alerts_in = [&](AlertState state) {
        size_t count = 0;
        for (const auto& [severity, name] : NamesOf<Severity>::value)
            count += alerts.count(state, severity);
        return count;
    };
    out += fmt::format(R"("alerts":{{"open":{},"acknowledged":{},"critical":{},"warning":{}}},)",
                       alerts_in(AlertState::open), alerts_in(AlertState::acknowledged),
                       alerts.count(AlertState::open, Severity::critical),
                       alerts.count(AlertState::open, Severity::warning));
    size_t hosts = 0;
    size_t awaited = 0;
    for (const Host& host : ledger.hosts()) {
        hosts += host.removed ? 0 : 1;
        awaited += ledger.awaits(host) ? 1 : 0;
    }
    if (ledger.restore_window(api.server.now())) {
        out += fmt::format(R"("restore":{{"hosts_awaited":{},"until":"{}"}},)", awaited,
                           to_rfc3339(ledger.restore_window_end()));
    }
    append_activations(out, api);
    append_host_attention(out, api);
    append_stations(out, api);
    out += fmt::format(R"("hosts":{},"subjects":{},"cals":{},"fingerprint":"{}","products":[)",
                       hosts, ledger.subject_count(), ledger.cal_count(), api.fingerprint);
    for (size_t i = 0; i < ledger.products().size(); ++i) {
        const ProductState& product = ledger.products()[i];
        uint64_t owned = 0;
        uint64_t used = 0;
        for (const Pack& pack : ledger.packs()) {
            if (pack.removed || pack.product.value != i + 1) continue;
            if (pack.valid(api.server.now())) owned += pack.quantity();
            used += pack.used;
        }
        if (i > 0) out += ',';
        out += fmt::format(
            R"({{"product":"{}","requires":"{}","owned":{},"used":{},"temporary":{},"overuse":{},"missing":{}}})",
            product.product.code, name_of(product.product.rules.requirement), owned, used,
            product.temporary, product.overuse, i < missing.size() ? missing[i] : 0);
    }
    return out + "]}";
}

void status(Api& api, const Request&, Responder responder) {
    look_at_missing(api, [&api, responder = std::move(responder)](
                             Result<std::vector<uint64_t>> missing) mutable {
        if (!missing) return responder.fail(missing.error());
        responder.send(Response::json(200, status_text(api, *missing)));
    });
}

void metrics(Api& api, const Request&, Responder responder) {
    Response response;
    response.content_type = http::kPrometheusText;
    response.body = api.metrics.text();
    responder.send(response);
}

void explain(Api&, const Request& request, Responder responder) {
    const std::string name = request.parameter("reason");
    if (!from_name<Reason>(name)) {
        return responder.fail({"reason_unknown", "there is no reason `" + name + "`"});
    }
    const Language language = request.language();
    std::string out = R"({"reason":")" + name + '"';
    for (const char* part : {"title", "cause", "remedy", "sentence"}) {
        out += fmt::format(R"(,"{}":)", part);
        wire::append_json_string(out, message(language, fmt::format("reason.{}.{}", name, part)));
    }
    out += fmt::format(R"(,"verdict":"{}"}})", name_of(verdict_of(*from_name<Reason>(name))));
    responder.send(Response::json(200, std::move(out)));
}

void accept_clock(Api& api, const Request&, Responder responder) {
    api.server.accept_clock(
        [&api, responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            responder.send(Response::json(
                200, fmt::format(R"({{"ledger_time":"{}"}})", to_rfc3339(api.server.now()))));
        });
}

}  // namespace

void add_status_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/livez", {}, "Is the process alive?", live, http::kUnauthenticated);
    row(Method::get, "/readyz", {}, "Can it answer?", ready, http::kUnauthenticated);
    row(Method::get, "/metrics", rights::view, "Numbers for Prometheus", metrics);
    row(Method::get, "/v1/status", rights::view, "The state of the server in one page", status);
    row(Method::get, "/v1/explain/{reason}", {}, "Cause and remedy of a reason", explain,
        http::kUnauthenticated);
    row(Method::post, "/v1/clock/accept", rights::own, "Vouch for the machine's clock",
        accept_clock);
}

}  // namespace calm
