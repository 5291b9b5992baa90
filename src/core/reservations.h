// Seats that are kept for groups (facts peers, "reserve for user/group"): of a pack's seats so many
// go to members of the group only. A seat that a member spends, of whichever pack, is one of those
// kept there; what members do not use stays free for them. Nobody loses a seat that they have when
// seats are reserved: those that come free are kept until there are enough. Pure, like verbs.h.
#pragma once

#include "core/verbs.h"

namespace calm {

inline constexpr size_t kGroupsMax = 1'000;
inline constexpr size_t kMembersMax = 10'000;   // of one group
inline constexpr size_t kReservationsMax = 64;  // of one pack

// Seats of the pack that this holder could be given at `now`, those included whose CALs' time is
// over: all that is free, less what is kept for groups that it is not in. Zero `holder`: a
// stranger, who is in no group.
uint64_t left_for(const Ledger& ledger, PackId pack, SubjectId holder, Instant now);

// What of that is kept for groups that the holder is in.
uint64_t kept_for(const Ledger& ledger, PackId pack, SubjectId holder, Instant now);

// Whether there is a group for which seats of one of these packs are kept and that both are in.
bool share_group(const Ledger& ledger, std::span<const PackId> packs, SubjectId a, SubjectId b);

struct Member {
    SubjectId subject;  // zero: a stranger, whose name `commitment` binds
    HolderKind kind = HolderKind::user;
    Hash commitment{};
};

// Somebody is in the group from now on; a stranger becomes known by it. Nothing to do when it is in
// already. Errors: `bad_group_code`, `bad_member` (a station), `group_full`, `too_many_groups`.
Result<Entries> decide_joining(const Ledger& ledger, const std::string& group,
                               const Member& member);

// Errors: `not_a_member`.
Result<Entries> decide_leaving(const Ledger& ledger, const std::string& group, SubjectId member);

// Keeps so many seats of a pack of CALs for the group; zero: none any more. Errors: `pack_unknown`,
// `group_unknown` (nobody is in it), `pack_not_reservable` (it has no CALs), `too_many_reserved`
// (more than the pack has beside what is kept for others).
Result<Entries> decide_reservation(const Ledger& ledger, PackId pack, const std::string& group,
                                   uint32_t seats);

// Of a subject that is erased: appends that it leaves its groups.
void leave_groups(const Ledger& ledger, SubjectId subject, Entries& entries);

}  // namespace calm
