// API v1: the position of a ledger, as a table that stands for itself (codes and names instead of
// numbers), and as JSON. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/host_licenses.h"
#include "core/position.h"
#include "core/stations.h"

namespace calm::wire {

struct PositionTable {
    struct Line {
        std::string product;
        CalRequirement requirement = CalRequirement::activated;
        PositionRow numbers;
    };
    struct Missing {
        std::string product;
        PackKind kind = PackKind::per_user;
        HolderKind holder_kind = HolderKind::user;
        SubjectId holder;
        std::string name;  // empty: erased, or not looked up
        Instant since;
        bool temporary = false;
    };
    Instant at;
    uint64_t entries = 0;
    std::vector<Line> lines;
    std::vector<Missing> missing;
    uint64_t missing_more = 0;  // holders beside those in `missing`
    StationCount stations;      // of all products together; empty in the table of one product
    struct UnlicensedHost {
        HostId host;
        std::string name;  // empty: not looked up
        std::string product;
        PackKind kind = PackKind::server;
        uint64_t missing = 0;
    };
    std::vector<UnlicensedHost> hosts;       // without the license that their product is sold with
    std::vector<std::string> station_names;  // of stations.uncovered; empty: not looked up
};

// Of one product, or of all when `product` is zero; at most `missing_max` holders. Their names stay
// empty. REQUIRES: `position` is of this ledger, or of an earlier state of it.
PositionTable tabulate(const Ledger& ledger, const Position& position, ProductId product,
                       size_t missing_max);

// {"at":…,"entries":…,"rows":[…],"uncovered":[…],"uncovered_more":N}, where there are stations
// "stations":{…}, and where hosts lack their license "hosts":[…]. Without `names` nobody is named;
// a holder without a name was erased.
void write_position(std::string& out, const PositionTable& table, bool names);

}  // namespace calm::wire
