// Lending a CAL, and taking it back.
#include "core/loans.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/coverage.h"

namespace calm {
namespace {

Result<const Cal*> lendable(const Ledger& ledger, CalId id, Instant now) {
    if (!ledger.has_cal(id))
        return fail("cal_unknown", fmt::format("there is no CAL `{}`", id.value));
    const Cal& cal = ledger.cal(id);
    if (!cal.live(now))
        return fail("cal_not_live", fmt::format("CAL `{}` is not held by anybody", id.value));
    if (!cal.spends_seat() || cal.lease() ||
        ledger.subject(cal.holder).kind == HolderKind::station) {
        return fail("loan_needs_seat",
                    fmt::format("CAL `{}` is not one of a user's or device's own seats", id.value));
    }
    if (ledger.pack(cal.pack).revoked)
        return fail("pack_revoked", fmt::format("the pack of CAL `{}` was taken back by its "
                                                "vendor: the CAL runs out",
                                                id.value));
    if (ledger.is_lent(id, now)) {
        const Cal& stand_in = ledger.cal(ledger.loan_of(id)->stand_in);
        return fail("loan_exists", fmt::format("CAL `{}` is lent until {}", id.value,
                                               to_rfc3339({int64_t{stand_in.expires_at}})));
    }
    return &cal;
}

template <class Visit>
void each_live(const Ledger& ledger, SubjectId holder, PackKind kind, Instant now, Visit&& visit) {
    if (!holder) return;
    for (CalId id = ledger.subject(holder).first; id; id = ledger.cal(id).next) {
        if (ledger.cal(id).live(now) && ledger.cal(id).kind() == kind) visit(id, ledger.cal(id));
    }
}

Result<> check_stand_in(const Ledger& ledger, const Cal& lent, SubjectId to, Instant now) {
    if (!to) return {};
    if (!ledger.has_subject(to) || ledger.subject(to).erased != 0 ||
        ledger.subject(to).kind != ledger.subject(lent.holder).kind) {
        return fail("subject_unknown", "a user's CAL is lent to a user, a device's to a device");
    }
    if (to == lent.holder) return fail("loan_needless", "the stand-in is the owner");
    bool absent = false;
    bool has_one = false;
    each_live(ledger, to, lent.kind(), now, [&](CalId id, const Cal& cal) {
        absent = absent || ledger.is_lent(id, now);
        const bool lasts = (cal.spends_seat() && !cal.lease()) || cal.on_loan();
        has_one = has_one || (lasts && covers_all(ledger, cal, lent));
    });
    if (absent) return fail("loan_exists", "a CAL of the stand-in is lent itself");
    if (has_one) return fail("loan_needless", "the stand-in has a CAL that does as much");
    return {};
}

// Where the stand-in's CAL is written: into a record of an earlier loan, or a new one.
CalId record_for(const Ledger& ledger, SubjectId to) {
    CalId id = to ? ledger.subject(to).first : CalId{};
    while (id && (ledger.cal(id).standing() || !ledger.cal(id).on_loan()))
        id = ledger.cal(id).next;
    return id ? id : ledger.next_cal();
}

}  // namespace

Result<Entries> decide_loan(const Ledger& ledger, const LoanWish& wish, Instant now) {
    now = std::max(now, ledger.time());
    CALM_TRY_ASSIGN(const Cal* lent, lendable(ledger, wish.cal, now));
    if (wish.until <= now || wish.until > now + days(kLoanDaysMax)) {
        return fail("bad_loan_end",
                    fmt::format("a loan ends on a day to come, within {} days", kLoanDaysMax));
    }
    const SubjectId to = wish.to ? ledger.machine(wish.to) : SubjectId{};
    CALM_TRY(check_stand_in(ledger, *lent, to, now));
    const Pack& pack = ledger.pack(lent->pack);
    const Instant pack_end = pack.terms.expires_at.value_or(kInstantMax);
    const Instant end = std::min(wish.until, pack_end);
    Entries entries;
    // The last loan's end may not be written yet.
    if (const Loan* over = ledger.loan_of(wish.cal))
        entries.emplace_back(entry::CalExpired{over->stand_in});
    SubjectId holder = to;
    if (!holder) {
        holder = ledger.next_subject();
        entries.emplace_back(entry::SubjectAdded{.subject = holder,
                                                 .kind = ledger.subject(lent->holder).kind,
                                                 .commitment = wish.commitment});
    }
    CalStatement own = statement_of(ledger, wish.cal);
    const Instant back = std::min(end + days(kLoanReturnDays), pack_end);
    if (own.expires_at < back) {
        own.expires_at = back;
        entries.emplace_back(entry::CalRenewed{own});
    }
    each_live(ledger, to, lent->kind(), now, [&](CalId id, const Cal& cal) {
        const bool lasts = (cal.spends_seat() && !cal.passing()) || cal.on_loan();
        if (!lasts && covers_all(ledger, *lent, cal)) entries.emplace_back(entry::CalReturned{id});
    });
    CalStatement given = own;
    given.cal = record_for(ledger, to);
    given.holder = holder;
    given.issued_at = now;
    given.expires_at = end;
    given.of = wish.cal;
    entries.emplace_back(entry::CalLent{.cal = given, .why = wish.why});
    return entries;
}

Result<Entries> decide_recall(const Ledger& ledger, CalId cal, Instant now) {
    now = std::max(now, ledger.time());
    if (!ledger.has_cal(cal))
        return fail("cal_unknown", fmt::format("there is no CAL `{}`", cal.value));
    const Loan* loan = ledger.loan_of(cal);
    if (loan == nullptr) loan = ledger.loan_to(cal);
    if (loan == nullptr || !ledger.cal(loan->stand_in).live(now))
        return fail("loan_unknown", fmt::format("CAL `{}` is not lent", cal.value));
    return Entries{entry::CalReturned{loan->stand_in, ReturnReason::recalled}};
}

void end_loan(const Ledger& ledger, CalId cal, Entries& entries) {
    if (const Loan* loan = ledger.loan_of(cal))
        entries.emplace_back(entry::CalReturned{loan->stand_in, ReturnReason::recalled});
}

void expire_left_stand_ins(const Ledger& ledger, const std::vector<PackId>& packs,
                           Entries& entries) {
    const auto rests = [&](CalId id) {
        return ledger.cal(id).standing() && std::ranges::count(packs, ledger.cal(id).pack) > 0;
    };
    for (const Loan& loan : ledger.loans()) {
        if (rests(loan.stand_in) && !rests(loan.cal))
            entries.emplace_back(entry::CalExpired{loan.stand_in});
    }
}

}  // namespace calm
