// Counts everything again, from the records alone.
#include "core/invariants.h"

#include <vector>

#include <fmt/format.h>

#include "core/coverage.h"

namespace calm {
namespace {

using Broken = std::optional<std::string>;

Broken unsound(const Ledger& ledger, CalId id) {
    const Cal& cal = ledger.cal(id);
    if (!cal.standing()) return {};
    const bool temporary = cal.state == CalState::temporary;
    if (temporary && (cal.pack || cal.overuse()))
        return fmt::format("temporary CAL {} spends a seat", id.value);
    if (!temporary && !cal.pack && !cal.overuse())
        return fmt::format("CAL {} rests on nothing", id.value);
    if (ledger.subject(cal.holder).erased)
        return fmt::format("CAL {} is held by somebody who was erased", id.value);
    if (cal.on_loan() && ledger.loan_to(id) == nullptr)
        return fmt::format("CAL {} is on loan from nobody", id.value);
    if (!cal.pack) return {};
    const Pack& pack = ledger.pack(cal.pack);
    if (cal.lease() && !pack.leases())
        return fmt::format("CAL {} is a concurrent seat of a pack without any", id.value);
    if (cal.borrowed() && (cal.overuse() || pack.terms.metric != PackMetric::concurrent))
        return fmt::format("CAL {} is borrowed, and no concurrent seat", id.value);
    if (!is_product_of(ledger, pack, cal.product) || pack.terms.kind != cal.kind())
        return fmt::format("CAL {} is not one of its pack", id.value);
    if (pack.terms.expires_at && pack.terms.expires_at->seconds < cal.expires_at)
        return fmt::format("CAL {} outlives its pack", id.value);
    return {};
}

// What hosts and computers have been given counts as spent.
Broken miscounted_assignments(const Ledger& ledger, std::vector<uint64_t>& used) {
    for (const Host& host : ledger.hosts()) {
        if (host.removed && !host.licenses.empty()) return "a removed host has licenses";
        for (const HostLicense& each : host.licenses) {
            if (!is_host_kind(ledger.pack(each.pack).terms.kind))
                return fmt::format("pack {} is not one of hosts", each.pack.value);
            used[each.pack.value - 1] += each.quantity;
        }
    }
    for (const Installation& each : ledger.installations()) {
        if (ledger.pack(each.pack).terms.kind != PackKind::installation)
            return fmt::format("pack {} is not one of installations", each.pack.value);
        if (ledger.subject(each.computer).erased)
            return "somebody who was erased has an installation";
        ++used[each.pack.value - 1];
    }
    return {};
}

// What members of groups spend of the seats that are kept for them, counted anew.
Broken miscounted_reservations(const Ledger& ledger) {
    for (const Pack& pack : ledger.packs()) {
        for (const Reservation& each : pack.reservations) {
            uint32_t used = 0;
            for (uint32_t i = 1; i <= ledger.cal_count(); ++i) {
                const Cal& cal = ledger.cal(CalId{i});
                if (cal.spends_seat() && cal.pack == pack.terms.pack &&
                    ledger.is_member(each.group, cal.holder)) {
                    ++used;
                }
            }
            if (used != each.used)
                return fmt::format("what `{}` uses of pack {} is miscounted", each.group,
                                   pack.terms.pack.value);
        }
    }
    return {};
}

// I1, and the counters beside it.
Broken miscounted(const Ledger& ledger) {
    std::vector<uint64_t> used(ledger.packs().size());
    std::vector<uint64_t> overdrawn(ledger.packs().size());
    std::vector<uint64_t> temporary(ledger.products().size());
    std::vector<uint64_t> overuse(ledger.products().size());
    for (uint32_t i = 1; i <= ledger.cal_count(); ++i) {
        const Cal& cal = ledger.cal(CalId{i});
        if (auto broken = unsound(ledger, CalId{i})) return broken;
        if (!cal.standing()) continue;
        if (cal.is_overdraft()) ++overdrawn[cal.pack.value - 1];
        if (cal.spends_seat()) {
            ++used[cal.pack.value - 1];
        } else if (!cal.on_loan()) {
            ++(cal.overuse() ? overuse : temporary)[cal.product.value - 1U];
        }
    }
    if (auto broken = miscounted_assignments(ledger, used)) return broken;
    for (size_t i = 0; i < used.size(); ++i) {
        const Pack& pack = ledger.packs()[i];
        if (used[i] > pack.quantity())
            return fmt::format("{} licenses are out of pack {} of {}", used[i], i + 1,
                               pack.quantity());
        if (overdrawn[i] > pack.terms.overdraft)
            return fmt::format("pack {} is overdrawn by {} of {}", i + 1, overdrawn[i],
                               pack.terms.overdraft);
        if (used[i] != pack.used || overdrawn[i] != pack.overdrawn)
            return fmt::format("pack {} is miscounted", i + 1);
        if (pack.removed && used[i] + overdrawn[i] != 0)
            return fmt::format("removed pack {} has CALs out", i + 1);
    }
    for (size_t i = 0; i < temporary.size(); ++i) {
        const ProductState& product = ledger.products()[i];
        if (temporary[i] != product.temporary || overuse[i] != product.overuse)
            return fmt::format("product `{}` is miscounted", product.product.code);
    }
    return {};
}

// Whether `a` makes `b` superfluous. An over-use CAL leaves a seat for less alone, a concurrent
// seat whatever lasts.
bool pays_for(const Ledger& ledger, const Cal& a, const Cal& b) {
    if (a.lease() && !b.passing() && !b.overuse()) return false;
    if (!covers_all(ledger, a, b)) return false;
    return !a.overuse() || b.overuse() || covers_all(ledger, b, a);
}

// I4: what one CAL of a holder covers, no other one spends a seat or is over-use for.
Broken paid_twice(const Ledger& ledger, SubjectId id, Instant now) {
    for (CalId a = ledger.subject(id).first; a; a = ledger.cal(a).next) {
        const Cal& first = ledger.cal(a);
        if (first.holder != id || (first.next && first.next >= a))
            return fmt::format("CAL {} stands in the wrong chain", a.value);
        if (!first.live(now) || first.state != CalState::active || first.on_loan()) continue;
        for (CalId b = first.next; b; b = ledger.cal(b).next) {
            const Cal& second = ledger.cal(b);
            if (!second.live(now) || second.state != CalState::active || second.on_loan()) continue;
            if (first.kind() != second.kind()) continue;
            if (pays_for(ledger, first, second) || pays_for(ledger, second, first))
                return fmt::format("CALs {} and {} of one holder cover the same", a.value, b.value);
        }
    }
    return {};
}

// Whoever stands in uses a seat that its owner spends, of the same pack, and does not outlast it.
Broken unsound_loan(const Ledger& ledger, Instant now) {
    for (const Loan& each : ledger.loans()) {
        const Cal& stand_in = ledger.cal(each.stand_in);
        if (!stand_in.on_loan() || !stand_in.standing())
            return fmt::format("the loan of CAL {} has no stand-in", each.cal.value);
        if (!stand_in.live(now)) continue;
        const Cal& own = ledger.cal(each.cal);
        if (!own.live(now) || !own.spends_seat() || own.pack != stand_in.pack ||
            own.holder == stand_in.holder || own.expires_at < stand_in.expires_at) {
            return fmt::format("CAL {} is lent and not there", each.cal.value);
        }
    }
    return {};
}

// A machine holds its CALs under one of its names.
Broken held_by_another_name(const Ledger& ledger, Instant now) {
    for (const Merge& each : ledger.merges()) {
        for (CalId id = ledger.subject(each.device).first; id; id = ledger.cal(id).next) {
            if (ledger.cal(id).live(now))
                return fmt::format("CAL {} is held by another name of a machine", id.value);
        }
    }
    return {};
}

}  // namespace

std::optional<std::string> broken_invariant(const Ledger& ledger, Instant now) {
    if (auto broken = miscounted(ledger)) return broken;
    if (auto broken = miscounted_reservations(ledger)) return broken;
    if (auto broken = unsound_loan(ledger, now)) return broken;
    if (auto broken = held_by_another_name(ledger, now)) return broken;
    for (uint32_t i = 1; i <= ledger.subject_count(); ++i) {
        if (auto broken = paid_twice(ledger, SubjectId{i}, now)) return broken;
    }
    return {};
}

}  // namespace calm
