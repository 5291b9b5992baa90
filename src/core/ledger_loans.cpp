// Which CALs are lent, and to whom.
#include <algorithm>

#include "base/assert.h"
#include "core/ledger.h"

namespace calm {

const Loan* Ledger::loan_of(CalId lent) const {
    const auto found = std::ranges::lower_bound(loans_, lent, {}, &Loan::cal);
    return found != loans_.end() && found->cal == lent ? &*found : nullptr;
}

const Loan* Ledger::loan_to(CalId stand_in) const {
    const auto found = std::ranges::find(loans_, stand_in, &Loan::stand_in);
    return found == loans_.end() ? nullptr : &*found;
}

void Ledger::begin_loan(const Loan& loan) {
    CALM_ASSERT(loan_of(loan.cal) == nullptr);
    loans_.insert(std::ranges::lower_bound(loans_, loan.cal, {}, &Loan::cal), loan);
}

// Nothing: the CAL was none on loan, or its loan was over before.
std::optional<Loan> Ledger::end_loan(CalId stand_in) {
    const auto found = std::ranges::find(loans_, stand_in, &Loan::stand_in);
    if (found == loans_.end()) return {};
    const Loan ended = *found;
    loans_.erase(found);
    return ended;
}

bool Ledger::loans_are_sound() const {
    CalId last;
    for (const Loan& each : loans_) {
        if (each.cal <= last || !has_cal(each.cal) || !has_cal(each.stand_in) ||
            name_of(each.why) == "?") {
            return false;
        }
        last = each.cal;
        const Cal& own = cal(each.cal);
        const Cal& stand_in = cal(each.stand_in);
        if (!stand_in.standing() || !stand_in.on_loan()) return false;
        if (!stand_in.live(time_)) continue;  // nobody looks at the owner's any more
        if (!own.spends_seat() || own.pack != stand_in.pack || own.holder == stand_in.holder ||
            own.expires_at < stand_in.expires_at ||
            subject(own.holder).kind == HolderKind::station) {
            return false;
        }
    }
    size_t on_loan = 0;
    for (size_t i = 0; i < cals_.size(); ++i)
        on_loan += cals_[i].standing() && cals_[i].on_loan() ? 1 : 0;
    return on_loan == loans_.size();
}

}  // namespace calm
