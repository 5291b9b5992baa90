// Coverage: which products a CAL admits to. A CAL covers the product that it states and earlier
// versions of its family; one out of a suite covers the suite's other products in the same way. The
// CALs of a maintained pack state the latest version that came out in time, as far as that is known
// when they are given: what one covers does not change while it stands.
#pragma once

#include <algorithm>
#include <optional>

#include "core/ledger.h"

namespace calm {

// Calls visit(product) for the product of `cal` and for those of the suite that it came from.
template <class Visit>
void each_covered(const Ledger& ledger, const Cal& cal, Visit&& visit) {
    visit(ledger.product(cal.product));
    if (!cal.pack) return;
    for (const ProductId id : ledger.pack(cal.pack).suite)
        visit(ledger.product(id));
}

// Whether CALs of the pack may state this product: its own, or a later version that came out while
// the pack was maintained (issue: "maintenance dates"; facts peers, "maintenance expiry").
inline bool is_product_of(const Ledger& ledger, const Pack& pack, ProductId id) {
    if (id == pack.product) return true;
    if (!pack.terms.maintained_until) return false;
    const ProductState& own = ledger.product(pack.product);
    const ProductState& other = ledger.product(id);
    return other.family == own.family && other.product.version > own.product.version &&
           other.product.released && *other.product.released < *pack.terms.maintained_until;
}

// What new CALs of the pack state: of its products the latest version.
inline ProductId newest_of(const Ledger& ledger, const Pack& pack) {
    ProductId newest = pack.product;
    if (!pack.terms.maintained_until) return newest;
    for (const ProductId id : ledger.family_products(pack.product)) {
        if (is_product_of(ledger, pack, id) &&
            ledger.product(id).product.version > ledger.product(newest).product.version) {
            newest = id;
        }
    }
    return newest;
}

// Up to which version the CALs of `pack` were sold for this family; empty: not at all.
inline std::optional<uint16_t> version_in(const Ledger& ledger, const Pack& pack, uint32_t family) {
    std::optional<uint16_t> version;
    const auto look = [&](ProductId id) {
        const ProductState& state = ledger.product(id);
        if (state.family == family && (!version || *version < state.product.version)) {
            version = state.product.version;
        }
    };
    look(pack.product);
    for (const ProductId id : pack.suite)
        look(id);
    return version;
}

// Up to which version a CAL that is given out of `pack` now serves this family.
inline std::optional<uint16_t> reach_in(const Ledger& ledger, const Pack& pack, uint32_t family) {
    const auto sold = version_in(ledger, pack, family);
    if (!pack.terms.maintained_until || ledger.product(pack.product).family != family) return sold;
    return std::max(*sold, ledger.product(newest_of(ledger, pack)).product.version);
}

inline std::optional<uint16_t> version_in(const Ledger& ledger, const Cal& cal, uint32_t family) {
    const ProductState& own = ledger.product(cal.product);
    std::optional<uint16_t> version;
    if (cal.pack && !ledger.pack(cal.pack).suite.empty())
        version = version_in(ledger, ledger.pack(cal.pack), family);
    if (own.family == family) version = std::max(version.value_or(0), own.product.version);
    return version;
}

// A CAL as it would stand, for comparing.
inline Cal stated(const Ledger& ledger, const CalStatement& cal) {
    return {.holder = cal.holder,
            .pack = cal.pack,
            .next = {},
            .product = ledger.find_product(cal.product)};
}

// Of two CALs that both serve this family, the one that admits: that which ends later; of equals
// that of the pack installed first, then that of the lower version.
inline bool admits_before(const Ledger& ledger, const Cal& a, const Cal& b, uint32_t family) {
    if (a.expires_at != b.expires_at) return a.expires_at > b.expires_at;
    if (a.pack != b.pack) return a.pack < b.pack;
    return version_in(ledger, a, family) < version_in(ledger, b, family);
}

// Whether a CAL of this pack admits at every host where `cal` does: a per-server seat counts at
// one.
inline bool reaches_as_far(const Ledger& ledger, const Pack& pack, const Cal& cal) {
    if (pack.terms.metric != PackMetric::per_server) return true;
    if (!cal.pack || !pack.host) return false;
    const Pack& its = ledger.pack(cal.pack);
    return its.terms.metric == PackMetric::per_server && its.host == pack.host;
}

// Whether a new CAL of this pack would cover all that `cal` does.
inline bool covers_all(const Ledger& ledger, const Pack& pack, const Cal& cal) {
    bool all = reaches_as_far(ledger, pack, cal);
    each_covered(ledger, cal, [&](const ProductState& each) {
        const auto version = reach_in(ledger, pack, each.family);
        if (!version || *version < each.product.version) all = false;
    });
    return all;
}

// The same of a CAL that covers one product only.
inline bool covers_all(const Ledger& ledger, const ProductState& product, const Cal& cal) {
    bool all = true;
    each_covered(ledger, cal, [&](const ProductState& each) {
        if (each.family != product.family || each.product.version > product.product.version) {
            all = false;
        }
    });
    return all;
}

// The same of another CAL as it stands.
inline bool covers_all(const Ledger& ledger, const Cal& covering, const Cal& cal) {
    bool all = !covering.pack || reaches_as_far(ledger, ledger.pack(covering.pack), cal);
    each_covered(ledger, cal, [&](const ProductState& each) {
        const auto version = version_in(ledger, covering, each.family);
        if (!version || *version < each.product.version) all = false;
    });
    return all;
}

}  // namespace calm
