// From a line to a line.
#include "agent/agent.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "agent/leader.h"
#include "messages/detail.h"
#include "messages/local_time.h"

namespace calm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// As many servers' answers are waited for at once; more questions wait for a thread, and when their
// time is up they are decided without a server.
constexpr size_t kWorkers = 16;
constexpr size_t kQueueMax = 1024;

// Kept back from a budget for the way back to who asked.
milliseconds without_reserve(milliseconds budget) {
    return budget - std::max(milliseconds(20), budget / 20);
}

const std::string& first_of(const std::string& question, const std::string& service) {
    return question.empty() ? service : question;
}

// Whether a session that runs has lost its right with this refusal: it was taken back, or somebody
// else has it now. What an administrator has yet to set up, and the end of a temporary CAL, disturb
// nobody at work.
bool takes_right_away(Reason reason) {
    switch (reason) {
        case Reason::no_cal_available:
        case Reason::station_unknown:
        case Reason::host_in_console_mode:
        case Reason::seats_all_in_use:
        case Reason::host_seats_all_in_use:
        case Reason::seats_reserved:
        case Reason::cal_lent: return true;
        default: return false;
    }
}

// How the session is used, beside who and what is named.
void set_ways(AdmissionAsk& ask, const AgentQuestion& question, const ServiceConfig& service) {
    ask.via = first_of(question.via, service.via);
    ask.from_server = first_of(question.from_server, service.from_server);
    ask.workload = question.workload.value_or(service.workload);
    ask.outside = question.outside.value_or(service.outside);
    ask.administration = question.administration.value_or(service.administration);
    ask.host_service = question.host_service.value_or(service.host_service);
}

}  // namespace

Agent::Agent(HostConfig config, ServerList& servers, std::string host_name, Language language,
             StationWatch* watch, std::string notices_file)
    : config_(std::make_shared<const HostConfig>(std::move(config))),
      servers_(servers),
      host_name_(std::move(host_name)),
      language_(language),
      watch_(watch),
      notices_(std::move(notices_file)),
      workers_(kWorkers, kQueueMax) {}

void Agent::go_by(HostConfig config) {
    auto next = std::make_shared<const HostConfig>(std::move(config));
    const std::scoped_lock lock(mutex_);
    config_ = std::move(next);
}

std::shared_ptr<const HostConfig> Agent::config() const {
    const std::scoped_lock lock(mutex_);
    return config_;
}

