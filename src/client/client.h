// Client: how a host asks its license servers, and what it does when none of them answers. It owns
// what the host knows (HostState, CAL tokens, clock) and neither reads nor writes files: the agent
// keeps what changed. Design.md 6.
//
// Threads: every function may be called from any thread, keep() from one at a time. No lock is held
// while a server is asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/contact.h"
#include "client/host_clock.h"
#include "client/host_state.h"
#include "client/mode.h"
#include "client/offline.h"
#include "client/servers.h"
#include "client/session.h"
#include "client/token_shelf.h"
#include "core/reason.h"
#include "documents/cal_token.h"
#include "documents/crypto.h"
#include "documents/host_auth.h"
#include "wire/admission_json.h"

namespace calm {

// Who this host is, since it enrolled.
struct HostIdentity {
    HostId host;
    PublicKey ledger_identity;  // pinned: what a server says counts only if this key vouches for it
    SecretKey key;

    LedgerId ledger() const { return ledger_id_of(ledger_identity); }
};

// The clocks of the machine; tests put their own.
struct Clocks {
    std::function<Instant()> wall;
    std::function<Seconds()> boot;  // CLOCK_BOOTTIME
    std::string boot_id;
};

struct Admission {
    Reason reason = Reason::server_unreachable;
    CalId cal;
    Instant expires_at;    // of what admits; zero: it has no end, or nobody knows it
    bool offline = false;  // decided by this host alone
    // Of a concurrent seat: from when on it is asked for again while a session runs.
    std::optional<Instant> ask_again_at;
    uint32_t place = 0;  // of one that waits: in line, 1 is the next

    bool operator==(const Admission&) const = default;
};

// What an administrator should hear of; `alarm`: at once.
enum class NoticeLevel : uint8_t { info, warning, alarm };
using Notice = std::function<void(NoticeLevel level, std::string_view text)>;

struct ServerHealth {
    std::string name;
    bool answered = false;   // when it was last asked
    std::string last_error;  // empty: it answered as it should
};

struct ClientStatus {
    Instant now;  // the host's time
    std::vector<ServerHealth> servers;
    HostState state;
    ModeInForce mode;
    size_t tokens = 0;
    // Of the temporary CALs that were asked for here since the start: how many run, and when the
    // first of them ends.
    size_t temporary = 0;
    std::optional<Instant> temporary_until;
};

class Client {
  public:
    using Deadline = std::chrono::steady_clock::time_point;

    struct Settings {
        OfflinePolicy offline = OfflinePolicy::refuse;
        ModeWishes mode{};
        std::chrono::milliseconds contact_timeout{5'000};
        // What it tells its license servers of itself; the mode and the time are added.
        wire::HostTold tells{};
        // Whether a session's process is still there; called by keep(). Absent: nobody can say.
        std::function<bool(const Leader&)> lives;
    };

    // `state`: what was kept, if it is sound. `tokens`: texts of tokens that were kept, by what was
    // asked for; each is verified again. Sessions of an earlier boot have ended. `servers` outlives
    // the client.
    Client(HostIdentity identity, Settings settings, Servers& servers, Clocks clocks,
           std::optional<HostState> state, const std::vector<ShelvedToken>& tokens, Notice notice);

    // What the host goes by from now on, of the settings that may change.
    void go_by(OfflinePolicy offline, const ModeWishes& mode);

    // Asks the servers top-down until `deadline`. The request id is made before the first question
    // and stays the same for all of them. Empty: none answered.
    std::optional<Admission> ask_servers(const AdmissionAsk& ask, Deadline deadline,
                                         const AskedWith& with = {});

    // The same, and whether a question without an answer may have been written all the same.
    struct Asked {
        std::optional<Admission> admission;
        bool lost = false;
    };
    Asked ask_all(const AdmissionAsk& ask, Deadline deadline, const AskedWith& with = {});

    // What admit_offline() would say.
    Reason offline_reason(const AdmissionAsk& ask) const;

    // Decides alone at once, and remembers to tell. `at_console`: the ask's station is the host's
    // own console.
    Admission admit_offline(const AdmissionAsk& ask, bool at_console = false);

    // The two halves of it, for a host with further license servers (server_list.h).
    OfflineFacts offline_facts(const AdmissionAsk& ask, bool at_console = false) const;
    void note_offline(const AdmissionAsk& ask, Reason reason);

    // The one, else the other.
    Admission admit(const AdmissionAsk& ask, Deadline deadline);

    // The one who was admitted has logged on, or has gone. Told to a server by keep(), which asks
    // for a concurrent seat again as long as a session is on it. A session whose process is gone
    // has ended, whether or not anybody says so.
    void logged_on(const AdmissionAsk& ask, const SessionMarks& marks = {});
    void ended(const AdmissionAsk& ask, const SessionMarks& marks = {});

    // This session runs. One that is not known, because the state was lost, is from now on.
    void runs(const AdmissionAsk& ask, const SessionMarks& marks = {});
    bool has_session(const AdmissionAsk& ask, const SessionMarks& marks) const;

