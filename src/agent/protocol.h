// The agent's socket protocol: a connection carries one question and one answer, each one line of
// JSON. Spoken by pam_calm.so, by `calm-hostd status` and by whoever asks on this host. Pure.
//
//   {"ask":"admit","service":"sshd","user":"anna","rhost":"192.0.2.7","tty":"ssh",
//    "product":…,"mode":"user"|"device","device":…,"lang":"fr","budget_ms":1800}
//     → {"verdict":"deny","reason":"no_cal_available","sentence":"All licenses …"}
//   {"ask":"logged_on",…} and {"ask":"ended",…}, the same fields → {"done":true}
//   {"ask":"status"} → one object, see agent.h
//   what cannot be answered → {"error":"service_unknown","sentence":"…"}
//
// service, user, rhost and tty are what PAM calls so; the rest overrides host.toml.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/host_config.h"
#include "base/result.h"
#include "core/reason.h"
#include "core/terms.h"

namespace calm {

enum class AgentVerb : uint8_t { admit, logged_on, ended, status };

template <>
struct NamesOf<AgentVerb> {
    static constexpr Names<AgentVerb, 4> value{{{AgentVerb::admit, "admit"},
                                                {AgentVerb::logged_on, "logged_on"},
                                                {AgentVerb::ended, "ended"},
                                                {AgentVerb::status, "status"}}};
};

struct AgentQuestion {
    AgentVerb verb = AgentVerb::admit;
    std::string service;
    std::string user;
    std::string rhost;
    std::string tty;
    std::string product;         // empty: the service's
    std::optional<AskFor> mode;  // absent: the service's
    std::string device;          // empty: the service's
    std::string language;        // a locale such as "fr_FR.UTF-8"; empty: the host's
    std::optional<uint32_t> budget_ms;

    bool operator==(const AgentQuestion&) const = default;
};

inline constexpr size_t kQuestionBytesMax = 8192;  // with its line feed

// Errors: `agent_question_malformed`.
Result<AgentQuestion> parse_agent_question(std::string_view line);
std::string agent_question_line(const AgentQuestion& question);

// Whole lines, with their line feed.
std::string verdict_line(Reason reason, std::string_view sentence);
std::string done_line();
std::string error_line(std::string_view code, std::string_view sentence);

}  // namespace calm
