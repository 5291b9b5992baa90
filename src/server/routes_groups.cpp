// Groups, who is in them, and the seats that are kept for them.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/reservations.h"
#include "documents/commitment.h"
#include "server/api.h"
#include "wire/fields.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

// Every group that has members or seats, with the packs of which seats are kept for it.
std::map<std::string, std::vector<PackId>> groups_of(const Ledger& ledger) {
    std::map<std::string, std::vector<PackId>> groups;
    for (const Group& each : ledger.groups())
        groups[each.code];
    for (const Pack& pack : ledger.packs()) {
        for (const Reservation& each : pack.reservations)
            groups[each.group].push_back(pack.terms.pack);
    }
    return groups;
}

void append_members(std::string& out, const Api& api, const Group& group) {
    const Ledger& ledger = api.server.ledger();
    for (const SubjectId member : group.members) {
        if (out.back() == '}') out += ',';
        out += fmt::format(R"({{"subject":{},"kind":"{}")", member.value,
                           name_of(ledger.subject(member).kind));
        if (const auto name = holder_name(api, member); !name.empty()) {
            out += R"(,"name":)";
            wire::append_json_string(out, name);
        }
        out += '}';
    }
}

void list(Api& api, const Request&, Responder responder) {
    const Ledger& ledger = api.server.ledger();
    std::string out = R"({"groups":[)";
    for (const auto& [code, packs] : groups_of(ledger)) {
        if (out.back() == '}') out += ',';
        out += fmt::format(R"({{"group":"{}","members":[)", code);
        if (const Group* group = ledger.group(code)) append_members(out, api, *group);
        out += R"(],"reserved":[)";
        for (const PackId id : packs) {
            const Pack& pack = ledger.pack(id);
            const auto kept =
                std::ranges::find(pack.reservations, std::string_view(code), &Reservation::group);
            if (out.back() == '}') out += ',';
            out += fmt::format(R"({{"pack":{},"product":"{}","seats":{},"used":{}}})", id.value,
                               pack.terms.product, kept->seats, kept->used);
        }
        out += "]}";
    }
    out += "]}";
    responder.send(Response::json(200, std::move(out)));
}

struct Named {
    HolderKind kind = HolderKind::user;
    std::string name;
};

// {"user":…} or {"device":…}
Result<Named> member_of(Api& api, const Request& request) {
    CALM_TRY_ASSIGN(const boost::json::value* const body, body_of(api, request));
    wire::Fields fields(*body);
    std::string user;
    std::string device;
    fields.text("user", user, wire::kNameBytesMax);
    fields.text("device", device, wire::kNameBytesMax);
    CALM_TRY(fields.finish());
    if (user.empty() == device.empty())
        return fail("missing_field", "say which `user` or which `device`, one of them");
    CALM_TRY_ASSIGN(std::string name, normalised_name(user.empty() ? device : user));
    return Named{user.empty() ? HolderKind::device : HolderKind::user, std::move(name)};
}

void join(Api& api, const Request& request, Responder responder) {
    const auto named = member_of(api, request);
    if (!named) return responder.fail(named.error());
    Member member{.subject = api.server.find_subject(named->kind, named->name),
                  .kind = named->kind};
    Extras extras;
    if (!member.subject) {
        store::SubjectName stranger = newcomer(api, named->kind, named->name);
        member.commitment = commitment_to(stranger.salt, stranger.kind, stranger.name);
        extras.subjects.push_back(std::move(stranger));
    }
    auto entries =
        decide_joining(api.server.ledger(), std::string(request.parameter("group")), member);
    if (!entries) extras = {};
    api.server.change(std::move(entries), std::move(extras), no_content(std::move(responder)));
}

void leave(Api& api, const Request& request, Responder responder) {
    const auto named = member_of(api, request);
    if (!named) return responder.fail(named.error());
    api.server.change(decide_leaving(api.server.ledger(), std::string(request.parameter("group")),
                                     api.server.find_subject(named->kind, named->name)),
                      {}, no_content(std::move(responder)));
}

// {"group":…,"seats":…}
void reserve(Api& api, const Request& request, Responder responder) {
    const PackId pack{number_of(request, "pack")};
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    std::string group;
    uint32_t seats = 0;
    fields.text("group", group, 64);
    fields.number("seats", seats, kPackQuantityMax);
    fields.require("group");
    fields.require("seats");
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    api.server.change(decide_reservation(api.server.ledger(), pack, group, seats), {},
                      with_pack(api, pack, std::move(responder)));
}

}  // namespace

void add_group_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/groups", rights::view,
        "Groups, who is in them, and the seats that are kept for them", list);
    row(Method::post, "/v1/groups/{group}/join", rights::operate,
        "A user or device is in the group from now on", join);
    row(Method::post, "/v1/groups/{group}/leave", rights::operate,
        "A user or device is no longer in the group", leave);
    row(Method::put, "/v1/packs/{pack}/reservations", rights::operate,
        "Keep seats of a pack for a group", reserve);
}

}  // namespace calm