    // How many others administer the host, of the sessions that this client has.
    uint32_t administrators(const AdmissionAsk& ask) const;

    // The text of a CAL token that admits whom `ask` names; empty: none is kept.
    std::string token_text(const AdmissionAsk& ask) const;

    // No server gave a contact when it was last asked for, or the one that did names a successor.
    bool seeks_successor() const;

    // Every server was too slow when it was last asked, a moment ago.
    bool slow() const;

    // Tells a server which stations this host sees; the answer: those that it has. Errors: those of
    // HttpClient::json() and parse_host_stations().
    Result<wire::HostStations> report_stations(const wire::StationReport& report,
                                               std::chrono::milliseconds timeout);

    // One round of housekeeping: the contact if it is due (once a minute; every 5 seconds while no
    // server answers), what was not told yet, tokens that are missing.
    void keep();

    ClientStatus status() const;
    Instant time() const;  // the host's

    // What is to be stored when `change_count()` has grown.
    uint64_t change_count() const;
    HostState state_to_keep() const;  // with the clock's mark of now
    struct TokenChange {
        std::string key;
        std::optional<ShelvedToken> token;  // absent: dropped
    };
    std::vector<TokenChange> take_token_changes();

  private:
    struct Wanted {
        AdmissionAsk ask;
        CalId cal;
    };

    struct Health {
        std::string last_error;
        bool answered = false;
        Deadline ask_last_until;  // it was too slow: others first
    };

    static constexpr size_t kAnswersMax = 8192;
    static constexpr size_t kWantedMax = 1024;
    static constexpr size_t kEndsMax = 4096;

    std::vector<size_t> order() const;
    std::string bearer();
    Result<HttpAnswer> send(size_t server, HttpRequest request, std::chrono::milliseconds timeout);
    Result<boost::json::value> ask_json(size_t server, const HttpRequest& request,
                                        std::chrono::milliseconds timeout);
    Result<boost::json::value> ask_any(const HttpRequest& request) {
        return ask_any(request, settings_.contact_timeout);
    }
    Result<boost::json::value> ask_any(const HttpRequest& request,
                                       std::chrono::milliseconds timeout);
    void note_health(size_t server, const Error* error, bool answered, bool slow);

    wire::AdmissionQuestion question_of(const AdmissionAsk& ask, const AskedWith& with) const;
    void learn(const AdmissionAsk& ask, const wire::AdmissionAnswer& answer);
    void shelve(const AdmissionAsk& ask, CalId cal, const std::string& text);
    bool must_be_told_first(const ShelvedToken& token) const;
    Result<ShelvedToken> verify(const AdmissionAsk& ask, const std::string& text);
    const ShelvedToken* best_token(const AdmissionAsk& ask) const;
    struct TokenHolder {
        HolderKind kind;
        std::string name;  // as tokens say it
    };
    std::vector<TokenHolder> token_holders(const AdmissionAsk& ask) const;
    std::optional<OfflineToken> token_of(const AdmissionAsk& ask) const;
    bool lacks_token(const AdmissionAsk& ask) const;
    AdmissionAsk ask_for(const ShelvedToken& token) const;
    void reset_verifier();
    void go_on(HostSession& session, const wire::AdmissionAnswer& answer);
    void note_end(const HostSession& session);
    void end_lost_sessions();
    void extend_seats();
    std::optional<AdmissionAsk> seat_to_extend() const;

    Result<> contact(size_t server);
    Result<bool> continues(size_t server, const VerifiedContact& told);
    void take(const wire::HostContact& contact, const VerifiedContact& told, bool continues);
    void see_rollback(std::string detail);
    void fetch_wanted();
    Result<> reassert();
    void tell();
    Result<> tell_decisions();
    Result<> tell_validations();
    Result<> tell_ends();

    Instant now() const { return clock_.now(clocks_.boot()); }

    // REQUIRES: mutex_ is held.
    ModeInForce mode() const { return mode_in_force(wishes_, state_.mode); }

    const HostIdentity identity_;
    const Settings settings_;
    Servers& servers_;
    const Clocks clocks_;
    const Notice notice_;

    mutable std::mutex mutex_;  // guards all that follows
    OfflinePolicy offline_;
    ModeWishes wishes_;
    HostClock clock_;
    HostState state_;
    TokenShelf shelf_;
    std::optional<CalTokenVerifier> verifier_;
    std::vector<Health> health_;
    std::map<AdmissionAsk, Admission> answers_;  // the last one to each question
    std::deque<Wanted> wanted_;
    struct Ended {
        AdmissionAsk ask;
        bool others = false;  // sessions on the same CAL
    };
    std::deque<Ended> ends_;
    std::string bearer_;
    Instant bearer_made_at_;  // by the servers' clock
    Seconds server_ahead_;    // the servers' clock minus the wall clock
    uint64_t changes_ = 0;
    bool reassert_ = false;   // the last contact asked for it
    bool unreached_ = false;  // no server gave a contact when it was last asked for

    // Boot clock; absent: now; keep()'s thread only.
    std::optional<Seconds> contact_due_;
    std::optional<Seconds> leaders_due_;
};

}  // namespace calm
