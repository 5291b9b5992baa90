// AlertBook: all alerts, and what a look at the ledger makes of them: raised, raised again because
// it has become more urgent, resolved. In memory; its owner writes what is due. No I/O, no clock.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/alert.h"

namespace calm {

// A pool that swings around a threshold is told of once a day, not at every swing.
inline constexpr Seconds kAlertQuiet = days(1);
inline constexpr Seconds kAlertKept = days(400);  // so long resolved alerts are kept,
inline constexpr size_t kResolvedMax = 10'000;    // and so many

class AlertBook {
  public:
    // Errors: those of the reader, `database_damaged`.
    static Result<AlertBook> read(store::JournalReader& reader);

    using Alerts = std::map<uint32_t, Alert>;
    const Alerts& alerts() const { return alerts_; }
    const Alert* alert(uint32_t id) const;
    size_t count(AlertState state, Severity severity) const {
        return counts_[static_cast<size_t>(state)][static_cast<size_t>(severity)];
    }

    // A look at everything: begin_sweep(), see() for every warning, then resolve_unseen() until it
    // says true. What is not seen in between is over; a look-alike is not, since nobody sees those
    // by looking: it ends by end().
    void begin_sweep() { ++sweep_; }
    void see(const Warning& warning, Instant now);
    bool resolve_unseen(Instant now, size_t things);
    void end(const AlertKey& key, Instant now);

    // Alerts that are to be told, ascending; each once.
    std::vector<uint32_t> take_raised();

    // REQUIRES: there is such an alert. False: it is not open.
    bool acknowledge(uint32_t id, std::string by, Instant now);

    // Begins telling: the deliveries of before are forgotten.
    void begin_deliveries(uint32_t id, std::vector<Delivery> deliveries);
    // What became of a message; an alert that is told by another one meanwhile stays as it is.
    void note_delivery(uint32_t id, const Delivery& outcome);

    // Numbers of alerts whose record is to be put, or erased when there is no such alert any more.
    std::vector<uint32_t> take_dirty(size_t count_max);
    void mark_dirty(uint32_t id) { dirty_.insert(id); }

  private:
    struct Seen {
        uint32_t id = 0;
        uint64_t sweep = 0;
        Instant saved;  // when its record was last asked for
    };

    Alert& change(uint32_t id);
    void set_state(Alert& alert, AlertState state);
    uint32_t make(const Warning& warning, Instant now);
    void raise(Alert& alert, Instant now);
    void update(Seen& seen, const Warning& warning, Instant now);
    void resolve(Alert& alert, Instant now);
    void recount(const Alert& alert, int by);
    void prune(Instant now, size_t things);

    Alerts alerts_;
    std::map<AlertKey, Seen>
        current_;  // the newest alert of each thing, resolved a day ago at most
    std::map<AlertKey, Seen>::iterator unseen_at_ = current_.end();
    bool resolving_ = false;
    std::set<std::pair<Instant, uint32_t>> resolved_;
    std::set<uint32_t> raised_;
    std::set<uint32_t> dirty_;
    std::array<std::array<size_t, 4>, 4> counts_{};  // by state and severity
    uint64_t sweep_ = 0;
    uint32_t next_id_ = 1;
};

}  // namespace calm
