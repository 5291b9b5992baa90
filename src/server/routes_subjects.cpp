// People's data: export and erasure of one subject.
#include <algorithm>

#include <fmt/format.h>

#include "server/api.h"
#include "wire/fields.h"
#include "wire/license_json.h"
#include "wire/resource_json.h"

namespace calm {
namespace {

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
    if (!out.subject) {
        return fail("subject_unknown",
                    fmt::format("no {} `{}` is known here", name_of(out.kind), out.name));
    }
    return out;
}

// Everything that is kept about a subject: its name, its CALs, and where in the log they stand.
void export_subject(Api& api, const Request& request, Responder responder) {
    const auto subject = named(api, request, Says::who);
    if (!subject) return responder.fail(subject.error());
    const Ledger& ledger = api.server.ledger();
    const std::string_view name = api.server.names().name(subject->subject);
    std::string out = fmt::format(R"({{"subject":{},"kind":"{}","name":)", subject->subject.value,
                                  name_of(subject->kind));
    wire::append_json_string(out, name);
    out += R"(,"cals":[)";
    for (CalId cal = ledger.subject(subject->subject).first; cal; cal = ledger.cal(cal).next) {
        if (out.back() == '}') out += ',';
        wire::write_cal(out, ledger, cal, name, api.server.now());
    }
    out += R"(],"installations":[)";
    for (const Installation& each : ledger.installations()) {
        if (each.computer != subject->subject) continue;
        if (out.back() == '}') out += ',';
        wire::write_installation(out, ledger, each, name);
    }
    out += R"(],"signals":[)";
    for (const store::RecordKey& each : api.directory.signal_keys(subject->subject))
        out += fmt::format(R"({}"{}")", out.back() == '[' ? "" : ",", each.key);
    out += "]";
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
                if (row.user != subject && row.device != subject) return true;
                usage += usage.empty() ? "" : ",";
                usage += fmt::format(R"({{"day":"{}","product":{},"host":{},"count":{}}})",
                                     to_rfc3339({int64_t{row.day} * 86400}).substr(0, 10),
                                     row.product.value, row.host.value, row.count);
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
    auto entries = decide_erasure(api.server.ledger(), subject->subject, subject->why);
    Extras extras;
    if (entries) {
        extras.erased_subjects.push_back(subject->subject);
        extras.erases = api.directory.signal_keys(subject->subject);
    }
    const auto is_return = [](const EntryBody& body) {
        return std::holds_alternative<entry::CalReturned>(body);
    };
    const auto returned = entries ? std::ranges::count_if(*entries, is_return) : 0;
    api.server.change(
        std::move(entries), std::move(extras),
        [&api, subject = subject->subject, returned,
         responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            api.directory.erase_signals(subject);
            responder.send(Response::json(200, fmt::format(R"({{"subject":{},"cals_returned":{}}})",
                                                           subject.value, returned)));
        });
}

}  // namespace

void add_subject_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::post, "/v1/subjects/export", rights::audit,
        "Everything kept about one user or device", export_subject, http::kSlow);
    row(Method::post, "/v1/subjects/erase", rights::own,
        "Return a subject's CALs and forget its name", erase_subject);
}

}  // namespace calm
