// What a vendor's clearinghouse says of a license server and of its packs (facts rd-licensing 4.1),
// and what follows from it. Pure, like verbs.h; whoever calls has verified the signatures.
//
// A pack that asks for activation gives new CALs while the clearinghouse certifies the server. What
// it has given before goes on, and is renewed: a certificate that ends takes nothing away.
#pragma once

#include <span>

#include "core/verbs.h"

namespace calm {

// The vendor has certified this server. Errors: `vendor_unknown`, `activation_replayed` (a
// certificate of this serial number or a later one was taken before), `activation_expired`.
Result<Entries> decide_activation(const Ledger& ledger, const entry::ServerActivated& certified,
                                  Instant now);

// The certificate is given up. Nothing to do when it was given up already. Errors:
// `vendor_unknown`, `not_activated` (it never was).
Result<Entries> decide_deactivation(const Ledger& ledger, const KeyBytes& vendor);

// A status list: all packs that the vendor has taken back. Nothing to do for the list that was
// taken last. Errors: `vendor_unknown`, `status_list_older`.
Result<Entries> decide_status(const Ledger& ledger, const KeyBytes& vendor, uint64_t number,
                              std::span<const Bytes16> revoked);

// The pack that these terms renew; zero: none.
PackId renewed_by(const Ledger& ledger, const entry::PackInstalled& terms);

// Its ends, and those of what came out of it, become those of the terms. Errors: `renewal_unfit`
// (another product, kind or quantity, or an end before the present one), `pack_vendor_unknown`,
// `pack_revoked`, `pack_expired`. REQUIRES: renewed_by(terms) is a pack.
Result<Entries> decide_renewal(const Ledger& ledger, const entry::PackInstalled& terms,
                               Instant now);

}  // namespace calm
