// Admissions over HTTP: ask, ask many, check (for auth_request), validate a logon, end, report.
#include <memory>

#include <fmt/format.h>

#include "server/api.h"
#include "server/token_desk.h"
#include "wire/fields.h"
#include "wire/host_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using wire::AdmissionAnswer;
using wire::AdmissionQuestion;

// Which host asks: itself, or the one that an administrator names.
Result<HostId> asking_host(const Request& request, uint32_t named) {
    if (static_cast<Role>(request.caller.role) == Role::host) {
        if (named != 0 && named != request.caller.id) {
            return fail("forbidden", "a host asks for itself only");
        }
        return HostId{request.caller.id};
    }
    if (named == 0) return fail("missing_field", "`host` is missing: which host would ask?");
    return HostId{named};
}

// What the server makes of a device's signals: a keyed hash, so that no record tells them. The
// strongest first: a mark that a host left there is nobody else's.
std::vector<std::string> digests_of(const Api& api, const AdmissionQuestion& question) {
    std::vector<std::string> digests;
    const auto add = [&](std::string_view kind, const std::string& value) {
        if (value.empty()) return;
        const uint64_t hash = api.server.content_hash(fmt::format("signal\n{}\n{}", kind, value));
        digests.push_back(fmt::format("{:016x}", hash));
    };
    // A front end is nobody's device, and neither is what it shows.
    if (question.device.empty() || question.device == question.via) return digests;
    add("mark", question.device_mark);
    add("certificate", question.certificate);
    add("hardware", question.hardware_id);
    return digests;
}

SubjectId looks_like(const Api& api, const AdmissionQuestion& question) {
    const std::vector<std::string> digests = digests_of(api, question);
    if (digests.empty()) return {};
    const Ledger& ledger = api.server.ledger();
    const SubjectId own = api.server.find_subject(HolderKind::device, question.device);
    for (const std::string& digest : digests) {
        const SubjectId shown = api.directory.device_of_signal(digest);
        if (shown && shown != own && ledger.has_subject(shown) && !ledger.subject(shown).erased)
            return shown;
    }
    return {};
}

// A signal is the first device's that showed it.
void note_signals(Api& api, const AdmissionQuestion& question) {
    const std::vector<std::string> digests = digests_of(api, question);
    if (digests.empty()) return;
    const SubjectId own = api.server.find_subject(HolderKind::device, question.device);
    if (!own) return;
    std::vector<std::string> fresh;
    std::vector<store::Record> records;
    for (const std::string& digest : digests) {
        if (api.directory.device_of_signal(digest)) continue;
        fresh.push_back(digest);
        records.push_back(Directory::signal_record(digest, own));
        api.directory.put_signal(digest, own);
    }
    if (records.empty()) return;
    api.server.keep(std::move(records), {}, [&api, fresh](const Result<Committed>& done) {
        if (done) return;
        for (const std::string& digest : fresh)
            api.directory.erase_signal(digest);
    });
}

Places places_of(const Api& api, HostId host, const AdmissionQuestion& question) {
    Places places;
    places.looks_like = looks_like(api, question);
    if (!question.station.empty()) places.station = find_station(api, host, question.station);
    if (!question.from_server.empty())
        places.from_server = api.directory.find_host(question.from_server);
    return places;
}

std::string sentence_for(Language language, const AdmissionAnswer& answer) {
    if (allows(answer.reason)) return {};
    std::string sentence(
        message(language, fmt::format("reason.{}.sentence", name_of(answer.reason))));
    if (answer.lacks.empty()) return sentence;
    return sentence + ' ' + message(language, "page.lacks", {{"product", answer.lacks}});
}

// The CAL admits, with or without a token: one that cannot be had does not turn the answer round.
void answer_with_token(Api& api, AdmissionAnswer answer, Responder responder) {
    const CalId cal = answer.cal;
    fetch_token(api, cal,
                [answer = std::move(answer),
                 responder = std::move(responder)](Result<std::string> token) mutable {
                    if (token) answer.token = std::move(*token);
                    std::string out;
                    wire::write_answer(out, answer, {});
                    responder.send(200, http::kJson, out);
                });
}

void ask(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    const auto question = wire::parse_admission(**body);
    if (!question) return responder.fail(question.error());
    const auto host = asking_host(request, question->host);
    if (!host) return responder.fail(host.error());
    api.server.admit(*host, *question, places_of(api, *host, *question),
                     [&api, responder = std::move(responder), language = request.language(),
                      want_token = question->want_token](Result<AdmissionAnswer> answer) mutable {
                         if (!answer) return responder.fail(answer.error());
                         if (want_token && answer->cal && answer->token.empty()) {
                             return answer_with_token(api, std::move(*answer),
                                                      std::move(responder));
                         }
                         std::string out;
                         wire::write_answer(out, *answer, sentence_for(language, *answer));
                         responder.send(200, http::kJson, out);
                     });
    note_signals(api, *question);
}

