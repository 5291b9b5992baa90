// Hosts: enrolment by token, list, settings, removal.
#include <algorithm>

#include <fmt/format.h>

#include "core/host_licenses.h"
#include "server/api.h"
#include "server/host_attention.h"
#include "server/host_enrolment.h"
#include "wire/fields.h"
#include "wire/host_json.h"
#include "wire/license_json.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

constexpr uint32_t kHostsPerTokenMax = 100'000;

std::string host_text(const Api& api, HostId host) {
    std::string out;
    wire::write_host(out, api.server.ledger(), host, api.directory.host_name(host),
                     api.server.now());
    return out;
}

// The same with when it was last heard of, which changes every minute and is no part of its
// version.
void append_host(const Api& api, HostId host, std::string& out) {
    out += host_text(api, host);
    const HostHeard* heard = api.contacts.of(host);
    if (heard == nullptr) return;
    out.back() = ',';
    out += fmt::format(R"("contact":{{"at":"{}")", to_rfc3339(heard->at));
    if (const auto& told = heard->told) {
        out += R"(,"version":)";
        wire::append_json_string(out, told->version);
        out += fmt::format(R"(,"mode":"{}","mode_from":"{}","servers":[)", name_of(told->mode),
                           name_of(told->mode_from));
        for (const std::string& server : told->servers) {
            if (out.back() != '[') out += ',';
            wire::append_json_string(out, server);
        }
        out += fmt::format(R"(],"servers_from":"{}","clock_difference_s":{})",
                           name_of(told->servers_from), (told->time - heard->at).count);
    }
    out += "}}";
}

// Letters of ASCII in either case.
bool contains(std::string_view text, std::string_view part) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return !std::ranges::search(text, part, {}, lower, lower).empty() || part.empty();
}

