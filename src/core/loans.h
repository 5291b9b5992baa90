// Loans: while a user is absent, or a device is being repaired, its CAL may serve a stand-in until
// a date, and is its owner's again on that day by itself (facts rd-licensing 12, "Reassignment":
// earlier than 90 days for a time, for an absence or a temporary worker). Verbs of the
// administrator; pure like those of verbs.h.
//
// The seat stays spent by the owner's CAL, so nobody else is given it and it counts once. The
// stand-in gets a CAL of its own that spends none and ends with the loan. Whoever lends is absent:
// until the CAL is back it admits nobody else, and its owner is given nothing new.
#pragma once

#include "core/verbs.h"

namespace calm {

// A longer absence is no absence: after 90 days the CAL may be reassigned for good.
inline constexpr uint16_t kLoanDaysMax = 366;
// So long after its return the owner's CAL runs at least, so that there is time to come back.
inline constexpr uint16_t kLoanReturnDays = 7;

struct LoanWish {
    CalId cal;
    SubjectId to;  // the stand-in; zero: a stranger, whose name `commitment` binds
    Hash commitment{};
    Instant until;
    LoanReason why = LoanReason::absence;
};

// The stand-in is of the owner's kind. The loan ends with the CAL's pack at the latest; what the
// stand-in has without a seat, or while it is connected, and the loan covers is returned. Errors:
// `cal_unknown`, `cal_not_live`, `loan_needs_seat` (over-use, temporary, concurrent, on loan
// itself, or a station's), `bad_loan_end`, `subject_unknown`, `loan_exists` (it is lent, or the
// stand-in has lent theirs), `loan_needless` (the stand-in is the owner, or has a CAL that does as
// much).
Result<Entries> decide_loan(const Ledger& ledger, const LoanWish& wish, Instant now);

// Ends a loan before its day. `cal`: the owner's or the stand-in's. Errors: `cal_unknown`,
// `loan_unknown`.
Result<Entries> decide_recall(const Ledger& ledger, CalId cal, Instant now);

// Of a CAL that is about to be taken from its owner: appends the end of its loan, if there is one.
void end_loan(const Ledger& ledger, CalId cal, Entries& entries);

// Before these packs go: the CALs of stand-ins that are over and rest on one of them while the CAL
// that was lent has moved on, so that ending the packs' CALs does not end them.
void expire_left_stand_ins(const Ledger& ledger, const std::vector<PackId>& packs,
                           Entries& entries);

}  // namespace calm
