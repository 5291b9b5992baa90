// Both commands.
#include "agent/doctor.h"

#include <chrono>
#include <cstdlib>
#include <iostream>

#include <boost/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent/examination.h"
#include "agent/host_config_file.h"
#include "agent/protocol.h"
#include "agent/socket_server.h"
#include "messages/shown_text.h"

namespace calm {
namespace {

constexpr int kRefused = 5;
constexpr int kUnreachable = 6;
constexpr int kAgentTimeoutMs = 10'000;

Telling telling() {
    Telling telling{.language = language_from_environment(), .texts = "hostd.doctor"};
    const char* no_color = std::getenv("NO_COLOR");
    telling.color = isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || *no_color == '\0');
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        telling.columns = std::min<size_t>(size.ws_col, 100);
    return telling;
}

int show(const Findings& findings, bool json) {
    if (json) {
        std::cout << boost::json::serialize(to_json(findings, telling())) << '\n';
    } else {
        std::cout << told(findings, telling());
    }
    return worst_of(findings) == Finding::Level::bad ? 1 : 0;
}

AgentQuestion question_of(const TestQuestion& test) {
    AgentQuestion question{.verb = AgentVerb::admit,
                           .service = test.service,
                           .user = test.user,
                           .product = test.product,
                           .device = test.device};
    // The agent wants a name in any case; only the device is asked for then.
    if (test.user.empty()) {
        question.user = "root";
        question.mode = AskFor::device;
    } else if (test.device.empty()) {
        question.mode = AskFor::user;
    }
    return question;
}

std::string text_at(const boost::json::object& answer, std::string_view name) {
    const auto* field = answer.if_contains(name);
    const auto* text = field == nullptr ? nullptr : field->if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

// What the agent answered, as a person reads it.
void print_answer(const TestQuestion& test, const boost::json::object& answer, int64_t ms) {
    const Language language = language_from_environment();
    const std::string reason = text_at(answer, "reason");
    const bool allowed = text_at(answer, "verdict") == "allow";
    std::cout << printable(message(language, allowed ? "hostd.test.admitted" : "hostd.test.refused",
                                   {{"who", test.user.empty() ? test.device : test.user},
                                    {"reason", reason},
                                    {"title", message(language, "reason." + reason + ".title")},
                                    {"ms", std::to_string(ms)}}))
              << '\n';
    if (answer.contains("offline")) std::cout << message(language, "hostd.test.offline") << '\n';
    if (const std::string sentence = text_at(answer, "sentence"); !sentence.empty())
        std::cout << message(language, "hostd.test.reads", {{"sentence", printable(sentence)}})
                  << '\n';
    std::cout << message(language, "hostd.test.ordinary") << '\n';
}

Result<int> ask(const std::string& config_path, const TestQuestion& test) {
    CALM_TRY_ASSIGN(const HostConfig config, read_host_config(config_path, false));
    const auto begin = std::chrono::steady_clock::now();
    CALM_TRY_ASSIGN(
        const std::string line,
        ask_agent(config.socket, agent_question_line(question_of(test)), kAgentTimeoutMs));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begin);
    boost::system::error_code error;
    const auto answer = boost::json::parse(line, error);
    if (error || !answer.is_object()) return fail("answer_malformed", "this is no answer");
    const boost::json::object& fields = answer.get_object();
    if (const std::string code = text_at(fields, "error"); !code.empty())
        return fail(code, text_at(fields, "sentence"));
    if (test.json) {
        std::cout << line << '\n';
    } else {
        print_answer(test, fields, took.count());
    }
    if (text_at(fields, "verdict") == "allow") return 0;
    return text_at(fields, "reason") == "server_unreachable" ? kUnreachable : kRefused;
}

}  // namespace

int run_doctor(const std::string& config_path, bool json) {
    return show(examine_host(config_path), json);
}

Result<int> run_test(const std::string& config_path, const TestQuestion& question) {
    if (!question.user.empty() || !question.device.empty()) return ask(config_path, question);
    CALM_TRY_ASSIGN(const Findings findings, examine_servers(config_path, question.product));
    return show(findings, question.json);
}

}  // namespace calm
