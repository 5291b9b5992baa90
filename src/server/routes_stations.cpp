// Stations: list, add, show, change (rename, move, another kind, show a desktop), remove.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <sodium.h>

#include "core/stations.h"
#include "documents/commitment.h"
#include "server/api.h"
#include "wire/fields.h"
#include "wire/host_json.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

std::string station_text(const Api& api, SubjectId station) {
    const Station* at = api.server.ledger().station(station);
    if (at == nullptr) return {};
    std::string out;
    wire::write_station(out, api.server.ledger(), *at, api.directory.station_name(station),
                        api.directory.host_name(at->host), api.server.now());
    return out;
}

// Of one host, or of all (zero); and the end of the list.
void append_stations(const Api& api, HostId host, std::string& out) {
    for (const Station& each : api.server.ledger().stations()) {
        if (each.removed || (host && each.host != host)) continue;
        if (out.back() == '}') out += ',';
        out += station_text(api, each.subject);
    }
    out += "]}";
}

void list(Api& api, const Request& request, Responder responder) {
    HostId host;
    if (const auto text = request.query("host")) {
        const auto named = host_named(api, *text);
        if (!named) return responder.fail(named.error());
        host = *named;
    }
    std::string out = R"({"stations":[)";
    append_stations(api, host, out);
    responder.send(Response::json(200, std::move(out)));
}

// By number, or by name where only one host has a station of that name.
Result<SubjectId> named(const Api& api, const Request& request) {
    const Ledger& ledger = api.server.ledger();
    const std::string text = request.parameter("station");
    if (const SubjectId number{number_of(request, "station")}; ledger.station(number) != nullptr)
        return number;
    std::vector<SubjectId> found = api.directory.stations_named(text);
    std::erase_if(found, [&](SubjectId each) { return ledger.station(each) == nullptr; });
    if (found.size() == 1) return found.front();
    if (found.empty())
        return fail("station_unknown", fmt::format("there is no station `{}`", text));
    return fail(
        "station_unknown",
        fmt::format("{} hosts have a station `{}`; name it by its number", found.size(), text));
}

void show(Api& api, const Request& request, Responder responder) {
    const auto station = named(api, request);
    if (!station) return responder.fail(station.error());
    std::string text = station_text(api, *station);
    const std::string tag = etag_of(text);
    Response response = Response::json(200, std::move(text));
    response.headers.add("ETag", tag);
    responder.send(response);
}

// What a request says of a station, beside what is so already.
struct Described {
    StationWish wish;
    std::string name;
};

Result<Described> described(Api& api, const Request& request, const Station* present) {
    CALM_TRY_ASSIGN(const auto* body, body_of(api, request));
    wire::Fields fields(*body);
    Described out;
    std::string host;
    std::string shows;
    if (present != nullptr) {
        out.wish = {present->subject, present->host, present->kind, present->shows, {}};
        out.name = api.directory.station_name(present->subject);
    }
    fields.text("name", out.name, 256);
    const bool moved = fields.text("host", host, 256);
    fields.choice("kind", out.wish.kind);
    const bool shown = fields.text("shows", shows, 256);
    if (present == nullptr) {
        fields.require("name");
        fields.require("host");
    }
    CALM_TRY(fields.finish());
    CALM_TRY_ASSIGN(out.name, normalised_name(out.name));
    if (moved) {
        CALM_TRY_ASSIGN(out.wish.host, host_named(api, host));
    }
    if (shown) {
        out.wish.shows = find_station(api, out.wish.host, shows);
        // One of another host is known, too, and cannot be shown.
        for (const SubjectId elsewhere : api.directory.stations_named(shows)) {
            if (!out.wish.shows && api.server.ledger().station(elsewhere) != nullptr)
                out.wish.shows = elsewhere;
        }
        if (!shows.empty() && !out.wish.shows)
            return fail("station_unknown", fmt::format("the host has no station `{}`", shows));
    }
    const SubjectId same_name = find_station(api, out.wish.host, out.name);
    if (same_name && same_name != out.wish.station) {
        return fail("station_name_taken",
                    fmt::format("the host has a station `{}` already", out.name));
    }
    return out;
}

store::SubjectName bound_name(SubjectId station) {
    store::SubjectName name{
        .subject = station, .kind = HolderKind::station, .name = wire::station_token_name(station)};
    randombytes_buf(name.salt.data(), name.salt.size());
    return name;
}

void add_new(Api& api, Described wanted, Done<SubjectId> done) {
    const SubjectId station = api.server.ledger().next_subject();
    const store::SubjectName name = bound_name(station);
    wanted.wish.commitment = commitment_to(name.salt, name.kind, name.name);
    auto entries = decide_station(api.server.ledger(), wanted.wish);
    if (!entries) return done(std::unexpected(entries.error()));
    Extras extras;
    extras.subjects.push_back(name);
    extras.puts.push_back(Directory::station_record(station, wanted.name));
    // The name is taken at once: two requests cannot both use it.
    api.directory.put_station(station, wanted.name);
    api.server.change(std::move(entries), std::move(extras),
                      [&api, station, done = std::move(done)](Result<Committed> written) mutable {
                          if (written) return done(station);
                          api.directory.erase_station(station);
                          done(std::unexpected(written.error()));
                      });
}

