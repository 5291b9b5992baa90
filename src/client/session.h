// What a host asks for, and the sessions that run on the answers. Plain data; the agent's files
// keep the sessions over a restart (host_state.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "core/terms.h"

namespace calm {

// One question about one session: who connects to what, and how.
struct AdmissionAsk {
    std::string product;
    std::string user;         // empty: nobody is named
    std::string device;       // empty: nothing is named
    std::string station;      // where at this host, which then holds the CAL; empty: nowhere
    std::string from_server;  // another host that connects itself; empty: none
    std::string via;          // the front end that passes user and device on; empty: none
    Workload workload = Workload::person;
    bool outside = false;         // an outside user
    bool administration = false;  // administers the host
    bool host_service = false;    // the host's own service

    auto operator<=>(const AdmissionAsk&) const = default;
};

// What goes with a question and is no part of the session that follows.
struct AskedWith {
    bool wait = false;  // stands in line when all concurrent seats are in use
    // What tells the device from others beside its name; empty: not known.
    std::string hardware_id;
    std::string certificate;
    std::string device_mark;
    std::string held_token;  // a CAL token of another license server's
};

// The process that lives as long as a session. A number alone may be another process's by now.
struct Leader {
    int32_t pid = 0;
    uint64_t started = 0;  // clock ticks after boot

    auto operator<=>(const Leader&) const = default;
};

// What tells a session from others with the same question.
struct SessionMarks {
    std::string service;           // the PAM service, for instance
    std::optional<Leader> leader;  // absent: nobody knows how long it lives

    bool operator==(const SessionMarks&) const = default;
};

struct HostSession {
    AdmissionAsk ask;
    SessionMarks marks;
    CalId cal;  // that the server last named for it; zero: none
    Instant since;
    // Of a concurrent seat: from when on it is asked for again.
    std::optional<Instant> ask_again_at;

    bool operator==(const HostSession&) const = default;
};

// The session that is meant: the leader's own, even if what is asked has changed since it began
// (host.toml was edited), else one with the same question. sessions.end(): none.
std::vector<HostSession>::const_iterator find_session(const std::vector<HostSession>& sessions,
                                                      const AdmissionAsk& ask,
                                                      const SessionMarks& marks);

// Takes it out: it has ended. Empty: there is none.
std::optional<HostSession> take_session(std::vector<HostSession>& sessions, const AdmissionAsk& ask,
                                        const SessionMarks& marks);

// Whether one of these runs on the CAL that this one ran on.
bool shares_cal(const std::vector<HostSession>& sessions, const HostSession& one);

// How many others administer the host in these sessions, whoever asks not counted.
uint32_t administrators_beside(const std::vector<HostSession>& sessions, const AdmissionAsk& ask);

}  // namespace calm
