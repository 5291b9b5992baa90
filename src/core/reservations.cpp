// Which seats are kept for whom, and the verbs about groups.
#include "core/reservations.h"

#include <algorithm>

#include <fmt/format.h>

namespace calm {
namespace {

// How much is kept for the groups that `wanted(group)` picks. `over`: the pack's CALs whose time is
// over; what members have of them they no longer use.
template <class Wanted>
uint64_t kept_of(const Ledger& ledger, const Pack& pack, const std::vector<CalId>& over,
                 Wanted&& wanted) {
    uint64_t kept = 0;
    for (const Reservation& each : pack.reservations) {
        if (!wanted(each.group)) continue;
        const auto members = std::ranges::count_if(
            over, [&](CalId id) { return ledger.is_member(each.group, ledger.cal(id).holder); });
        kept += each.kept(static_cast<uint32_t>(members));
    }
    return kept;
}

}  // namespace

uint64_t left_for(const Ledger& ledger, PackId id, SubjectId holder, Instant now) {
    const Pack& pack = ledger.pack(id);
    const std::vector<CalId> over = ledger.all_due_in(id, now);
    const uint64_t free = pack.free() + over.size();
    const uint64_t kept = kept_of(ledger, pack, over, [&](const std::string& group) {
        return !ledger.is_member(group, holder);
    });
    return free > kept ? free - kept : 0;
}

uint64_t kept_for(const Ledger& ledger, PackId id, SubjectId holder, Instant now) {
    const Pack& pack = ledger.pack(id);
    if (pack.reservations.empty()) return 0;
    const std::vector<CalId> over = ledger.all_due_in(id, now);
    const uint64_t kept = kept_of(ledger, pack, over, [&](const std::string& group) {
        return ledger.is_member(group, holder);
    });
    return std::min(kept, left_for(ledger, id, holder, now));
}

bool share_group(const Ledger& ledger, std::span<const PackId> packs, SubjectId a, SubjectId b) {
    return std::ranges::any_of(packs, [&](PackId pack) {
        return std::ranges::any_of(ledger.pack(pack).reservations, [&](const Reservation& each) {
            return ledger.is_member(each.group, a) && ledger.is_member(each.group, b);
        });
    });
}

Result<Entries> decide_joining(const Ledger& ledger, const std::string& group,
                               const Member& member) {
    if (!is_product_code(group)) {
        return fail("bad_group_code",
                    fmt::format("`{}` is no code of a group: lower-case letters, digits, and . _ - "
                                "between them, at most 64",
                                group));
    }
    if (member.kind == HolderKind::station ||
        (member.subject &&
         (!ledger.has_subject(member.subject) || ledger.subject(member.subject).erased != 0))) {
        return fail("bad_member", "users and devices are in groups");
    }
    const Group* known = ledger.group(group);
    if (known == nullptr && ledger.groups().size() >= kGroupsMax)
        return fail("too_many_groups", fmt::format("there are {} groups already", kGroupsMax));
    if (known != nullptr && known->members.size() >= kMembersMax) {
        return fail("group_full",
                    fmt::format("the group `{}` has {} members already", group, kMembersMax));
    }
    if (known != nullptr && std::ranges::binary_search(known->members, member.subject))
        return Entries{};
    Entries entries;
    SubjectId subject = member.subject;
    if (!subject) {
        subject = ledger.next_subject();
        entries.emplace_back(entry::SubjectAdded{
            .subject = subject, .kind = member.kind, .commitment = member.commitment});
    }
    entries.emplace_back(entry::GroupJoined{group, subject});
    return entries;
}

Result<Entries> decide_leaving(const Ledger& ledger, const std::string& group, SubjectId member) {
    const Group* known = ledger.group(group);
    if (known == nullptr || !std::ranges::binary_search(known->members, member))
        return fail("not_a_member", fmt::format("this holder is not in the group `{}`", group));
    return Entries{entry::GroupLeft{group, member}};
}

Result<Entries> decide_reservation(const Ledger& ledger, PackId id, const std::string& group,
                                   uint32_t seats) {
    if (!ledger.has_pack(id) || ledger.pack(id).removed)
        return fail("pack_unknown", fmt::format("there is no pack `{}`", id.value));
    const Pack& pack = ledger.pack(id);
    uint64_t others = 0;
    size_t many = 0;
    uint32_t present = 0;
    for (const Reservation& each : pack.reservations) {
        if (each.group == group) {
            present = each.seats;
        } else {
            others += each.seats;
            ++many;
        }
    }
    if (seats == present) return Entries{};
    if (seats == 0) return Entries{entry::SeatsReserved{id, group, 0}};
    if (ledger.group(group) == nullptr)
        return fail("group_unknown", fmt::format("nobody is in a group `{}`", group));
    if (!is_cal_kind(pack.terms.kind)) {
        return fail("pack_not_reservable",
                    fmt::format("pack `{}` has no CALs that anybody could hold", id.value));
    }
    if (others + seats > pack.quantity() || many >= kReservationsMax) {
        return fail("too_many_reserved",
                    fmt::format("pack `{}` has {} seats, {} of them kept for {} other groups",
                                id.value, pack.quantity(), others, many));
    }
    return Entries{entry::SeatsReserved{id, group, seats}};
}

void leave_groups(const Ledger& ledger, SubjectId subject, Entries& entries) {
    for (const Group& each : ledger.groups()) {
        if (std::ranges::binary_search(each.members, subject))
            entries.emplace_back(entry::GroupLeft{each.code, subject});
    }
}

}  // namespace calm
