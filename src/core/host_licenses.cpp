// Which licenses a host has, which it lacks, and the verbs that give and take them.
#include "core/host_licenses.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/coverage.h"

namespace calm {
namespace {

// Whether the licenses of this pack are of this kind and serve the product, now or later.
bool serves(const Ledger& ledger, const Pack& pack, PackKind kind, ProductId product) {
    const ProductState& asked = ledger.product(product);
    if (pack.terms.kind != kind) return false;
    const auto version = reach_in(ledger, pack, asked.family);
    return version && *version >= asked.product.version;
}

Result<> check_wish(const Ledger& ledger, const HostLicenseWish& wish) {
    if (!ledger.has_host(wish.host))
        return fail("host_unknown", fmt::format("there is no host `{}`", wish.host.value));
    if (!wish.product || wish.product.value > ledger.products().size())
        return fail("product_unknown", "no such product is defined here");
    if (!is_host_kind(wish.kind)) {
        return fail("host_license_kind",
                    fmt::format("licenses of the kind `{}` are not for hosts", name_of(wish.kind)));
    }
    if (wish.kind != PackKind::core) {
        if (wish.quantity <= 1) return {};
        return fail(
            "host_license_quantity",
            fmt::format("a host has one license of the kind `{}`, or none", name_of(wish.kind)));
    }
    const Product& product = ledger.product(wish.product).product;
    const uint32_t needed = cores_needed(ledger.host(wish.host), product.rules);
    if (wish.quantity == 0 || wish.quantity >= needed) return {};
    return fail("too_few_cores", fmt::format("the host needs licenses of {} cores for `{}`, not {}",
                                             needed, product.code, wish.quantity));
}

// What the host has of one pack.
uint32_t quantity_of(const Host& host, PackId pack) {
    const auto found = std::ranges::find(host.licenses, pack, &HostLicense::pack);
    return found == host.licenses.end() ? 0 : found->quantity;
}

// All that it has for the product, of packs that are over too.
Entries take_all_back(const Ledger& ledger, const HostLicenseWish& wish) {
    Entries entries;
    for (const HostLicense& each : ledger.host(wish.host).licenses) {
        if (serves(ledger, ledger.pack(each.pack), wish.kind, wish.product))
            entries.emplace_back(entry::HostUnlicensed{wish.host, each.pack});
    }
    return entries;
}

Entries take_back(const Ledger& ledger, const HostLicenseWish& wish, uint64_t surplus,
                  Instant now) {
    Entries entries;
    const Host& host = ledger.host(wish.host);
    for (auto each = host.licenses.rbegin(); each != host.licenses.rend() && surplus > 0; ++each) {
        const Pack& pack = ledger.pack(each->pack);
        if (!pack.valid(now) || !serves(ledger, pack, wish.kind, wish.product)) continue;
        const auto taken = static_cast<uint32_t>(std::min<uint64_t>(surplus, each->quantity));
        surplus -= taken;
        if (taken == each->quantity) {
            entries.emplace_back(entry::HostUnlicensed{wish.host, each->pack});
        } else {
            entries.emplace_back(
                entry::HostLicensed{wish.host, each->pack, each->quantity - taken});
        }
    }
    return entries;
}

Result<Entries> give(const Ledger& ledger, const HostLicenseWish& wish, uint64_t more,
                     Instant now) {
    const Host& host = ledger.host(wish.host);
    Entries entries;
    uint64_t found = 0;
    for (const PackId id : ledger.family_packs(wish.product)) {
        const Pack& pack = ledger.pack(id);
        if (!pack.usable(now) || !serves(ledger, pack, wish.kind, wish.product)) continue;
        const auto taken = static_cast<uint32_t>(std::min<uint64_t>(more - found, pack.free()));
        if (taken == 0) continue;
        found += taken;
        entries.emplace_back(entry::HostLicensed{wish.host, id, quantity_of(host, id) + taken});
    }
    if (found == more) return entries;
    return fail(
        "host_license_unavailable",
        fmt::format("{} more licenses of the kind `{}` are wanted for `{}`, and {} are left", more,
                    name_of(wish.kind), ledger.product(wish.product).product.code, found));
}

void add_unlicensed(const Ledger& ledger, HostId id, Instant now,
                    std::vector<UnlicensedProduct>& out) {
    const Host& host = ledger.host(id);
    if (host.removed) return;
    for (const ProductId product : host.runs) {
        const ProductRules& rules = ledger.product(product).product.rules;
        if (!rules.server_license || is_core_licensed(ledger, host, product, now) ||
            licenses_of(ledger, host, PackKind::server, product, now) > 0) {
            continue;
        }
        const bool by_core = license_kind(ledger, host, product, now) == PackKind::core;
        out.push_back({.host = id,
                       .product = product,
                       .kind = by_core ? PackKind::core : PackKind::server,
                       .missing = by_core
                                      ? cores_needed(host, rules) -
                                            licenses_of(ledger, host, PackKind::core, product, now)
                                      : 1});
    }
}

}  // namespace

uint32_t cores_needed(const Host& host, const ProductRules& rules) {
    const uint32_t processors = std::max<uint32_t>(1, host.processors);
    return processors * std::max<uint32_t>({1, host.cores, rules.cores_min});
}

PackKind license_kind(const Ledger& ledger, const Host& host, ProductId product, Instant now) {
    if (is_core_licensed(ledger, host, product, now)) return PackKind::core;
    if (licenses_of(ledger, host, PackKind::server, product, now) > 0) return PackKind::server;
    const bool by_core = licenses_of(ledger, host, PackKind::core, product, now) > 0 ||
                         !sold_in(ledger.product(product).product.rules, PackKind::server);
    return by_core ? PackKind::core : PackKind::server;
}

uint64_t licenses_of(const Ledger& ledger, const Host& host, PackKind kind, ProductId product,
                     Instant now) {
    uint64_t sum = 0;
    for (const HostLicense& each : host.licenses) {
        const Pack& pack = ledger.pack(each.pack);
        if (pack.valid(now) && serves(ledger, pack, kind, product)) sum += each.quantity;
    }
    return sum;
}

bool is_core_licensed(const Ledger& ledger, const Host& host, ProductId product, Instant now) {
    if (host.licenses.empty()) return false;
    return licenses_of(ledger, host, PackKind::core, product, now) >=
           cores_needed(host, ledger.product(product).product.rules);
}

std::vector<UnlicensedProduct> unlicensed_on(const Ledger& ledger, HostId host, Instant now) {
    std::vector<UnlicensedProduct> out;
    add_unlicensed(ledger, host, now, out);
    return out;
}

std::vector<UnlicensedProduct> unlicensed_hosts(const Ledger& ledger, Instant now) {
    std::vector<UnlicensedProduct> out;
    for (uint32_t id = 1; id <= ledger.hosts().size(); ++id)
        add_unlicensed(ledger, {id}, now, out);
    return out;
}

Result<Entries> decide_host(const Ledger& ledger, entry::HostSet set) {
    if (!ledger.has_host(set.host))
        return fail("host_unknown", fmt::format("there is no host `{}`", set.host.value));
    std::vector<std::string> runs;
    for (std::string& code : set.runs) {
        if (!ledger.find_product(code))
            return fail("product_unknown", fmt::format("`{}` is not defined here", code));
        if (std::ranges::find(runs, code) == runs.end()) runs.push_back(std::move(code));
    }
    set.runs = std::move(runs);
    return Entries{std::move(set)};
}

Result<Entries> decide_host_license(const Ledger& ledger, const HostLicenseWish& wish,
                                    Instant now) {
    now = std::max(now, ledger.time());
    CALM_TRY(check_wish(ledger, wish));
    if (wish.quantity == 0) return take_all_back(ledger, wish);
    const uint64_t present =
        licenses_of(ledger, ledger.host(wish.host), wish.kind, wish.product, now);
    if (present > wish.quantity) return take_back(ledger, wish, present - wish.quantity, now);
    if (present == wish.quantity) return Entries{};
    return give(ledger, wish, wish.quantity - present, now);
}

Result<Entries> decide_host_removal(const Ledger& ledger, HostId host) {
    if (!ledger.has_host(host))
        return fail("host_unknown", fmt::format("there is no host `{}`", host.value));
    Entries entries;
    for (const HostLicense& each : ledger.host(host).licenses)
        entries.emplace_back(entry::HostUnlicensed{host, each.pack});
    entries.emplace_back(entry::HostRemoved{host});
    return entries;
}

}  // namespace calm
