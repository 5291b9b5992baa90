// From a line to a line.
#include "agent/agent.h"

#include <future>
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

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

}  // namespace

Agent::Agent(const HostConfig& config, Client& client, std::string host_name, Language language)
    : config_(config),
      client_(client),
      host_name_(std::move(host_name)),
      language_(language),
      workers_(kWorkers, kQueueMax) {}

std::string Agent::answer(std::string_view line) {
    const auto question = parse_agent_question(line);
    if (!question) return error_line(question.error().code, question.error().detail);
    if (question->verb == AgentVerb::status) return answer_status();
    if (question->verb == AgentVerb::admit) return answer_admit(*question);
    const auto ask = ask_of(*question);
    if (!ask) return error_line(ask.error().code, ask.error().detail);
    if (question->verb == AgentVerb::logged_on) client_.logged_on(*ask);
    if (question->verb == AgentVerb::ended) client_.ended(*ask);
    return done_line();
}

// Who and what is named, by the question first and host.toml second.
Result<AdmissionAsk> Agent::ask_of(const AgentQuestion& question) const {
    const ServiceConfig* service = config_.find_service(question.service);
    AdmissionAsk ask{.product = question.product, .user = question.user, .device = {}};
    if (ask.product.empty() && service != nullptr) ask.product = service->product;
    if (ask.product.empty()) {
        return fail("service_unknown",
                    fmt::format("`{}` has no [service.{}] with a product in host.toml",
                                question.service, question.service));
    }
    ask.device = question.device;
    if (ask.device.empty() && service != nullptr && service->device != "rhost") {
        ask.device = service->device;
    }
    if (ask.device.empty()) ask.device = question.rhost;
    if (ask.device.empty()) ask.device = host_name_;
    const AskFor mode = question.mode.value_or(service != nullptr ? service->mode : AskFor::both);
    if (mode == AskFor::user) ask.device.clear();
    if (mode == AskFor::device) ask.user.clear();
    return ask;
}

// The servers are asked on a worker, and waited for no longer than the budget: what a resolver, a
// proxy or a full queue does must not hold up a person at the door. A late answer is not lost: the
// client has learned from it.
Admission Agent::admit(const AdmissionAsk& ask, milliseconds budget) {
    const auto deadline = steady_clock::now() + without_reserve(budget);
    auto answered = std::make_shared<std::promise<std::optional<Admission>>>();
    auto answer = answered->get_future();
    const bool pushed = workers_.push([this, ask, deadline, answered] {
        answered->set_value(client_.ask_servers(ask, deadline - milliseconds(10)));
    });
    if (pushed && answer.wait_until(deadline) == std::future_status::ready) {
        if (const auto admission = answer.get()) return *admission;
    }
    return client_.admit_offline(ask);
}

std::string Agent::answer_admit(const AgentQuestion& question) {
    const Language language = language_of(question);
    const auto ask = ask_of(question);
    if (!ask) {
        spdlog::error("{}: {}", ask.error().code, ask.error().detail);
        return error_line(ask.error().code, message(language, "hostd.service_unknown",
                                                    {{"service", question.service}}));
    }
    const milliseconds budget =
        std::min(config_.budget, milliseconds(question.budget_ms.value_or(kBudgetMax.count())));
    const Admission admission = admit(*ask, budget);
    spdlog::info("{}: user `{}` device `{}` product {}: {} {}{}", question.service, ask->user,
                 ask->device, ask->product, name_of(verdict_of(admission.reason)),
                 name_of(admission.reason),
                 admission.offline ? " (no license server answered)" : "");
    if (allows(admission.reason)) return verdict_line(admission.reason, "");
    return verdict_line(admission.reason, refusal(admission.reason, *ask, language));
}

Language Agent::language_of(const AgentQuestion& question) const {
    // "C" and "POSIX" are no wish for English.
    const std::string& wish = question.language;
    if (!wish.empty() && wish != "C" && !wish.starts_with("C.") && wish != "POSIX") {
        return language_from_locale(wish);
    }
    return config_.language.value_or(language_);
}

std::string Agent::refusal(Reason reason, const AdmissionAsk& ask, Language language) const {
    std::string sentence =
        message(language, fmt::format("reason.{}.sentence", name_of(reason)),
                {{"product", ask.product}, {"user", ask.user}, {"device", ask.device}});
    if (!config_.contact.empty()) {
        sentence += ' ';
        sentence += message(language, "hostd.contact", {{"contact", config_.contact}});
    }
    return sentence;
}

}  // namespace calm
