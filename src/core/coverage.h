// Coverage: which products a CAL admits to. A CAL covers its product and earlier versions of its
// family; one out of a suite covers the suite's other products in the same way.
#pragma once

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

// Up to which version the CALs of `pack` serve this family; empty: not at all.
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

inline std::optional<uint16_t> version_in(const Ledger& ledger, const Cal& cal, uint32_t family) {
    const ProductState& own = ledger.product(cal.product);
    const bool suite = cal.pack && !ledger.pack(cal.pack).suite.empty();
    if (suite) return version_in(ledger, ledger.pack(cal.pack), family);
    if (own.family != family) return {};
    return own.product.version;
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

// Whether a CAL of this pack would cover all that `cal` does.
inline bool covers_all(const Ledger& ledger, const Pack& pack, const Cal& cal) {
    bool all = reaches_as_far(ledger, pack, cal);
    each_covered(ledger, cal, [&](const ProductState& each) {
        const auto version = version_in(ledger, pack, each.family);
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
    if (covering.pack) return covers_all(ledger, ledger.pack(covering.pack), cal);
    return covers_all(ledger, ledger.product(covering.product), cal);
}

}  // namespace calm
