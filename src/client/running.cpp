// Client's sessions: from the logon to the end, over restarts of the agent, and the concurrent
// seats that they keep.
#include <algorithm>

#include <fmt/format.h>

#include "client/bounded.h"
#include "client/client.h"

namespace calm {
namespace {

// How soon a running session without a seat asks for one again.
constexpr Seconds kSeatAgainAfter = minutes(1);
// A look at each process takes some microseconds, and a seat runs for minutes.
constexpr Seconds kLeadersEvery = seconds(10);

}  // namespace

void Client::logged_on(const AdmissionAsk& ask, const SessionMarks& marks) {
    const std::scoped_lock lock(mutex_);
    HostSession session{.ask = ask, .marks = marks, .cal = {}, .since = now(), .ask_again_at = {}};
    const auto answer = answers_.find(ask);
    if (answer != answers_.end()) {
        session.cal = answer->second.cal;
        session.ask_again_at = answer->second.ask_again_at;
    }
    auto& sessions = state_.sessions;
    if (sessions.size() >= HostState::kSessionsMax) {
        // Those that nobody ends must not cost the others their seats.
        const auto idle = std::ranges::find_if(
            sessions, [](const HostSession& each) { return !each.ask_again_at; });
        if (idle != sessions.end()) sessions.erase(idle);
    }
    if (sessions.size() < HostState::kSessionsMax) sessions.push_back(std::move(session));
    ++changes_;
    if (answer == answers_.end()) return;
    const Reason reason = answer->second.reason;
    if (reason != Reason::cal_temporary_issued && reason != Reason::cal_temporary_held) return;
    push_bounded(state_.validations, answer->second.cal, HostState::kValidationsMax);
}

void Client::ended(const AdmissionAsk& ask, const SessionMarks& marks) {
    const std::scoped_lock lock(mutex_);
    auto session = take_session(state_.sessions, ask, marks);
    if (!session) {
        const auto answer = answers_.find(ask);
        session = HostSession{.ask = ask,
                              .marks = marks,
                              .cal = answer == answers_.end() ? CalId{} : answer->second.cal,
                              .since = now(),
                              .ask_again_at = {}};
    }
    note_end(*session);
}

bool Client::knows_session(const AdmissionAsk& ask, const SessionMarks& marks) const {
    const std::scoped_lock lock(mutex_);
    return find_session(state_.sessions, ask, marks) != state_.sessions.end();
}

void Client::runs(const AdmissionAsk& ask, const SessionMarks& marks) {
    if (!knows_session(ask, marks)) logged_on(ask, marks);
}

// REQUIRES: mutex_ is held, except while the client is made; the session runs no more.
void Client::note_end(const HostSession& session) {
    push_bounded(ends_, Ended{session.ask, shares_cal(state_.sessions, session)}, kEndsMax);
    ++changes_;
}

// Sessions whose process is gone: it was killed, or it ended while no agent ran.
void Client::end_lost_sessions() {
    const Seconds boot = clocks_.boot();
    if (!settings_.lives || (leaders_due_ && boot < *leaders_due_)) return;
    leaders_due_ = Seconds{boot.count + kLeadersEvery.count};
    std::vector<Leader> gone;
    {
        const std::scoped_lock lock(mutex_);
        for (const HostSession& session : state_.sessions) {
            if (session.marks.leader) gone.push_back(*session.marks.leader);
        }
    }
    std::ranges::sort(gone);
    gone.erase(std::ranges::unique(gone).begin(), gone.end());
    std::erase_if(gone, settings_.lives);
    if (gone.empty()) return;

    const std::scoped_lock lock(mutex_);
    std::vector<HostSession> lost;
    std::erase_if(state_.sessions, [&](const HostSession& session) {
        const auto& leader = session.marks.leader;
        if (!leader || !std::ranges::binary_search(gone, *leader)) return false;
        lost.push_back(session);
        return true;
    });
    for (const HostSession& session : lost)
        note_end(session);
    notice_(NoticeLevel::info,
            fmt::format("{} sessions have ended without a word: their processes are gone",
                        lost.size()));
}

// What a new answer means for a session that runs already. Who lost its seat goes on, and asks
// until it has one again. REQUIRES: mutex_ is held.
void Client::go_on(HostSession& session, const wire::AdmissionAnswer& answer) {
    if (session.cal != answer.cal) ++changes_;
    session.cal = answer.cal;
    if (answer.ask_again_at != Instant{}) {
        session.ask_again_at = answer.ask_again_at;
    } else if (session.ask_again_at) {
        session.ask_again_at = now() + kSeatAgainAfter;
    }
}

std::optional<AdmissionAsk> Client::seat_to_extend() const {
    const std::scoped_lock lock(mutex_);
    for (const HostSession& session : state_.sessions) {
        if (session.ask_again_at && *session.ask_again_at <= now()) return session.ask;
    }
    return {};
}

// Each question moves its own time on. When no server answers, the next round tries again.
void Client::extend_seats() {
    for (size_t round = 0; round < HostState::kSessionsMax; ++round) {
        const auto ask = seat_to_extend();
        if (!ask) return;
        const auto deadline = std::chrono::steady_clock::now() + settings_.contact_timeout;
        if (!ask_servers(*ask, deadline)) return;
    }
}

}  // namespace calm
