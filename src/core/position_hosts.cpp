// Rows of a position that no holder of CALs stands behind: licenses of hosts, and installations.
#include <algorithm>

#include "core/coverage.h"
#include "core/host_licenses.h"
#include "core/position.h"

namespace calm {
namespace {

// What one host must be licensed for, and how much of that its licenses leave open.
struct Need {
    ProductId product;
    PackKind kind = PackKind::server;
    uint64_t required = 0;
    uint64_t open = 0;
};

// Each product that is sold with a license for each host.
std::vector<Need> needs_of(const Ledger& ledger, const Host& host, Instant now) {
    std::vector<Need> needs;
    for (const ProductId product : host.runs) {
        const ProductRules& rules = ledger.product(product).product.rules;
        if (!rules.server_license) continue;
        const PackKind kind = license_kind(ledger, host, product, now);
        const uint64_t needed = kind == PackKind::core ? cores_needed(host, rules) : 1;
        needs.push_back({product, kind, needed, needed});
    }
    return needs;
}

}  // namespace

void PositionSweep::count_hosts(const Ledger& ledger, Instant now) {
    for (const Host& host : ledger.hosts()) {
        if (host.removed || (host.runs.empty() && host.licenses.empty())) continue;
        std::vector<Need> needs = needs_of(ledger, host, now);
        for (const Need& need : needs)
            row(need.product, need.kind).required += need.required;
        for (const HostLicense& each : host.licenses) {
            const Pack& pack = ledger.pack(each.pack);
            if (!pack.valid(now)) continue;
            PositionRow& pool = row(pack.product, pack.terms.kind);
            pool.held += each.quantity;
            bool wanted = false;
            uint64_t own = 0;
            uint64_t lent = 0;
            for (Need& need : needs) {
                const ProductState& product = ledger.product(need.product);
                const auto version = reach_in(ledger, pack, product.family);
                if (need.kind != pack.terms.kind || !version || *version < product.product.version)
                    continue;
                wanted = true;
                const uint64_t served = std::min<uint64_t>(need.open, each.quantity);
                need.open -= served;
                if (need.product == pack.product) {
                    own += served;
                } else {
                    row(need.product, need.kind).borrowed += served;
                    lent = std::max(lent, served);
                }
            }
            // One that serves a product of its own is not lent to the others beside it.
            pool.lent += lent > own ? lent - own : 0;
            pool.spare += each.quantity - std::max(own, lent);
            if (wanted) continue;
            pool.required += each.quantity;
            pool.spare -= each.quantity;
        }
        for (const Need& need : needs)
            row(need.product, need.kind).short_of += need.open;
    }
}

void PositionSweep::count_other_packs(const Ledger& ledger, Instant now) {
    for (const Pack& pack : ledger.packs()) {
        if (!pack.valid(now) || is_cal_kind(pack.terms.kind)) continue;
        PositionRow& pool = row(pack.product, pack.terms.kind);
        pool.owned += pack.quantity();
        if (pack.terms.declared) pool.declared += pack.quantity();
        pool.spare += pack.free();
        if (pack.terms.kind != PackKind::installation) continue;
        pool.held += pack.used;
        pool.required += pack.used;
        pool.holders[static_cast<size_t>(HolderKind::device)] += pack.used;
    }
}

}  // namespace calm
