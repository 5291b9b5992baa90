// Finding sessions, and counting who is in them.
#include "client/session.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace calm {
namespace {

const std::string& person_of(const AdmissionAsk& ask) {
    return ask.user.empty() ? ask.device : ask.user;
}

}  // namespace

std::vector<HostSession>::const_iterator find_session(const std::vector<HostSession>& sessions,
                                                      const AdmissionAsk& ask,
                                                      const SessionMarks& marks) {
    // The better a session fits, the more it scores; among equals the oldest ends.
    const auto score = [&](const HostSession& each) {
        // What another process began, that one ends, or its own end does.
        if (marks.leader && each.marks.leader && each.marks.leader != marks.leader) return 0;
        const bool own = marks.leader && each.marks.leader;
        const bool same_service = each.marks.service == marks.service;
        if (each.ask == ask) return 2 + (own ? 4 : 0) + (same_service ? 1 : 0);
        return own && same_service && person_of(each.ask) == person_of(ask) ? 1 : 0;
    };
    const auto best = std::ranges::max_element(sessions, {}, score);
    return best == sessions.end() || score(*best) == 0 ? sessions.end() : best;
}

std::optional<HostSession> take_session(std::vector<HostSession>& sessions, const AdmissionAsk& ask,
                                        const SessionMarks& marks) {
    const auto found = find_session(sessions, ask, marks);
    if (found == sessions.end()) return {};
    HostSession taken = *found;
    sessions.erase(found);
    return taken;
}

bool shares_cal(const std::vector<HostSession>& sessions, const HostSession& one) {
    return std::ranges::any_of(sessions, [&](const HostSession& each) {
        return each.ask == one.ask ||
               (one.cal && each.cal == one.cal && each.ask.product == one.ask.product);
    });
}

uint32_t administrators_beside(const std::vector<HostSession>& sessions, const AdmissionAsk& ask) {
    std::set<std::string_view> people;
    for (const HostSession& each : sessions) {
        if (each.ask.administration && person_of(each.ask) != person_of(ask)) {
            people.insert(person_of(each.ask));
        }
    }
    return static_cast<uint32_t>(people.size());
}

}  // namespace calm