// All of them, or with a limit page by page; `total` says how many there are that fit.
void list(Api& api, const Request& request, Responder responder) {
    const auto limit = query_number(request, "limit", 0xFFFF'FFFF);
    if (!limit) return responder.fail(limit.error());
    const auto cursor = query_number(request, "cursor", 0);
    if (!cursor) return responder.fail(cursor.error());
    const std::string search = request.query("search").value_or("");
    const std::string state = request.query("state").value_or("");
    const auto wanted = from_name<HostAttention>(state);
    if (!state.empty() && !wanted)
        return responder.fail({"bad_query", "`state` is none of a host"});
    const HostWatch watch(api);
    const Ledger& ledger = api.server.ledger();
    std::string out = R"({"hosts":[)";
    uint32_t total = 0;
    uint32_t shown = 0;
    uint32_t last = 0;
    bool more = false;
    for (uint32_t id = 1; id <= ledger.hosts().size(); ++id) {
        const std::string_view name = api.directory.host_name({id});
        if (ledger.host({id}).removed || !contains(name, search)) continue;
        if (wanted && !watch.asks_for(*wanted, {id})) continue;
        ++total;
        more = more || (id > *cursor && shown == *limit);
        if (id <= *cursor || shown == *limit) continue;
        if (shown++ > 0) out += ',';
        append_host(api, {id}, out);
        last = id;
    }
    out += fmt::format(R"(],"total":{})", total);
    if (more) out += fmt::format(R"(,"cursor":"{}")", last);
    out += '}';
    responder.send(Response::json(200, std::move(out)));
}

// {"hosts_max":N,"valid_for":"7d"} → a token that N hosts may enrol with until then.
void make_token(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    uint32_t hosts_max = 1;
    std::string valid_for = "1d";
    fields.number("hosts_max", hosts_max, kHostsPerTokenMax);
    fields.text("valid_for", valid_for, 32);
    const auto length = parse_duration(valid_for);
    if (hosts_max == 0) fields.complain("hosts_max", "is 0");
    if (!length) fields.complain("valid_for", length.error().detail);
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    const http::SecretToken secret = http::make_secret_token("calm_enrol");
    EnrolmentToken token{.digest = to_hex(secret.hash),
                         .hosts_left = hosts_max,
                         .expires_at = std::min(api.server.now() + *length, kInstantMax)};
    std::string out = fmt::format(R"({{"token":"{}","hosts_max":{},"expires_at":"{}"}})",
                                  secret.text, hosts_max, to_rfc3339(token.expires_at));
    api.server.keep({Directory::record_of(token)}, {},
                    [&api, token, out = std::move(out),
                     responder = std::move(responder)](Result<Committed> done) mutable {
                        if (!done) return responder.fail(done.error());
                        api.directory.put(token);
                        responder.send(Response::json(201, std::move(out)));
                    });
}

void enrol(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    auto enrolment = wire::parse_enrolment(**body);
    if (!enrolment) return responder.fail(enrolment.error());
    auto normal = normalised_name(enrolment->name);
    if (!normal) return responder.fail(normal.error());
    enrolment->name = std::move(*normal);
    const EnrolmentToken* token =
        api.directory.enrolment(to_hex(http::token_hash(enrolment->token)));
    const Instant now = api.server.now();
    if (token == nullptr || token->expires_at <= now) {
        return responder.fail({"enrolment_token_invalid", "the token is unknown or too old"});
    }
    if (answer_known_host(api, enrolment->name, enrolment->key, responder)) return;
    if (token->hosts_left == 0) {
        return responder.fail({"enrolment_token_invalid", "the token is used up"});
    }
    const Policy& policy = api.server.ledger().policy();
    EnrolmentToken left = *token;
    --left.hosts_left;
    Extras extras;
    extras.puts = {Directory::record_of(left)};
    // The place is taken at once: two hosts cannot both use the last one.
    api.directory.put(left);
    add_host(api,
             {.name = enrolment->name,
              .key = enrolment->key,
              .mode = enrolment->mode.value_or(policy.default_mode),
              .grace_until = now + days(policy.initial_grace_days)},
             std::move(extras), std::move(responder), [&api, left]() mutable {
                 ++left.hosts_left;
                 api.directory.put(left);
             });
}

Result<HostId> named(const Api& api, const Request& request) {
    const std::string text = request.parameter("host");
    HostId host{number_of(request, "host")};
    if (!host) host = api.directory.find_host(text);
    if (!api.server.ledger().has_host(host))
        return fail("host_unknown", "no host `" + text + "` is enrolled");
    return host;
}

void show(Api& api, const Request& request, Responder responder) {
    const auto host = named(api, request);
    if (!host) return responder.fail(host.error());
    const std::string tag = etag_of(host_text(api, *host));
    std::string text;
    append_host(api, *host, text);
    Response response = Response::json(200, std::move(text));
    response.headers.add("ETag", tag);
    responder.send(response);
}

void set(Api& api, const Request& request, Responder responder) {
    const auto host = named(api, request);
    if (!host) return responder.fail(host.error());
    if (const auto ok = check_if_match(request, etag_of(host_text(api, *host))); !ok) {
        return responder.fail(ok.error());
    }
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    auto set = wire::parse_host_settings(**body, api.server.ledger(), *host);
    if (!set) return responder.fail(set.error());
    api.server.change(
        decide_host(api.server.ledger(), std::move(*set)), {},
        [&api, host = *host, responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            responder.send(Response::json(200, host_text(api, host)));
        });
}

void remove(Api& api, const Request& request, Responder responder) {
    const auto host = named(api, request);
    if (!host) return responder.fail(host.error());
    api.server.change(decide_host_removal(api.server.ledger(), *host), {},
                      no_content(std::move(responder)));
}

// {"product":…,"kind":…,"quantity":N}: so many licenses the host has from now on.
void license(Api& api, const Request& request, Responder responder) {
    const auto host = named(api, request);
    if (!host) return responder.fail(host.error());
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    const auto wish = wire::parse_host_license(**body);
    if (!wish) return responder.fail(wish.error());
    const auto product = product_named(api, wish->product);
    if (!product) return responder.fail(product.error());
    api.server.change(
        decide_host_license(
            api.server.ledger(),
            {.host = *host, .product = *product, .kind = wish->kind, .quantity = wish->quantity},
            api.server.now()),
        {}, [&api, host = *host, responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            responder.send(Response::json(200, host_text(api, host)));
        });
}

}  // namespace

void add_host_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/hosts", rights::view, "List the hosts", list);
    row(Method::post, "/v1/hosts/tokens", rights::operate, "Make an enrolment token", make_token);
    row(Method::post, "/v1/hosts", {}, "Enrol a host with a token", enrol, http::kUnauthenticated);
    row(Method::get, "/v1/hosts/{host}", rights::view, "Show a host", show);
    row(Method::put, "/v1/hosts/{host}", rights::operate, "Change a host's licensing mode", set);
    row(Method::put, "/v1/hosts/{host}/licenses", rights::operate,
        "Give licenses to a host, or take them back", license);
    row(Method::delete_, "/v1/hosts/{host}", rights::operate, "Remove a host", remove);
}

}  // namespace calm
