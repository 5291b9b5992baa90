// NameKeeping: for how long the license server keeps the names of those who hold nothing. Once a
// day it looks who was not let in for so long, and forgets them as `calm subject erase` does, for
// the reason `period_over`. Loop thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "core/terms.h"
#include "server/license_server.h"

namespace calm {

struct Api;

class NameKeeping {
  public:
    static constexpr uint16_t kDaysMax = 3650;

    // Whose names would be forgotten if they were kept for `days` (1..kDaysMax): who is idle
    // (core/idle.h) and was let in on none of these days. The days of use are read on a worker; the
    // ledger is looked through in slices of a millisecond. Errors: `unavailable`, those of the
    // reader.
    void survey(Api& api, uint16_t days, Done<std::vector<SubjectId>> done);

    // Keeps names for so many days from now on, zero: for ever, and looks at once.
    void set_days(Api& api, uint16_t days, Done<Committed> done);

    void tick(Api& api);  // once a second

  private:
    void look(Api& api, Instant at);

    std::deque<SubjectId> due_;  // still to be forgotten
    Instant next_{};             // ledger time of the next look; zero: soon after the start
    bool looking_ = false;
};

// Returns what the subject holds, and forgets its name. Answers with how many CALs came back.
// Errors: `subject_unknown`, those of a change.
void forget_subject(Api& api, SubjectId subject, ErasureReason why, Done<size_t> done);

}  // namespace calm