std::optional<ServiceConfig> Agent::service_of(const std::string& name) const {
    const auto config = this->config();
    const ServiceConfig* found = config->find_service(name);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

std::string Agent::answer(std::string_view line, pid_t asker) {
    const auto question = parse_agent_question(line);
    if (!question) return refused({}, question.error());
    if (question->verb == AgentVerb::status) return answer_status();
    if (question->verb == AgentVerb::admit) return answer_admit(*question);
    if (question->verb == AgentVerb::notice) return answer_notice(*question);
    const auto ask = ask_of(*question);
    if (!ask) return refused(*question, ask.error());
    const SessionMarks marks{.service = question->service,
                             .leader = question->leads ? leader_of(asker) : std::nullopt};
    if (question->verb == AgentVerb::logged_on) servers_.logged_on(*ask, marks);
    if (question->verb == AgentVerb::ended) servers_.ended(*ask, marks);
    if (question->verb == AgentVerb::running) return answer_running(*question, *ask, marks);
    return done_line();
}

// Who and what is named, by the question first and host.toml second.
Result<AdmissionAsk> Agent::ask_of(const AgentQuestion& question) const {
    const ServiceConfig service = service_of(question.service).value_or(ServiceConfig{});
    AdmissionAsk ask{.product = first_of(question.product, service.product), .user = question.user};
    ask.station = station_of(question, service);
    // At a station it is the stations' product, if nothing else is said.
    const auto config = this->config();
    if (ask.product.empty() && !ask.station.empty() && config->stations)
        ask.product = config->stations->product;
    if (ask.product.empty()) {
        return fail("service_unknown",
                    fmt::format("`{}` has no [service.{}] with a product in host.toml",
                                question.service, question.service));
    }
    ask.device = question.device;
    if (ask.device.empty() && service.device != "rhost") ask.device = service.device;
    if (ask.device.empty()) ask.device = question.rhost;
    if (ask.device.empty()) ask.device = host_name_;
    const AskFor mode = question.mode.value_or(service.mode);
    if (mode == AskFor::user) ask.device.clear();
    if (mode == AskFor::device) ask.user.clear();
    set_ways(ask, question, service);
    return ask;
}

// A station by its name, or by where PAM says that the person sits. Where PAM does not say, the
// word stays, and the license server knows no such station.
std::string Agent::station_of(const AgentQuestion& question, const ServiceConfig& service) const {
    const std::string& station = first_of(question.station, service.station);
    std::string place;
    const auto config = this->config();
    if (station == "seat") {
        place = seat_of_login(question.seat, question.tty,
                              config->stations ? &*config->stations : nullptr);
        if (place == kOwnSeat && watch_ != nullptr) place = watch_->console();
    }
    if (station == "tty") place = line_name(question.tty);
    if (station == "rhost") place = question.rhost;
    return place.empty() ? station : place;
}

bool Agent::at_console(const AdmissionAsk& ask) const {
    return ask.station == (watch_ == nullptr ? std::string(kOwnSeat) : watch_->console());
}

Agent::Deadline Agent::deadline_of(const AgentQuestion& question) const {
    const milliseconds budget =
        std::min(config()->budget, milliseconds(question.budget_ms.value_or(kBudgetMax.count())));
    return steady_clock::now() + without_reserve(budget);
}

// The servers are asked on a worker, and waited for no longer than the budget: what a resolver, a
// proxy or a full queue does must not hold up a person at the door. A late answer is not lost: the
// client has learned from it.
std::optional<Admission> Agent::ask_servers(const AdmissionAsk& ask, const AgentQuestion& question,
                                            Deadline deadline) {
    const auto service = service_of(question.service);
    const AskedWith with{.wait = question.wait.value_or(service && service->wait),
                         .hardware_id = question.hardware_id,
                         .certificate = question.certificate,
                         .device_mark = question.device_mark};
    auto answered = std::make_shared<std::promise<std::optional<Admission>>>();
    auto answer = answered->get_future();
    const bool pushed = workers_.push([this, ask, with, deadline, answered] {
        answered->set_value(servers_.ask_servers(ask, deadline - milliseconds(10), with));
    });
    if (!pushed || answer.wait_until(deadline) != std::future_status::ready) return {};
    return answer.get();
}

// A place that has just appeared may be one that the server does not know yet.
std::optional<Admission> Agent::ask_at_station(const AdmissionAsk& ask,
                                               const AgentQuestion& question) {
    const Deadline deadline = deadline_of(question);
    auto answered = ask_servers(ask, question, deadline);
    if (!answered || answered->reason != Reason::station_unknown) return answered;
    if (make_station_known(ask, question, deadline)) {
        if (auto again = ask_servers(ask, question, deadline)) answered = again;
    }
    // Nobody is locked out of the machine itself.
    if (answered->reason == Reason::station_unknown && at_console(ask))
        answered->reason = Reason::console_without_cal;
    return answered;
}

bool Agent::make_station_known(const AdmissionAsk& ask, const AgentQuestion& question,
                               Deadline deadline) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    if (watch_ == nullptr || left.count() <= 0) return false;
    const auto config = this->config();
    if (!config->stations) return false;
    const auto& counted = config->stations->remote;
    const bool remote = ask.station == question.rhost &&
                        std::ranges::find(counted, question.service) != counted.end();
    return watch_->make_known(ask.station, remote, left);
}

Result<AgentVerdict> Agent::admit(const AgentQuestion& question) {
    const Language language = language_of(question);
    const auto ask = ask_of(question);
    if (!ask) {
        spdlog::error("{}: {}", ask.error().code, ask.error().detail);
        return fail(ask.error().code,
                    message(language, "hostd.service_unknown", {{"service", question.service}}));
    }
    const auto answered = ask_at_station(*ask, question);
    // Who waits has an answer already, which silence does not turn round.
    if (!answered && question.again) return fail("server_unreachable", "");
    const Admission admission =
        answered ? *answered : servers_.admit_offline(*ask, at_console(*ask));
    AgentVerdict verdict = verdict_on(admission, *ask, language);
    // With the sentence: not every server passes on what PAM says to who is refused.
    spdlog::info("{}: user `{}` device `{}`{} product {}: {} {}{}{}{}", question.service, ask->user,
                 ask->device, ask->station.empty() ? "" : fmt::format(" at `{}`", ask->station),
                 ask->product, name_of(verdict_of(admission.reason)), name_of(admission.reason),
                 admission.offline ? " (no license server answered)" : "",
                 verdict.sentence.empty() ? "" : ": ", verdict.sentence);
    return verdict;
}

