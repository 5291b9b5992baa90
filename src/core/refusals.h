// Refusals: a look ahead. Who of those that the server knows would be refused a product for want of
// a CAL, at their next question or once what admits them ends, if so many CALs more were there. By
// the rules of admission.h; pure, and nothing is written.
//
// Known are the stations, and whoever has a CAL that spends no seat. A station is taken to ask for
// the product if its host was said to run it, or if a station there has had a CAL of its family;
// where neither is known of a host, its stations may ask for any. Seats go to those with such a CAL
// first, then to the stations in the order in which they were added. A console is never refused,
// and in console mode no other station is used.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/ledger.h"

namespace calm {

struct MoreCals {
    PackKind kind = PackKind::per_user;
    uint64_t quantity = 0;
};

struct Refusals {
    struct Later {
        uint64_t count = 0;
        Instant from;  // the first of them then; zero: nobody

        bool operator==(const Later&) const = default;
    };
    uint64_t stations = 0;  // at their next question
    Later stations_later;   // once the initial grace of their host is over, or their CAL
    Later holders_later;    // users and devices, once their CAL is over that has no seat

    bool operator==(const Refusals&) const = default;
};

// What the look ahead has given that does not stand in the ledger.
struct Given {
    std::map<PackId, uint64_t> seats;
    std::map<PackId, uint64_t> overdrafts;
    std::set<HostId> grace_over;   // ended by a first CAL
    std::optional<PackKind> sold;  // CALs of this kind are there too, and have been given
};

// RefusalSweep: looks at a whole ledger in slices. The ledger may change between them: what was
// looked at stays as it was seen.
class RefusalSweep {
  public:
    // `more`: of the product, ones that everybody may take a seat of; licenses of hosts admit
    // nobody.
    RefusalSweep(ProductId product, MoreCals more);

    // Looks at `things` CALs, stations or hosts at most (a microsecond each at the most); true: it
    // has seen all.
    bool step(const Ledger& ledger, Instant now, size_t things);

    // REQUIRES: step() said true.
    const Refusals& found() const { return found_; }

    // Of `found().stations`, by the kind of CAL that their host asks for, those that are counted
    // for this product and no other: it is what their host was said to run, or the newest of the
    // family that stations there have had CALs of, or of the only family there is.
    const std::array<uint64_t, 2>& missing() const { return missing_; }

  private:
    class Slice;
    struct Lacking {
        SubjectId station;
        HostId host;
    };
    struct Unseated {
        SubjectId first;
        uint64_t count = 0;
    };

    ProductId product_;
    MoreCals more_;
    Given given_;
    size_t cals_ = 0;  // looked at so far
    size_t stations_ = 0;
    size_t seated_ = 0;
    std::vector<Lacking> lacking_;      // in the order of the stations
    std::set<HostId> asks_;             // stations there have had CALs of the family,
    std::set<HostId> asks_for_others_;  // or of another one
    std::map<HostId, Unseated> unseated_;
    Refusals found_;
    std::array<uint64_t, 2> missing_{};  // by PackKind, per user and per device
};

// The whole of it at once.
Refusals refusals_of(const Ledger& ledger, ProductId product, MoreCals more, Instant now);

}  // namespace calm
