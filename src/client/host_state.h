// HostState: what a host knows from its license servers and must not forget over a restart. Whoever
// stores it seals it with the host's key (agent/sealed_file.h): a state that was edited counts as
// none, and none is the least favourable one. Plain data.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "client/host_clock.h"
#include "client/offline.h"
#include "client/session.h"
#include "core/terms.h"
#include "documents/tree_head.h"
#include "wire/host_json.h"

namespace calm {

// A license server showed a log that is not a continuation of the one seen before.
struct RollbackSeen {
    Instant at;
    std::string detail;

    bool operator==(const RollbackSeen&) const = default;
};

struct HostState {
    std::optional<ClockMark> clock;
    std::optional<Instant> last_contact;  // the server's signed time

    // Of the last contact.
    LicensingMode mode = LicensingMode::not_configured;
    uint16_t offline_days_max = 0;
    std::vector<wire::ProductTerms> products;
    std::vector<PublicKey> vendors;
    std::vector<CalId> withdrawn;  // ascending
    uint64_t withdrawn_size = 0;   // of the log when the list was made
    // With which this host follows to the server that takes that one's place (agent/follow.h).
    std::string certificate;
    std::vector<std::string> node_certificates;
    std::string successor;  // its address, if the server named one

    // Of the last report of stations: who holds the CAL that counts at each.
    std::map<std::string, SubjectId, std::less<>> stations;

    std::optional<TreeHead> head;  // the highest seen
    std::optional<RollbackSeen> rollback;

    // Not told yet; the oldest first.
    std::deque<wire::OfflineDecision> decisions;
    std::deque<CalId> validations;

    // That run at this host; the oldest first. Those of a boot before that of `clock` run no more.
    std::vector<HostSession> sessions;

    static constexpr size_t kStationsMax = 4096;
    static constexpr size_t kSessionsMax = 8192;
    static constexpr size_t kDecisionsMax = 10'000;
    static constexpr size_t kValidationsMax = 10'000;

    // What the offline rule asks of a product; empty if the last contact did not name it.
    std::optional<OfflineTerms> terms_of(std::string_view product) const;

    // Whether the last contact took back the CAL that the entry with this sequence states.
    bool is_withdrawn(CalId cal, uint64_t sequence) const;

    bool operator==(const HostState&) const = default;
};

std::string to_json(const HostState& state);

// Errors: `host_state_malformed`.
Result<HostState> parse_host_state(std::string_view json);

}  // namespace calm
