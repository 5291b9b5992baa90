// The agent's socket protocol: a connection carries one question and one answer, each one line of
// JSON. Spoken by pam_calm.so, by libcalm.so, by `calm-hostd status` and by whoever asks on this
// host. Pure.
//
//   {"ask":"admit","service":"sshd","user":"anna","rhost":"192.0.2.7","tty":"ssh",
//    "product":…,"mode":"user"|"device","device":…,"lang":"fr","budget_ms":1800,
//    "station":…,"seat":…,"via":…,"from_server":…,"workload":"web","outside":true,
//    "administration":true,"host_service":true,"wait":true,"again":true,
//    "hardware_id":…,"certificate":…,"device_mark":…}
//     → {"verdict":"deny","reason":"no_cal_available","sentence":"All licenses …","place":3}
//     → {"verdict":"allow","reason":"offline_outage","offline":true,"seconds_left":345600}
//   {"ask":"logged_on","leads":true,…} and {"ask":"ended",…}, the same fields → {"done":true}
//   {"ask":"running",…}, the same fields: has a session its right still? A license server answers
//     that, or nobody (`server_unreachable`). A session that the agent has lost it knows again
//     → {"verdict":"deny","reason":"seats_all_in_use","sentence":"…","ends":true}
//   {"ask":"notice","user":"root",…}: what an administrator is to read at this logon; told once a
//   day → {"done":true,"sentence":"…"}, or {"done":true}: nothing
//   {"ask":"status"} → one object, see agent.h
//   what cannot be answered → {"error":"service_unknown","sentence":"…"}
//
// service, user, rhost and tty are what PAM calls so; seat is XDG_SEAT; the rest overrides
// host.toml.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/host_config.h"
#include "base/instant.h"
#include "base/result.h"
#include "core/reason.h"
#include "core/terms.h"

namespace calm {

enum class AgentVerb : uint8_t { admit, logged_on, ended, status, running, notice };

template <>
struct NamesOf<AgentVerb> {
    static constexpr Names<AgentVerb, 6> value{{{AgentVerb::admit, "admit"},
                                                {AgentVerb::logged_on, "logged_on"},
                                                {AgentVerb::ended, "ended"},
                                                {AgentVerb::status, "status"},
                                                {AgentVerb::running, "running"},
                                                {AgentVerb::notice, "notice"}}};
};

struct AgentQuestion {
    AgentVerb verb = AgentVerb::admit;
    std::string service;
    std::string user;
    std::string rhost;
    std::string tty;
    std::string seat;
    std::string product;         // empty: the service's
    std::optional<AskFor> mode;  // absent: the service's
    std::string device;          // empty: the service's
    std::string language;        // a locale such as "fr_FR.UTF-8"; empty: the host's
    std::optional<uint32_t> budget_ms;

    // How it is asked; empty or absent: as the service's settings say.
    std::string station;
    std::string via;
    std::string from_server;
    std::optional<Workload> workload;
    std::optional<bool> outside;
    std::optional<bool> administration;
    std::optional<bool> host_service;
    std::optional<bool> wait;

    // Of one that waits: it was told its place, and asks whether its turn has come. A license
    // server answers that, or nobody (`server_unreachable`).
    bool again = false;
    // The process that asks lives as long as the session.
    bool leads = false;
    // What tells the device from others beside its name, where who asks knows it.
    std::string hardware_id;
    std::string certificate;
    std::string device_mark;

    bool operator==(const AgentQuestion&) const = default;
};

inline constexpr size_t kQuestionBytesMax = 8192;  // with its line feed

// Errors: `agent_question_malformed`.
Result<AgentQuestion> parse_agent_question(std::string_view line);
std::string agent_question_line(const AgentQuestion& question);

struct AgentVerdict {
    Reason reason = Reason::server_unreachable;
    std::string sentence;         // for who is refused
    uint32_t place = 0;           // of one that waits: in line, 1 is the next
    bool offline = false;         // no license server answered
    CalId cal{};                  // of who is admitted with one; not in the line
    bool ends = false;            // of a session that runs: its right is gone
    std::optional<Seconds> left;  // of what admits; absent: it has no end, or nobody knows it
};

// Whole lines, with their line feed.
std::string verdict_line(const AgentVerdict& verdict);
std::string done_line(std::string_view sentence = {});
std::string error_line(std::string_view code, std::string_view sentence);

}  // namespace calm
