// Licenses of hosts (facts rd-licensing 12): `server`, the host's own, which CALs never replace;
// `core`, with which its clients need none; `external_connector`, with which its outside users need
// none. What a host has been given, what it lacks, and the administrator's verbs; pure like
// verbs.h.
#pragma once

#include <vector>

#include "core/verbs.h"

namespace calm {

// How many cores must be licensed on this host: all of them, each processor at least as many as the
// product says. A host that was not described has one processor.
uint32_t cores_needed(const Host& host, const ProductRules& rules);

// In which kind of license a host that runs the product needs it: its own, or by core where it has
// some or the product is sold in no other way.
PackKind license_kind(const Ledger& ledger, const Host& host, ProductId product, Instant now);

// Licenses of this kind that the host has and that are valid for the product: those of its version
// and later ones.
uint64_t licenses_of(const Ledger& ledger, const Host& host, PackKind kind, ProductId product,
                     Instant now);

// Whether enough cores of the host are licensed for the product.
bool is_core_licensed(const Ledger& ledger, const Host& host, ProductId product, Instant now);

// A product that runs on a host without the license that it is sold with.
struct UnlicensedProduct {
    HostId host;
    ProductId product;
    PackKind kind = PackKind::server;  // or `core`
    uint64_t missing = 0;

    bool operator==(const UnlicensedProduct&) const = default;
};
std::vector<UnlicensedProduct> unlicensed_on(const Ledger& ledger, HostId host, Instant now);
// Of all hosts, in their order.
std::vector<UnlicensedProduct> unlicensed_hosts(const Ledger& ledger, Instant now);

// Changes a host's settings and what is said of it. Errors: `host_unknown`, `product_unknown`.
Result<Entries> decide_host(const Ledger& ledger, entry::HostSet set);

struct HostLicenseWish {
    HostId host;
    ProductId product;
    PackKind kind = PackKind::server;
    uint32_t quantity = 1;  // from now on; 0: none any more
};

// Gives licenses to a host, the lowest sufficient version first, or takes some back; all that are
// asked for or none. Errors: `host_unknown`, `product_unknown`, `host_license_kind`,
// `host_license_quantity` (more than one that is not of cores), `too_few_cores` (fewer than the
// host needs), `host_license_unavailable`.
Result<Entries> decide_host_license(const Ledger& ledger, const HostLicenseWish& wish, Instant now);

// Takes the host out; its licenses are given back. Errors: `host_unknown`.
Result<Entries> decide_host_removal(const Ledger& ledger, HostId host);

}  // namespace calm
