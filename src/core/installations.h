// Installations: software that is sold for one computer each, as desktop systems are at retail. A
// pack of N is bound to N computers, which are devices. The administrator's verbs; pure like
// verbs.h. The reference says nothing about how often one may be moved, so it may be at any time;
// each move is an entry of the log.
#pragma once

#include "core/verbs.h"

namespace calm {

// A computer as the ledger knows it, or a new one.
struct Computer {
    SubjectId subject;  // zero: a stranger, whose name `commitment` binds
    Hash commitment{};
};

// The computer's installation that is valid for the product; null: it has none.
const Installation* installation_of(const Ledger& ledger, SubjectId computer, ProductId product,
                                    Instant now);

// Binds an installation to the computer, the lowest sufficient version first; nothing is to be done
// when it has one. Errors: `product_unknown`, `pack_unknown` (none is valid here),
// `installation_taken`.
Result<Entries> decide_claim(const Ledger& ledger, ProductId product, const Computer& computer,
                             Instant now);

// Binds what one computer has to another one. Errors: `product_unknown`, `installation_unknown`,
// `installation_exists` (the other has one already).
Result<Entries> decide_move(const Ledger& ledger, ProductId product, SubjectId from,
                            const Computer& to, Instant now);

// Errors: `product_unknown`, `installation_unknown`.
Result<Entries> decide_unclaim(const Ledger& ledger, ProductId product, SubjectId computer,
                               Instant now);

}  // namespace calm
