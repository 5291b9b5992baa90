// RefusedAttempts: who was refused, counted a row for each day, product, reason, host and person. A
// refusal writes no entry of the log, and whoever administers wants to know of it all the same.
// Kept beside the ledger, in memory and bounded; its owner writes what is due. Names stand here
// that the ledger may never learn, so whoever erases a name looks here, too. Counted, not promised
// (design.md 4). No I/O, no clock.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "core/reason.h"
#include "core/terms.h"
#include "store/journal.h"

namespace calm {

// One attempt, as it happens. Names are normalised; empty: none was said.
struct RefusedAttempt {
    Instant at;
    std::string_view product;  // as it was asked for
    Reason reason = Reason::no_cal_available;
    HostId host;
    std::string_view user;
    std::string_view device;
    std::string_view station;
    bool offline = false;  // the host refused on its own
};

struct RefusedRow {
    uint64_t id = 0;   // 1, 2, 3 … as they came
    uint32_t day = 0;  // days since 1970-01-01 UTC
    std::string product;
    Reason reason = Reason::no_cal_available;
    HostId host;  // zero, with all names empty: others, counted together
    std::string user;
    std::string device;
    std::string station;
    bool offline = false;
    uint32_t attempts = 0;
    Instant first_at;
    Instant last_at;

    bool is_others() const { return !host; }
    bool operator==(const RefusedRow&) const = default;
};

class RefusedAttempts {
  public:
    static constexpr uint16_t kDaysKept = 400;
    // Whoever knocks with ever new names must fill neither memory nor disk: more than so many rows
    // of one day are counted together, and of all rows the oldest go.
    struct Bounds {
        size_t rows = 50'000;
        size_t rows_per_day = 5'000;
    };

    RefusedAttempts() = default;
    explicit RefusedAttempts(Bounds bounds) : bounds_(bounds) {}
    RefusedAttempts(RefusedAttempts&&) = default;
    RefusedAttempts& operator=(RefusedAttempts&&) = default;

    // Errors: those of the reader, `database_damaged`.
    static Result<RefusedAttempts> read(store::JournalReader& reader);

    // `product_known`: the ledger has a product of this code.
    void count(const RefusedAttempt& attempt, bool product_known);

    // By ascending id.
    const std::map<uint64_t, RefusedRow>& rows() const { return rows_; }

    // The first day of which nothing was dropped before its time; zero: nothing ever was.
    uint32_t complete_since() const { return complete_since_; }

    // Rows that name this user or device, by ascending id.
    std::vector<const RefusedRow*> naming(HolderKind kind, std::string_view name) const;

    // Drops those rows. The value: their ids.
    std::vector<uint64_t> forget(HolderKind kind, std::string_view name);
    static store::RecordKey record_key(uint64_t id);

    // Drops what is older than `days_kept` days (at most kDaysKept; zero: those).
    void drop_old(Instant now, uint16_t days_kept);

    // What is to be written, at most `count_max` rows; afterwards it counts as written.
    struct Due {
        std::vector<store::Record> puts;
        std::vector<store::RecordKey> erases;
        std::set<uint64_t> ids;
    };
    Due take_due(size_t count_max);
    // It could not be written.
    void give_back(const std::set<uint64_t>& ids) { dirty_.insert(ids.begin(), ids.end()); }
    bool has_due() const { return !dirty_.empty(); }

  private:
    struct Identity {
        uint32_t day;
        Reason reason;
        HostId host;
        bool offline;
        // Of the row itself: rows never move.
        std::string_view product;
        std::string_view user;
        std::string_view device;
        std::string_view station;
        auto operator<=>(const Identity&) const = default;
    };
    using Rows = std::map<uint64_t, RefusedRow>;

    static Identity identity_of(const RefusedRow& row);
    void add(RefusedRow row);
    Rows::iterator drop(Rows::iterator row);
    void drop_oldest();

    Bounds bounds_;
    Rows rows_;
    std::map<Identity, uint64_t> by_identity_;
    std::map<uint32_t, size_t> rows_of_day_;
    std::set<uint64_t> dirty_;
    uint64_t next_id_ = 1;
    uint32_t complete_since_ = 0;
};

}  // namespace calm