void add(Api& api, const Request& request, Responder responder) {
    auto wanted = described(api, request, nullptr);
    if (!wanted) return responder.fail(wanted.error());
    add_new(api, std::move(*wanted),
            [&api, responder = std::move(responder)](Result<SubjectId> station) mutable {
                if (!station) return responder.fail(station.error());
                responder.send(Response::json(201, station_text(api, *station)));
            });
}

void set(Api& api, const Request& request, Responder responder) {
    const auto station = named(api, request);
    if (!station) return responder.fail(station.error());
    if (const auto ok = check_if_match(request, etag_of(station_text(api, *station))); !ok) {
        return responder.fail(ok.error());
    }
    auto wanted = described(api, request, api.server.ledger().station(*station));
    if (!wanted) return responder.fail(wanted.error());
    auto entries = decide_station(api.server.ledger(), wanted->wish);
    if (!entries) return responder.fail(entries.error());
    const std::string before(api.directory.station_name(*station));
    Extras extras;
    extras.puts.push_back(Directory::station_record(*station, wanted->name));
    api.directory.put_station(*station, wanted->name);
    api.server.change(std::move(entries), std::move(extras),
                      [&api, station = *station, before,
                       responder = std::move(responder)](Result<Committed> done) mutable {
                          if (!done) {
                              api.directory.put_station(station, before);
                              return responder.fail(done.error());
                          }
                          responder.send(Response::json(200, station_text(api, station)));
                      });
}

void remove(Api& api, const Request& request, Responder responder) {
    const auto station = named(api, request);
    if (!station) return responder.fail(station.error());
    auto entries = decide_station_removal(api.server.ledger(), *station);
    api.server.change(std::move(entries), {}, no_content(std::move(responder)));
}

// The stations of a host, for itself.
std::string stations_of_host(const Api& api, HostId host) {
    std::string out = fmt::format(R"({{"console_mode":{},"stations":[)",
                                  api.server.ledger().host(host).console_mode);
    append_stations(api, host, out);
    return out;
}

size_t count_at(const Ledger& ledger, HostId host, std::optional<StationKind> kind = {}) {
    return static_cast<size_t>(std::ranges::count_if(ledger.stations(), [&](const Station& each) {
        return !each.removed && each.host == host && (!kind || each.kind == *kind);
    }));
}

// Whether a host may add one of its own accord: no host can fill the ledger.
bool may_add(const Ledger& ledger, HostId host, StationKind kind) {
    if (kind == StationKind::console && count_at(ledger, host, kind) > 0) return false;
    return count_at(ledger, host) < wire::kStationsMax;
}

// Desktops that the host does not have any more are no stations.
void remove_other_desktops(Api& api, HostId host, const wire::StationReport& told) {
    std::vector<SubjectId> gone;
    for (const Station& each : api.server.ledger().stations()) {
        if (each.removed || each.host != host || each.kind != StationKind::virtual_desktop)
            continue;
        const std::string_view name = api.directory.station_name(each.subject);
        if (std::ranges::find(told.stations, name, &wire::StationReport::Seen::name) ==
            told.stations.end()) {
            gone.push_back(each.subject);
        }
    }
    for (const SubjectId station : gone) {
        api.server.change(decide_station_removal(api.server.ledger(), station), {},
                          [](const Result<Committed>&) {});
    }
}

// What a host sees is registered. What is known already stays as an administrator has set it.
void report(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    auto told = wire::parse_station_report(**body);
    if (!told) return responder.fail(told.error());
    // What has no name that anybody could ask for is left out: the others are none the worse for
    // it.
    std::erase_if(told->stations, [](wire::StationReport::Seen& each) {
        auto name = normalised_name(each.name);
        if (name) each.name = std::move(*name);
        return !name;
    });
    const HostId host{request.caller.id};
    for (const auto& [name, kind] : told->stations) {
        if (find_station(api, host, name) || !may_add(api.server.ledger(), host, kind)) continue;
        add_new(api, {.wish = {.host = host, .kind = kind}, .name = name},
                [](const Result<SubjectId>&) {});
    }
    if (told->all_desktops) remove_other_desktops(api, host, *told);
    // It is answered when all of that is on disk; if one of them could not be written, neither can
    // this, which comes after them.
    api.server.change(
        Entries{}, {},
        [&api, host, responder = std::move(responder)](const Result<Committed>& done) mutable {
            if (!done) return responder.fail(done.error());
            responder.send(Response::json(200, stations_of_host(api, host)));
        });
}

}  // namespace

SubjectId find_station(const Api& api, HostId host, std::string_view name) {
    for (const SubjectId each : api.directory.stations_named(name)) {
        const Station* station = api.server.ledger().station(each);
        if (station != nullptr && station->host == host) return each;
    }
    return {};
}

std::string_view holder_name(const Api& api, SubjectId holder) {
    const std::string_view station = api.directory.station_name(holder);
    return station.empty() ? api.server.names().name(holder) : station;
}

void add_station_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/stations", rights::view, "List the stations", list);
    row(Method::post, "/v1/stations", rights::operate, "Add a station to a host", add);
    row(Method::post, "/v1/stations/report", rights::contact, "Tell which stations a host has",
        report);
    row(Method::get, "/v1/stations/{station}", rights::view, "Show a station", show);
    row(Method::put, "/v1/stations/{station}", rights::operate, "Rename, move or change a station",
        set);
    row(Method::delete_, "/v1/stations/{station}", rights::operate, "Remove a station", remove);
}

}  // namespace calm