// In the language of whoever is told.
std::string Agent::refused(const AgentQuestion& question, const Error& error) const {
    return error_line(error.code, translated_detail(language_of(question), error.detail));
}

std::string Agent::answer_admit(const AgentQuestion& question) {
    const auto verdict = admit(question);
    if (!verdict) return refused(question, verdict.error());
    return verdict_line(*verdict);
}

// Also of one that is refused it is known that it runs: only its program ends it.
std::string Agent::answer_running(const AgentQuestion& question, const AdmissionAsk& ask,
                                  const SessionMarks& marks) {
    // Before the servers are asked: whoever gives up on them and says that it has ended says so
    // later.
    servers_.runs(ask, marks);
    // It is in, and stands in no line.
    AgentQuestion asked = question;
    asked.wait = false;
    const auto answered = ask_servers(ask, asked, deadline_of(asked));
    if (!answered) return error_line("server_unreachable", "");
    AgentVerdict verdict = verdict_on(*answered, ask, language_of(question));
    verdict.ends = takes_right_away(answered->reason);
    return verdict_line(verdict);
}

std::string Agent::answer_notice(const AgentQuestion& question) {
    const auto config = this->config();
    if (config->hide_notices || !is_administrator(question.user, config->notice_groups))
        return done_line();
    const std::string text =
        notice_text(servers_.status(), config->products(), language_of(question));
    if (text.empty() || !notices_.is_first_today(question.user, servers_.time()))
        return done_line();
    return done_line(text);
}

AgentVerdict Agent::verdict_on(const Admission& admission, const AdmissionAsk& ask,
                               Language language) const {
    AgentVerdict verdict{.reason = admission.reason, .offline = admission.offline};
    if (!allows(admission.reason)) {
        verdict.sentence = refusal(admission, ask, language);
        verdict.place = admission.place;
        return verdict;
    }
    verdict.cal = admission.cal;
    if (admission.expires_at != Instant{}) {
        verdict.left = admission.expires_at - servers_.time();
    }
    return verdict;
}

Language Agent::language_of(const AgentQuestion& question) const {
    // "C" and "POSIX" are no wish for English.
    const std::string& wish = question.language;
    if (!wish.empty() && wish != "C" && !wish.starts_with("C.") && wish != "POSIX") {
        return language_from_locale(wish);
    }
    return config()->language.value_or(language_);
}

// When the initial grace of this host for the product ended, if people may still count on it.
std::optional<Instant> Agent::grace_just_over(const std::string& product) const {
    constexpr Seconds kNews = days(30);
    for (const ClientStatus& status : servers_.status()) {
        const auto terms = status.state.terms_of(product);
        if (terms && terms->grace_until && *terms->grace_until <= status.now &&
            status.now < *terms->grace_until + kNews)
            return terms->grace_until;
    }
    return {};
}

std::string Agent::refusal(const Admission& admission, const AdmissionAsk& ask,
                           Language language) const {
    std::string sentence =
        message(language, fmt::format("reason.{}.sentence", name_of(admission.reason)),
                {{"product", ask.product}, {"user", ask.user}, {"device", ask.device}});
    if (admission.reason == Reason::no_cal_available ||
        admission.reason == Reason::mode_not_configured) {
        if (const auto ended = grace_just_over(ask.product)) {
            sentence =
                message(language, fmt::format("hostd.grace_over.{}", name_of(admission.reason)),
                        {{"date", local_minute(*ended)}});
        }
    }
    if (admission.place > 0) {
        sentence += ' ';
        sentence += message(language, "hostd.place", {{"place", std::to_string(admission.place)}});
    }
    if (const std::string contact = config()->contact; !contact.empty()) {
        sentence += ' ';
        sentence += message(language, "hostd.contact", {{"contact", contact}});
    }
    return sentence;
}

}  // namespace calm
