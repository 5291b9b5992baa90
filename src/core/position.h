// Position: per product and kind of CAL how many are required, owned, short and spare (the
// "effective license position"), as a pure function of the ledger and a moment. No I/O, no clock.
//
// What the numbers mean:
//
//   required  holders that need a CAL of this product now: those with a live CAL of it, be it on a
//             seat, in over-use or temporary. A holder is counted once for each right: a CAL that
//             another of its live CALs covers is not counted (a seat of 2019 beside an over-use CAL
//             of 2022: one of 2022 is required). A CAL on the seat of a suite is counted once,
//             under the product of its pack. Nothing is required of a product that requires no
//             CALs. Stations are required as well that have no CAL and are refused now for want
//             of one (core/refusals.h); they are short, too.
//   owned     seats of the packs that may be used at the moment, `declared` ones among them.
//   held      seats that a live CAL holds.
//   short     holders that are required and that no owned seat can cover. Seats that no required
//             holder sits on are given to those without a seat: of the same product first, else of
//             the lowest sufficient version of the family, else of a suite, where one seat serves
//             one holder for all that it covers. Where *prevent license upgrade* is set, newer
//             seats serve nobody. The assignment covers as many as possible, and the highest
//             versions first, so that what stays short is what is easiest to buy. (Where holders
//             lack several products of one suite it is the better of two ways: their suites first,
//             or each product for itself.)
//   spare     owned seats that serve nobody after that.
//
// Of licenses of hosts and installations there are rows too (core/host_licenses.h): required are a
// license for each host that was said to run a product which is sold with one, and whatever was
// given to a host or a computer; a host is served by the licenses that it was given and by no
// others, so that short are the hosts without theirs, and spare the licenses that no host has.
//
// Two equations hold for every row; `own` is what of its seats serves its own holders:
//   owned    = own + lent     + spare
//   required = own + borrowed + short
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "core/ledger.h"
#include "core/refusals.h"

namespace calm {

struct PositionRow {
    ProductId product;
    PackKind kind = PackKind::per_user;
    uint64_t required = 0;
    std::array<uint64_t, 3> holders{};  // of `required`, by HolderKind; of hosts' licenses: none
    uint64_t owned = 0;
    uint64_t declared = 0;  // of `owned`: entered by hand
    uint64_t held = 0;
    uint64_t overuse = 0;    // live over-use CALs
    uint64_t temporary = 0;  // live temporary CALs
    uint64_t borrowed = 0;   // required here, served by seats of another product
    uint64_t lent = 0;       // seats that serve holders of other products only
    uint64_t short_of = 0;
    uint64_t refused = 0;  // of `short_of`: stations without a CAL that are refused now
    uint64_t spare = 0;

    bool operator==(const PositionRow&) const = default;
};

// A holder that no owned seat covers. Of those who wait for a seat, the ones who came first are
// taken to be covered.
struct Uncovered {
    ProductId product;
    PackKind kind = PackKind::per_user;
    SubjectId holder;
    Instant since;           // when its oldest CAL without a seat was issued
    bool temporary = false;  // its CAL: a temporary one, else an over-use one

    bool operator==(const Uncovered&) const = default;
};

struct Position {
    Instant at;
    uint64_t entries = 0;              // the ledger's size when the sweep ended
    std::vector<PositionRow> rows;     // by product code, per_user first; none without a number
    std::vector<Uncovered> uncovered;  // in the order of the rows, oldest first
};

// PositionSweep: looks at a whole ledger in slices. The ledger may change between them: what was
// looked at stays as it was seen. Of a ledger that stood still the position is exact.
class PositionSweep {
  public:
    // Looks at `things` packs or CALs at most (about 50 ns each; where there are stations as many
    // again for each product, as a RefusalSweep does); true: it has seen all. The last step also
    // assigns seats, which takes about as long as sorting those without one.
    bool step(const Ledger& ledger, Instant now, size_t things);

    // REQUIRES: step() said true; taken once.
    Position take() { return std::move(position_); }

  private:
    // Seats that cover the same: packs of one product, kind and suite.
    struct Supply {
        PackKind kind = PackKind::per_user;
        ProductId product;
        std::vector<ProductId> suite;
        uint64_t quantity = 0;
        uint64_t sat_on = 0;  // by required holders
        uint64_t free = 0;    // known once all CALs were seen
    };
    struct Waiting {
        uint32_t since = 0;
        SubjectId holder;
        bool temporary = false;
        auto operator<=>(const Waiting&) const = default;
    };
    struct Lack {
        ProductId product;
        bool temporary = false;
        auto operator<=>(const Lack&) const = default;
    };
    // What one holder lacks, and the kind of CAL; with all the holders that lack the same.
    using Lacks = std::pair<PackKind, std::vector<Lack>>;
    using SupplyKey = std::tuple<PackKind, ProductId, std::vector<ProductId>>;
    struct Demand {
        ProductId product;
        PackKind kind = PackKind::per_user;
        std::vector<Waiting> waiting;     // oldest first
        std::vector<size_t> options;      // supplies that can serve it, the preferred first
        std::map<size_t, uint64_t> from;  // supply to seats
        uint64_t served() const;
        uint64_t short_of() const { return waiting.size() - served(); }
    };

    void look_at_pack(const Ledger& ledger, PackId id, Instant now);
    void look_at_cal(const Ledger& ledger, CalId id, Instant now);
    bool counts(const Ledger& ledger, CalId id, Instant now) const;
    bool seated(const Cal& cal) const;
    void note_lacks(const Ledger& ledger, CalId id, Instant now);
    void count_hosts(const Ledger& ledger, Instant now);
    void count_other_packs(const Ledger& ledger, Instant now);
    bool look_at_refusals(const Ledger& ledger, Instant now, size_t things);
    void finish(const Ledger& ledger, Instant now);
    std::vector<Demand> assign(const Ledger& ledger, bool bundles_first);
    void serve_bundles(const Ledger& ledger);
    void serve_bundle(const Ledger& ledger, const Lacks& lacks, std::vector<Waiting>& waiting);
    std::vector<Demand> demands(const Ledger& ledger);
    void find_options(const Ledger& ledger, Demand& demand) const;
    void serve(std::vector<Demand>& demands);
    uint64_t push(std::vector<Demand>& demands, size_t demand, uint64_t amount,
                  std::vector<bool>& seen);
    bool serves(const Ledger& ledger, const Supply& supply, ProductId product, PackKind kind) const;
    PositionRow& row(ProductId product, PackKind kind);

    size_t packs_ = 0;  // looked at so far
    size_t cals_ = 0;
    std::vector<Supply> supplies_;
    std::map<SupplyKey, size_t> supply_ids_;
    std::vector<size_t> supply_of_pack_;  // by pack; kNone: it may not be used
    std::map<Lacks, std::vector<Waiting>> lacks_;
    std::map<std::pair<ProductId, PackKind>, PositionRow> rows_;
    size_t refusals_of_ = 0;  // products looked at so far
    std::optional<RefusalSweep> refusals_;
    std::map<std::pair<ProductId, PackKind>, uint64_t> refused_;
    Position position_;
};

// The whole of it at once.
Position position_of(const Ledger& ledger, Instant now);

}  // namespace calm
