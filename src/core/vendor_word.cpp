#include "core/vendor_word.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/pack_moves.h"

namespace calm {
namespace {

Result<> check_vendor(const Ledger& ledger, const KeyBytes& vendor) {
    if (ledger.trusts(vendor)) return {};
    return fail("vendor_unknown", "the vendor is not trusted by this server");
}

// Whether something that had no end, or this one, would end sooner.
bool is_sooner(const std::optional<Instant>& end, const std::optional<Instant>& before) {
    return end && (!before || *end < *before);
}

// What a maintenance that is left out takes away.
bool is_shorter(const std::optional<Instant>& maintained, const std::optional<Instant>& before) {
    return before && (!maintained || *maintained < *before);
}

}  // namespace

Result<Entries> decide_activation(const Ledger& ledger, const entry::ServerActivated& certified,
                                  Instant now) {
    CALM_TRY(check_vendor(ledger, certified.vendor));
    if (certified.until > kInstantMax)
        return fail("activation_malformed", "its end is no date that is possible here");
    const uint64_t known = ledger.vendor_state(certified.vendor).serial;
    if (certified.serial <= known) {
        return fail("activation_replayed",
                    fmt::format("it is certificate {}, and number {} was taken before",
                                certified.serial, known));
    }
    if (certified.until <= std::max(now, ledger.time())) {
        return fail("activation_expired",
                    fmt::format("it was valid until {}", to_rfc3339(certified.until)));
    }
    return Entries{certified};
}

Result<Entries> decide_deactivation(const Ledger& ledger, const KeyBytes& vendor) {
    CALM_TRY(check_vendor(ledger, vendor));
    const VendorState& state = ledger.vendor_state(vendor);
    if (state.serial == 0)
        return fail("not_activated", "the server was never activated by this vendor");
    // One that seems to have ended is given up as well: the clock that says so may be wrong.
    if (state.activated_until == Instant{}) return Entries{};
    return Entries{entry::ServerDeactivated{vendor}};
}

Result<Entries> decide_status(const Ledger& ledger, const KeyBytes& vendor, uint64_t number,
                              std::span<const Bytes16> revoked) {
    CALM_TRY(check_vendor(ledger, vendor));
    const uint64_t known = ledger.vendor_state(vendor).status_list;
    if (number < known) {
        return fail("status_list_older",
                    fmt::format("it is list {}, and number {} was taken before", number, known));
    }
    Entries entries;
    if (number == known) return entries;
    for (const Bytes16& document : revoked) {
        if (!ledger.is_revoked(vendor, document))
            entries.emplace_back(entry::PackRevoked{vendor, document});
    }
    entries.emplace_back(entry::StatusListTaken{vendor, number});
    return entries;
}

PackId renewed_by(const Ledger& ledger, const entry::PackInstalled& terms) {
    if (terms.declared || terms.renewal == 0) return {};
    const PackId known = ledger.find_document(terms.document);
    if (!known || ledger.pack(known).removed) return {};
    return ledger.pack(known).terms.renewal < terms.renewal ? known : PackId{};
}

Result<Entries> decide_renewal(const Ledger& ledger, const entry::PackInstalled& terms,
                               Instant now) {
    const PackId id = renewed_by(ledger, terms);
    const Pack& pack = ledger.pack(id);
    const entry::PackInstalled& present = pack.terms;
    if (!ledger.trusts(terms.vendor))
        return fail("pack_vendor_unknown", "the pack's vendor is not trusted by this server");
    if (pack.revoked) return fail("pack_revoked", "its vendor has taken it back");
    if (terms.vendor != present.vendor || terms.product != present.product ||
        terms.kind != present.kind || terms.quantity != present.quantity ||
        terms.metric != present.metric || terms.also != present.also) {
        return fail("renewal_unfit",
                    fmt::format("pack {} is of something else, or of another quantity", id.value));
    }
    if (is_sooner(terms.expires_at, present.expires_at) ||
        is_shorter(terms.maintained_until, present.maintained_until)) {
        return fail("renewal_unfit",
                    fmt::format("pack {} is valid, or maintained, for longer", id.value));
    }
    if (terms.expires_at && *terms.expires_at <= std::max(now, ledger.time())) {
        return fail("pack_expired",
                    fmt::format("the pack was valid until {}", to_rfc3339(*terms.expires_at)));
    }
    Entries entries;
    for (const PackId each : going_along(ledger, id)) {
        // One that is ahead of its source or of another kind, as a damaged snapshot may state it.
        const entry::PackInstalled& its = ledger.pack(each).terms;
        if (its.declared || its.renewal >= terms.renewal) continue;
        entries.emplace_back(
            entry::PackRenewed{each, terms.renewal, terms.expires_at, terms.maintained_until});
    }
    return entries;
}

}  // namespace calm
