// Machines: a device that was installed again, or is known under two names, is one machine and
// needs one CAL (facts rd-licensing 13, row 1: one machine eats several device CALs). Verbs of the
// administrator; pure like those of verbs.h. How a look-alike is recognised and held back is in
// question_machines.cpp.
#pragma once

#include "core/verbs.h"

namespace calm {

// `other` becomes another name of `device`: whoever asks under either finds the same CALs. What of
// the other's CALs the machine has already is returned, and its seats are free at once; what it
// lacks goes over to it with its dates. Nothing is to be done when they are one machine. Errors:
// `subject_unknown` (no device), `loan_exists` (a CAL of one of them is lent, or on loan).
Result<Entries> decide_merge(const Ledger& ledger, SubjectId device, SubjectId other, Instant now);

// `device` is a machine of its own again, and is no longer doubted. What went over comes back, as
// it is now; what was returned and would still run is given again when a seat is free. Errors:
// `subject_unknown`, `device_not_merged`.
Result<Entries> decide_separation(const Ledger& ledger, SubjectId device, Instant now);

// A device that looks like another one is a machine of its own: its temporary CAL becomes one like
// any other, and takes a seat at the next contact when one is free. Errors: `subject_unknown`,
// `device_not_doubted`.
Result<Entries> decide_acceptance(const Ledger& ledger, SubjectId device, Instant now);

// Appends what separates the subject from every other name of its machine; for its erasure.
void part(const Ledger& ledger, SubjectId subject, Entries& entries);

}  // namespace calm
