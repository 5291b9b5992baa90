// From headers to headers.
#include "agent/web_desk.h"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include "agent/device_cookie.h"

namespace calm {
namespace {

DeviceNumber new_device_number() {
    DeviceNumber number{};
    randombytes_buf(number.data(), number.size());
    return number;
}

// Whether a device is named at all, and not by the settings.
bool names_devices(const ServiceConfig* service) {
    if (service == nullptr) return true;
    return service->mode != AskFor::user && service->device == "rhost";
}

AgentQuestion question_of(const WebQuestion& asked) {
    AgentQuestion question{.verb = AgentVerb::admit,
                           .service = asked.service,
                           .user = asked.user,
                           .rhost = asked.address,
                           .product = asked.product};
    if (!asked.accept_language.empty()) {
        question.language = language_code(language_from_accept_language(asked.accept_language));
    }
    return question;
}

std::string nobody_could_say(const Error& error, bool last) {
    spdlog::error("web: {}: {}", error.code, error.detail);
    return web_answer(503, {{"CALM-Reason", error.code}}, last);
}

}  // namespace

std::string WebDesk::answer(const WebQuestion& asked) {
    AgentQuestion question = question_of(asked);
    WebHeaders headers;
    const auto config = agent_.config();
    if (names_devices(config->find_service(asked.service))) {
        auto number = device_of_cookies(asked.cookies, key_.public_key());
        if (!number) {
            number = new_device_number();
            headers.emplace_back("Set-Cookie", set_device_cookie(*number, key_, asked.https));
        }
        question.device = device_name_of(*number);
    }
    // Names are held to the same rules, whoever asks.
    const auto sound = parse_agent_question(agent_question_line(question));
    if (!sound) return nobody_could_say(sound.error(), asked.last);
    const auto verdict = agent_.admit(*sound);
    if (!verdict) return nobody_could_say(verdict.error(), asked.last);
    headers.emplace_back("CALM-Reason", name_of(verdict->reason));
    if (!allows(verdict->reason)) {
        headers.emplace_back("CALM-Sentence", verdict->sentence);
        return web_answer(403, headers, asked.last);
    }
    if (verdict->cal) headers.emplace_back("CALM-CAL", std::to_string(verdict->cal.value));
    return web_answer(204, headers, asked.last);
}

}  // namespace calm
