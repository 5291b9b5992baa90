// RequestMemory: the answers of the last day that wrote an entry, by request id, so that a repeated
// request gets the same answer (invariant I3). Part of the ledger's state.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/instant.h"
#include "core/entry.h"

namespace calm {

struct RememberedAnswer {
    RequestId id;
    uint64_t content = 0;
    uint64_t sequence = 0;  // the entry that carries the mark
    uint32_t at = 0;        // ledger time, seconds since 1970
    CalId cal;
    uint32_t expires_at = 0;
    Reason reason = Reason::cal_held;

    bool operator==(const RememberedAnswer&) const = default;
};

class RequestMemory {
  public:
    // design.md 2, point 1.
    static constexpr Seconds kKept = hours(24);

    // Null: not asked within kKept before `now`.
    const RememberedAnswer* find(const RequestId& id, Instant now) const;

    // REQUIRES: answers are added in the order of their entries.
    void add(const RememberedAnswer& answer);
    void pop_last();

    // Drops what is older than kKept. Not undone: call it only when no entry waits for its commit.
    void forget(Instant now);

    size_t size() const { return answers_.size(); }
    const RememberedAnswer& operator[](size_t i) const { return answers_[i].answer; }

  private:
    struct Kept {
        RememberedAnswer answer;
        uint32_t earlier =
            0;  // slot value of an older, forgotten use of the same id, for pop_last()
    };

    size_t slot_of(const RequestId& id) const;  // where it is, or the free slot where it belongs
    void rebuild(size_t capacity);

    static constexpr uint32_t kFree = 0;
    static constexpr uint32_t kGone = 0xFFFF'FFFF;

    std::deque<Kept> answers_;
    std::vector<uint32_t> slots_;  // index into answers_ plus one
    size_t filled_ = 0;            // slots that are not kFree
};

}  // namespace calm