// Answers of one batch, sent together when the last is there.
struct Gathering {
    Responder responder;
    Language language;
    std::vector<std::string> answers;
    size_t missing = 0;
    std::optional<Error> error;

    void take(size_t i, Result<AdmissionAnswer> answer) {
        if (answer) {
            wire::write_answer(answers[i], *answer, sentence_for(language, *answer));
        } else if (!error) {
            error = answer.error();
        }
        if (--missing > 0) return;
        if (error) return responder.fail(*error);
        std::string out = R"({"answers":[)";
        for (size_t k = 0; k < answers.size(); ++k) {
            if (k > 0) out += ',';
            out += answers[k];
        }
        out += "]}";
        responder.send(200, http::kJson, out);
    }
};

void ask_many(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    const auto questions = wire::parse_admission_batch(**body);
    if (!questions) return responder.fail(questions.error());
    std::vector<HostId> hosts;
    for (const auto& question : *questions) {
        const auto host = asking_host(request, question.host);
        if (!host) return responder.fail(host.error());
        hosts.push_back(*host);
    }
    // Shared by the answers' callbacks, which may come in different turns of the loop.
    auto gathering = std::make_shared<Gathering>(Gathering{std::move(responder),
                                                           request.language(),
                                                           std::vector<std::string>(hosts.size()),
                                                           hosts.size(),
                                                           {}});
    for (size_t i = 0; i < hosts.size(); ++i) {
        api.server.admit(hosts[i], (*questions)[i], places_of(api, hosts[i], (*questions)[i]),
                         [gathering, i](Result<AdmissionAnswer> answer) {
                             gathering->take(i, std::move(answer));
                         });
        note_signals(api, (*questions)[i]);
    }
}

// For nginx auth_request: no body, because a body would cost nginx its upstream connection (facts
// performance, trap 3).
void check(Api& api, const Request& request, Responder responder) {
    AdmissionQuestion question;
    question.product = request.query("product").value_or("");
    question.user = request.query("user").value_or("");
    question.device = request.query("device").value_or("");
    question.station = request.query("station").value_or("");
    question.via = request.query("via").value_or("");
    question.wait = request.query("wait") == "yes";
    if (const auto host = request.query("host")) {
        question.host = static_cast<uint32_t>(std::strtoul(host->c_str(), nullptr, 10));
    }
    if (question.product.empty()) {
        return responder.fail({"missing_field", "`product` is missing in the query"});
    }
    const auto host = asking_host(request, question.host);
    if (!host) return responder.fail(host.error());
    api.server.admit(*host, question, places_of(api, *host, question),
                     [responder = std::move(responder)](Result<AdmissionAnswer> answer) mutable {
                         if (!answer) return responder.fail(answer.error());
                         std::string lines = fmt::format(
                             "X-CALM-Verdict: {}\r\nX-CALM-Reason: {}\r\n",
                             name_of(verdict_of(answer->reason)), name_of(answer->reason));
                         if (answer->cal) {
                             lines +=
                                 fmt::format("X-CALM-Cal: {}\r\nX-CALM-Expires: {}\r\n",
                                             answer->cal.value, to_rfc3339(answer->expires_at));
                         }
                         if (answer->place > 0)
                             lines += fmt::format("X-CALM-Place: {}\r\n", answer->place);
                         responder.send(allows(answer->reason) ? 204 : 403, {}, {}, lines);
                     });
}

void validate(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    uint32_t cal = 0;
    fields.number("cal", cal);
    fields.require("cal");
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    api.server.change(decide_validation(api.server.ledger(), {cal}, api.server.now()), {},
                      no_content(std::move(responder)));
}

void end(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    const auto session = wire::parse_session_end(**body);
    if (!session) return responder.fail(session.error());
    const auto host = asking_host(request, session->host);
    if (!host) return responder.fail(host.error());
    api.server.end(*host, *session, find_station(api, *host, session->station),
                   no_content(std::move(responder)));
}

// What a host decided while no server answered: usage, and a number in the metrics. It gives nobody
// a right.
void report(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    const auto decisions = wire::parse_report(**body);
    if (!decisions) return responder.fail(decisions.error());
    api.server.count_offline(HostId{request.caller.id}, *decisions);
    responder.send(http::Response::no_content());
}

}  // namespace

void add_admission_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::post, "/v1/admissions", rights::ask, "Ask whether this one may connect", ask);
    row(Method::post, "/v1/admissions/batch", rights::ask, "Ask for up to 256 at once", ask_many);
    row(Method::get, "/v1/admissions/check", rights::ask,
        "Ask and be answered in headers, for nginx auth_request", check);
    row(Method::post, "/v1/admissions/validate", rights::ask,
        "Tell that the holder of a temporary CAL has logged on", validate);
    row(Method::post, "/v1/admissions/end", rights::ask, "Tell that a session ended", end);
    row(Method::post, "/v1/admissions/report", rights::ask,
        "Tell what was decided while no server answered", report)
        .body_bytes_max = http::kImportBytesMax;
}

}  // namespace calm
