#include "core/pack_moves.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/loans.h"

namespace calm {
namespace {

void end(const Ledger& ledger, CalId cal, Instant now, Entries& entries) {
    if (ledger.cal(cal).live(now)) {
        end_loan(ledger, cal, entries);
        entries.emplace_back(entry::CalReturned{cal, ReturnReason::moved});
        return;
    }
    if (const Loan* loan = ledger.loan_of(cal))
        entries.emplace_back(entry::CalExpired{loan->stand_in});
    entries.emplace_back(entry::CalExpired{cal});
}

}  // namespace

std::vector<PackId> going_along(const Ledger& ledger, PackId pack) {
    std::vector<PackId> packs{pack};
    // Whatever comes of another pack has a higher number.
    for (const Pack& each : ledger.packs()) {
        const bool with = std::ranges::count(packs, each.terms.included_with) > 0 ||
                          std::ranges::count(packs, each.converted_from) > 0;
        if (with && !each.removed) packs.push_back(each.terms.pack);
    }
    return packs;
}

Result<PackMove> move_of(const Ledger& ledger, PackId pack, Instant now) {
    if (!ledger.has_pack(pack) || ledger.pack(pack).removed)
        return fail("pack_unknown", fmt::format("there is no pack `{}`", pack.value));
    now = std::max(now, ledger.time());
    const Pack& moved = ledger.pack(pack);
    if (moved.terms.declared) {
        return fail("pack_not_movable",
                    fmt::format("pack `{}` was declared by hand: declare it at the other license "
                                "server, and remove it here",
                                pack.value));
    }
    if (const PackId with = moved.converted_from ? ledger.sold_as(pack) : moved.terms.included_with)
        return fail("pack_not_movable", fmt::format("pack `{}` goes with pack `{}`: move that one",
                                                    pack.value, with.value));
    if (moved.revoked) return fail("pack_revoked", "its vendor has taken it back");
    if (moved.expired(now))
        return fail("pack_expired", fmt::format("pack `{}` was valid until {}", pack.value,
                                                to_rfc3339(*moved.terms.expires_at)));
    PackMove move{.packs = going_along(ledger, pack)};
    const auto goes = [&](PackId id) { return std::ranges::count(move.packs, id) > 0; };
    for (const PackId id : move.packs) {
        std::ranges::copy(ledger.all_due_in(id, kInstantMax), std::back_inserter(move.cals));
        std::ranges::copy(ledger.all_overdraft_due_in(id, kInstantMax),
                          std::back_inserter(move.cals));
    }
    for (const CalId cal : move.cals) {
        if (!ledger.cal(cal).borrowed() || !ledger.cal(cal).live(now)) continue;
        return fail("pack_in_use",
                    fmt::format("seat `{}` is borrowed until {}; the pack goes when "
                                "it is back",
                                cal.value, to_rfc3339({ledger.cal(cal).expires_at})));
    }
    for (const Host& host : ledger.hosts())
        move.hosts += std::ranges::any_of(host.licenses, goes, &HostLicense::pack) ? 1 : 0;
    move.installations = static_cast<size_t>(
        std::ranges::count_if(ledger.installations(), goes, &Installation::pack));
    return move;
}

Result<Entries> decide_pack_move(const Ledger& ledger, PackId pack, std::string to, Instant now) {
    if (ledger.has_pack(pack) && ledger.pack(pack).moved && ledger.pack(pack).moved->to == to)
        return Entries{};
    CALM_TRY_ASSIGN(const PackMove move, move_of(ledger, pack, now));
    Entries entries = decide_move_ends(ledger, move, move.cals, now);
    expire_left_stand_ins(ledger, move.packs, entries);
    for (const PackId id : move.packs) {
        for (uint32_t i = 0; i < ledger.hosts().size(); ++i) {
            if (std::ranges::count(ledger.hosts()[i].licenses, id, &HostLicense::pack) > 0)
                entries.emplace_back(entry::HostUnlicensed{HostId{i + 1}, id});
        }
        for (const Installation& each : ledger.installations()) {
            if (each.pack == id)
                entries.emplace_back(entry::InstallationReleased{id, each.computer});
        }
        for (const Reservation& each : ledger.pack(id).reservations)
            entries.emplace_back(entry::SeatsReserved{id, each.group, 0});
        entries.emplace_back(entry::PackMoved{id, to});
    }
    return entries;
}

Entries decide_move_ends(const Ledger& ledger, const PackMove& move, std::span<const CalId> cals,
                         Instant now) {
    Entries entries;
    now = std::max(now, ledger.time());
    for (const CalId cal : cals) {
        const Cal& held = ledger.cal(cal);
        const bool given =
            held.standing() && !held.on_loan() && std::ranges::count(move.packs, held.pack) > 0;
        if (given) end(ledger, cal, now, entries);
    }
    return entries;
}

}  // namespace calm
