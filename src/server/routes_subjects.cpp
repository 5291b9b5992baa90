// People's data: export and erasure of one subject, and how long names are kept.
#include <ranges>

#include <fmt/format.h>

#include "server/api.h"
#include "server/refused_desk.h"
#include "wire/fields.h"
#include "wire/license_json.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

constexpr size_t kDueShown = 100;

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

struct Named {
    HolderKind kind = HolderKind::user;
    std::string name;
    SubjectId subject;
    ErasureReason why{};
    bool usage = true;
};

enum class Says : uint8_t { who, who_and_why };

Result<Named> named(Api& api, const Request& request, Says says) {
    CALM_TRY_ASSIGN(const auto* body, body_of(api, request));
    wire::Fields fields(*body);
    Named out;
    if (says == Says::who_and_why) {
        fields.choice("why", out.why);
        fields.require("why");
    } else {
        fields.flag("usage", out.usage);
    }
    fields.choice("kind", out.kind);
    fields.text("name", out.name, wire::kNameBytesMax);
    fields.require("kind");
    fields.require("name");
    CALM_TRY(fields.finish());
    out.subject = api.server.find_subject(out.kind, out.name);
    // Whoever was only ever refused is no subject of the ledger, and known all the same.
    if (const auto normal = normalised_name(out.name)) out.name = *normal;
    if (!out.subject && api.refused.attempts().naming(out.kind, out.name).empty()) {
        return fail("subject_unknown",
                    fmt::format("no {} `{}` is known here", name_of(out.kind), out.name));
    }
    return out;
}

// What the ledger and the records beside it say of a subject; open at its end.
std::string known_of(Api& api, const Named& named) {
    const Ledger& ledger = api.server.ledger();
    const std::string& name = named.name;
    std::string out = fmt::format(R"({{"subject":{},"kind":"{}","name":)", named.subject.value,
                                  name_of(named.kind));
    wire::append_json_string(out, name);
    out += R"(,"cals":[)";
    CalId cal = named.subject ? ledger.subject(named.subject).first : CalId{};
    for (; cal; cal = ledger.cal(cal).next) {
        if (out.back() == '}') out += ',';
        wire::write_cal(out, ledger, cal, name, api.server.now());
    }
    out += R"(],"installations":[)";
    for (const Installation& each : ledger.installations()) {
        if (!named.subject || each.computer != named.subject) continue;
        if (out.back() == '}') out += ',';
        wire::write_installation(out, ledger, each, name);
    }
    out += R"(],"signals":[)";
    for (const store::RecordKey& each : api.directory.signal_keys(named.subject))
        out += fmt::format(R"({}"{}")", out.back() == '[' ? "" : ",", each.key);
    out += R"(],"refusals":[)";
    for (const RefusedRow* row : api.refused.attempts().naming(named.kind, name)) {
        if (out.back() == '}') out += ',';
        append_refused_row(out, api, Language::en, *row);
    }
    return out + "]";
}

// Everything that is kept about a subject: its name, its CALs, where in the log they stand, and
// what it was refused.
void export_subject(Api& api, const Request& request, Responder responder) {
    const auto subject = named(api, request, Says::who);
    if (!subject) return responder.fail(subject.error());
    std::string out = known_of(api, *subject);
    if (!subject->usage) return responder.send(Response::json(200, out + "}"));
    // Usage lies in the store; it is read on a worker.
    auto reader = api.server.writer().open_reader();
    if (!reader) return responder.fail(reader.error());
    if (api.workers.full())
        return responder.fail({"unavailable", "too many long reads at once"}, 2);
    std::shared_ptr<store::JournalReader> shared = std::move(*reader);  // copied into the job
    api.workers.run(
        [shared, subject = subject->subject]() -> Result<std::string> {
            std::string usage;
            CALM_TRY(shared->usage(0, 0xFFFF'FFFF, [&](const store::UsageRow& row) {
                if (!subject || (row.user != subject && row.device != subject)) return true;
                usage += usage.empty() ? "" : ",";
                usage +=
                    fmt::format(R"({{"day":"{}","product":{},"host":{},"count":{}}})",
                                day_text(row.day), row.product.value, row.host.value, row.count);
                return true;
            }));
            return usage;
        },
        [out = std::move(out),
         responder = std::move(responder)](Result<std::string> usage) mutable {
            if (!usage) return responder.fail(usage.error());
            responder.send(Response::json(200, out + R"(,"usage":[)" + *usage + "]}"));
        });
}

void erase_subject(Api& api, const Request& request, Responder responder) {
    const auto subject = named(api, request, Says::who_and_why);
    if (!subject) return responder.fail(subject.error());
    auto told = [subject = subject->subject,
                 responder = std::move(responder)](Result<size_t> returned) mutable {
        if (!returned) return responder.fail(returned.error());
        responder.send(Response::json(
            200, fmt::format(R"({{"subject":{},"cals_returned":{}}})", subject.value, *returned)));
    };
    if (subject->subject)
        return forget_subject(api, subject->subject, subject->why, std::move(told));
    api.refused.forget(subject->kind, subject->name,
                       [told = std::move(told)](Result<size_t> forgotten) mutable {
                           if (!forgotten) return told(std::unexpected(forgotten.error()));
                           told(size_t{0});
                       });
}

std::string retention_json(const Api& api, uint16_t asked, const std::vector<SubjectId>& due) {
    std::string out = fmt::format(R"({{"days":{},"asked":{},"due":{},"first":[)",
                                  api.directory.names_kept_days(), asked, due.size());
    for (const SubjectId each : due | std::views::take(kDueShown)) {
        if (out.back() == '}') out += ',';
        out += fmt::format(R"({{"subject":{},"kind":"{}","name":)", each.value,
                           name_of(api.server.ledger().subject(each).kind));
        wire::append_json_string(out, api.server.names().name(each));
        out += '}';
    }
    return out + "]}";
}

// How long names are kept, and whose would be forgotten: now, or with other `days`.
void show_retention(Api& api, const Request& request, Responder responder) {
    const auto asked = query_number(request, "days", api.directory.names_kept_days());
    if (!asked) return responder.fail(asked.error());
    if (*asked > NameKeeping::kDaysMax) {
        return responder.fail(
            {"bad_query", fmt::format("`days` is a number up to {}", NameKeeping::kDaysMax)});
    }
    const auto days = static_cast<uint16_t>(*asked);
    if (days == 0) return responder.send(Response::json(200, retention_json(api, 0, {})));
    api.name_keeping.survey(
        api, days,
        [&api, days, responder = std::move(responder)](Result<std::vector<SubjectId>> due) mutable {
            if (!due) return responder.fail(due.error());
            responder.send(Response::json(200, retention_json(api, days, *due)));
        });
}

void set_retention(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    uint16_t days = 0;
    fields.number("days", days, NameKeeping::kDaysMax);
    fields.require("days");
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    api.name_keeping.set_days(
        api, days, [days, responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            responder.send(Response::json(200, fmt::format(R"({{"days":{}}})", days)));
        });
}

}  // namespace

void add_subject_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::post, "/v1/subjects/export", rights::audit,
        "Everything kept about one user or device", export_subject, http::kSlow);
    row(Method::post, "/v1/subjects/erase", rights::own,
        "Return a subject's CALs and forget its name", erase_subject);
    row(Method::get, "/v1/retention", rights::audit,
        "How long names are kept, and whose would be forgotten", show_retention, http::kSlow);
    row(Method::put, "/v1/retention", rights::own,
        "Keep the names of who holds nothing for so many days", set_retention);
}

}  // namespace calm
