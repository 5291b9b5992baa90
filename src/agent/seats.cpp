// sd-login's answers, copied and freed.
#include "agent/seats.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <systemd/sd-login.h>

#include "wire/host_json.h"

namespace calm {
namespace {

constexpr size_t kSessionsMax = 4096;

// A list that sd-login allocated, and each of its texts.
std::vector<std::string> take_list(char** list, size_t count_max) {
    std::vector<std::string> texts;
    for (char** each = list; each != nullptr && *each != nullptr; ++each) {
        if (texts.size() < count_max) texts.emplace_back(*each);
        free(*each);
    }
    free(list);
    return texts;
}

using Ask = int (*)(const char* session, char** text);

// Empty: it is not said.
std::string text_of(const std::string& session, Ask ask) {
    char* text = nullptr;
    if (ask(session.c_str(), &text) < 0 || text == nullptr) return {};
    std::string copy(text);
    free(text);
    return copy;
}

Result<std::vector<std::string>> list_of(int (*ask)(char***), const char* what, size_t count_max) {
    char** list = nullptr;
    const int count = ask(&list);
    std::vector<std::string> texts = take_list(list, count_max);
    if (count < 0 && count != -ENOENT) {
        return fail("seats_unreadable",
                    fmt::format("logind's {} cannot be read: {}", what, strerror(-count)));
    }
    return texts;
}

}  // namespace

Result<SeatsSeen> look_at_seats() {
    SeatsSeen seen;
    CALM_TRY_ASSIGN(seen.seats, list_of(sd_get_seats, "seats", wire::kStationsMax));
    CALM_TRY_ASSIGN(const auto sessions, list_of(sd_get_sessions, "sessions", kSessionsMax));
    for (const std::string& session : sessions) {
        // One that has gone since is none.
        if (text_of(session, sd_session_get_class) != "user") continue;
        if (text_of(session, sd_session_get_state) == "closing") continue;
        SeatSession person{.seat = text_of(session, sd_session_get_seat),
                           .tty = text_of(session, sd_session_get_tty),
                           .service = text_of(session, sd_session_get_service),
                           .remote_host = {}};
        if (sd_session_is_remote(session.c_str()) > 0)
            person.remote_host = text_of(session, sd_session_get_remote_host);
        seen.sessions.push_back(std::move(person));
    }
    return seen;
}

}  // namespace calm
