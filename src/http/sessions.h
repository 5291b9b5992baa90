// Who is signed in: sessions by the hash of their token, in memory only. A restart signs everybody
// out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "base/bytes.h"
#include "base/instant.h"
#include "http/request.h"

namespace calm::http {

// What the token of a session begins with, and no other token.
inline constexpr std::string_view kSessionTokenPrefix = "calm_session_";

// Not thread-safe; time is an argument.
class SessionTable {
  public:
    struct Limits {
        Seconds lifetime = hours(12);  // whatever happens
        Seconds idle = minutes(15);    // without a request (rule R16)
        size_t sessions_max = 10'000;  // one more ends the one that has been idle longest
    };
    struct Session {
        Caller caller;
        Instant begun;
        Instant last_used;
        Instant expires;  // at the latest
    };

    SessionTable() : SessionTable(Limits()) {}
    explicit SessionTable(Limits limits) : limits_(limits) {}

    // Begins a session under a new token; gives the token, which is not kept.
    std::string begin(Caller caller, Instant now);

    // Whether a look-up counts as use of the session: what a page asks by itself does not, or a
    // forgotten browser would stay signed in.
    enum class Use : uint8_t { counts, in_background };

    // The session of a token; nullptr when there is none or its time is over. The clock going back
    // ends no session and lengthens none.
    const Session* find(std::string_view token, Instant now, Use use = Use::counts);

    // False when there was none.
    bool end(std::string_view token);
    // All sessions of one account (it is gone, or its password has changed), but for the one of
    // this token.
    void end_all_of(uint32_t caller_id, std::string_view but = {});
    // What all sessions of one account may do from now on.
    void set_role_of(uint32_t caller_id, uint32_t role);
    // Forgets what is over. To be called now and then.
    void sweep(Instant now);

    size_t size() const { return sessions_.size(); }

  private:
    struct HashOfHash {
        size_t operator()(const Hash& hash) const noexcept;
    };
    bool is_over(const Session& session, Instant now) const;
    void make_room(Instant now);

    Limits limits_;
    std::unordered_map<Hash, Session, HashOfHash> sessions_;
};

}  // namespace calm::http
