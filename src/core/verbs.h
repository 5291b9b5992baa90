// What an administrator may do to rights, and what the passing of time does. Pure, like
// admission.h: each function says which entries the verb would write, or why not. Error codes that
// are Reasons are named in reason.h; `cal_unknown`, `pack_unknown`, `subject_unknown` are what they
// say.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "core/ledger.h"

namespace calm {

using Entries = std::vector<EntryBody>;

// The CAL as it stands, to be stated again. REQUIRES: it is none on loan.
CalStatement statement_of(const Ledger& ledger, CalId cal);

// A device with this CAL has logged on: its temporary CAL may become active at the next contact.
// Nothing to do for CALs that are not temporary. Errors: `cal_unknown`, `cal_not_live`.
Result<Entries> decide_validation(const Ledger& ledger, CalId cal, Instant now);

// How many device CALs of a product's version may still be revoked.
struct RevocationRoom {
    uint64_t installed = 0;
    uint64_t revoked = 0;         // and count still
    uint64_t limit = 0;           // so many may be revoked at a time
    std::optional<Instant> next;  // when there is room again; empty: there is, or never
};
RevocationRoom revocation_room(const Ledger& ledger, ProductId product, Instant now);

// Takes a device's CAL back; the seat is free at once. At most `revoke_percent` of the installed
// device CALs of one version may stand revoked at a time; a revocation counts until the CAL's
// former expiry. Errors: `cal_unknown`, `cal_not_live`, `revoke_needs_device_cal`,
// `revoke_limit_reached` (the detail names the next date).
Result<Entries> decide_revocation(const Ledger& ledger, CalId cal, RevocationReason why,
                                  Instant now);

// Gives any CAL back, and says why: at once and for good (`left`, `out_of_service`), or
// `reassigned` once it has been its holder's for the days that the product states. Errors:
// `cal_unknown`, `cal_not_live`, `reassignment_too_early` (the detail names the date).
Result<Entries> decide_release(const Ledger& ledger, CalId cal, ReturnReason why, Instant now);

// Turns `quantity` seats of a pack that nobody holds into seats of the other kind, in a new pack;
// zero: all of them. CALs whose time is over are written so first. Errors: `pack_unknown`,
// `pack_not_convertible`, `pack_kind_not_sold`, `too_few_seats`.
Result<Entries> decide_conversion(const Ledger& ledger, PackId pack, uint32_t quantity,
                                  Instant now);

// Installs a pack whose signature was checked, and in a second pack the CALs that come with it
// where its product says so; or renews the one that it is a renewal of (vendor_word.h).
// `terms.pack` is ignored. Errors: `pack_already_installed`, `pack_expired`, `pack_revoked`,
// `renewal_unfit`, `pack_product_unknown`, `pack_malformed`, `pack_vendor_unknown`,
// `pack_over_maximum`, `pack_kind_not_sold`, `bad_agreement`, `transfer_used`.
Result<Entries> decide_installation(const Ledger& ledger, const entry::PackInstalled& terms,
                                    Instant now);

// Removes a pack that nobody holds a CAL of, and with it those CALs that came with it; CALs whose
// time is over are written so first. Errors:
// `pack_unknown`, `pack_in_use`.
Result<Entries> decide_removal(const Ledger& ledger, PackId pack, Instant now);

// Errors: `bad_product`, `bad_product_code`.
Result<Entries> decide_product(const Ledger& ledger, const Product& product);

// Writes that CALs are over, at most `limit` of them.
Entries decide_expiries(const Ledger& ledger, Instant now, size_t limit);

// Returns all CALs and installations of the subject, ends the loans of the former, then forgets it,
// and says why; the other names of its machine are devices of their own. Errors: `subject_unknown`.
Result<Entries> decide_erasure(const Ledger& ledger, SubjectId subject, ErasureReason why = {});

}  // namespace calm
