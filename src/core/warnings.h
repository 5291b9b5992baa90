// Warnings: what an administrator should be told before it hurts, as pure functions of the ledger
// and a moment: how full pools are, what ends soon, what is used beyond what is owned. They say
// what is so now; that it is told once and not every second is the business of whoever asks. No
// I/O, no clock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/ledger.h"
#include "core/trusted_clock.h"

namespace calm {

// The numbers are never changed; the names stand in records, in the API and in i18n (`alert.…`).
enum class WarningKind : uint8_t {
    pool_filling = 1,
    over_use = 2,
    initial_grace = 3,
    pack_expiring = 4,
    certificate_expiring = 5,
    look_alike = 6,  // a device that looks like one which holds a CAL; ends when somebody decides
    clock_stands = 7,
    clock_behind = 8,
    activation_ending = 9  // a vendor's certificate for this server, or that there is none
};

template <>
struct NamesOf<WarningKind> {
    static constexpr Names<WarningKind, 9> value{
        {{WarningKind::pool_filling, "pool_filling"},
         {WarningKind::over_use, "over_use"},
         {WarningKind::initial_grace, "initial_grace"},
         {WarningKind::pack_expiring, "pack_expiring"},
         {WarningKind::certificate_expiring, "certificate_expiring"},
         {WarningKind::look_alike, "look_alike"},
         {WarningKind::clock_stands, "clock_stands"},
         {WarningKind::clock_behind, "clock_behind"},
         {WarningKind::activation_ending, "activation_ending"}}};
};

enum class Severity : uint8_t { notice = 1, warning = 2, critical = 3 };

template <>
struct NamesOf<Severity> {
    static constexpr Names<Severity, 3> value{{{Severity::notice, "notice"},
                                               {Severity::warning, "warning"},
                                               {Severity::critical, "critical"}}};
};

// Days on which nobody reads mail: [first, after).
struct Holiday {
    Instant first;
    Instant after;

    bool operator==(const Holiday&) const = default;
};

// When to warn. None of it changes a right.
struct WarningTerms {
    std::vector<uint16_t> pool_percents{80, 90, 100};  // ascending, each 1..100
    std::vector<uint16_t> days_left{30, 14, 7, 1};     // descending, each 1..366
    std::vector<Holiday> holidays;
    uint16_t holiday_lead_days = 3;  // so long before a holiday comes what would fall into it

    bool operator==(const WarningTerms&) const = default;
};

inline constexpr uint16_t kLevelStarted = 0xFFFF;  // an initial grace that has begun
inline constexpr uint16_t kLevelOver = 0;          // what ends has ended
inline constexpr int64_t kPackToldDays = 30;       // so long is told that a pack has ended,
inline constexpr int64_t kGraceToldDays = 7;       // and that a host's initial grace has

struct Warning {
    WarningKind kind = WarningKind::pool_filling;
    // The number of the product, host, pack, device or vendor (from 1, in the order in which they
    // were trusted); 0: the license server.
    uint32_t about = 0;
    uint32_t part = 0;  // of a pool: its PackKind; of a look-alike: the other device
    // Of a pool: the threshold in percent that is reached. Of what ends: the threshold in days, or
    // kLevelStarted, or kLevelOver. Otherwise 0.
    uint16_t level = 0;
    bool early = false;  // comes before a holiday into which it would fall
    Severity severity = Severity::warning;
    Instant until;       // of what ends; zero: there was nothing that could end
    uint64_t used = 0;   // of a pool, and of over-use
    uint64_t owned = 0;  // of a pool

    bool operator==(const Warning&) const = default;
};

// How far it has come: of two warnings about the same thing, the more urgent one has the greater
// number.
uint32_t urgency(const Warning& warning);

// What is said at `now` of something that ends at `until`.
struct Countdown {
    uint16_t level = 0;
    bool early = false;

    bool operator==(const Countdown&) const = default;
};

// The nearest of the thresholds that is reached, kLevelOver from `until` on, nothing before the
// farthest. In the `holiday_lead_days` before a holiday it is the nearest that is reached by its
// end, marked early, if that is nearer. REQUIRES: until >= 1970-01-01 and now >= 1970-01-01.
std::optional<Countdown> countdown(const WarningTerms& terms, Instant until, Instant now);

// Seats of one kind of a product, over all its packs that may be used now.
struct PoolSeats {
    uint64_t owned = 0;
    uint64_t used = 0;  // as the packs count: until an expiry is written, its seat is spent
};
using PoolKey = std::pair<ProductId, PackKind>;
using Pools = std::map<PoolKey, PoolSeats>;

// All pools at once.
Pools pools_of(const Ledger& ledger, Instant now);

// WarningSweep: looks at a whole ledger in slices. The ledger may change between them: what was
// looked at stays as it was seen.
class WarningSweep {
  public:
    explicit WarningSweep(WarningTerms terms) : terms_(std::move(terms)) {}

    // Looks at `things` packs, products or hosts at most (about 50 ns each); true: it has seen all.
    bool step(const Ledger& ledger, Instant now, size_t things);

    // REQUIRES: step() said true.
    const std::vector<Warning>& found() const { return found_; }
    const Pools& pools() const { return pools_; }

  private:
    void look_at_pack(const Ledger& ledger, PackId id, Instant now);
    void look_at_product(const Ledger& ledger, ProductId id);
    void look_at_host(const Ledger& ledger, HostId id, Instant now);
    void add_pools(const Ledger& ledger);
    void add_look_alikes(const Ledger& ledger);
    void add_activations(const Ledger& ledger, Instant now);
    void add_dated(WarningKind kind, uint32_t about, Instant until, const Countdown& countdown);

    WarningTerms terms_;
    size_t packs_ = 0;  // looked at so far
    size_t products_ = 0;
    size_t hosts_ = 0;
    bool pools_added_ = false;
    Pools pools_;
    std::vector<Warning> found_;
};

// All that there is to say of the ledger, at once.
std::vector<Warning> warnings(const Ledger& ledger, const WarningTerms& terms, Instant now);

// What is to be said of the clock, and of a certificate of the server that ends at `until`.
std::optional<Warning> clock_warning(const TrustedClock::Reading& reading);
std::optional<Warning> certificate_warning(const WarningTerms& terms, Instant until, Instant now);

}  // namespace calm
