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

#include <cstdint>

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

// `more`: of the product, one that everybody may take a seat of; licenses of hosts admit nobody.
Refusals refusals_of(const Ledger& ledger, ProductId product, MoreCals more, Instant now);

}  // namespace calm
