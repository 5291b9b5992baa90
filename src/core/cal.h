// The records of the ledger's state, packed: ten million CALs are held in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "core/entry.h"
#include "core/terms.h"

namespace calm {

// One CAL. Written to snapshots as it stands in memory, so it has no padding and no pointer.
struct Cal {
    uint64_t sequence = 0;  // the entry that last stated it
    SubjectId holder;
    PackId pack;             // zero: out of no pack; an over-use CAL's: out of its overdraft
    uint32_t issued_at = 0;  // seconds since 1970
    uint32_t expires_at = 0;
    CalId next;         // the next CAL of the same holder; zero: the last
    ProductId product;  // of its pack; the asked one of temporary and over-use CALs
    CalState state = CalState::expired;
    uint8_t flags = 0;

    static constexpr uint8_t kDevice = 1;
    static constexpr uint8_t kOveruse = 2;
    static constexpr uint8_t kValidated = 4;
    static constexpr uint8_t kOnLoan = 8;
    static constexpr uint8_t kCarried = 16;
    static constexpr uint8_t kLease = 32;
    static constexpr uint8_t kBorrowed = 64;
    static constexpr uint8_t kFlagsMax = 127;

    PackKind kind() const {
        return (flags & kDevice) != 0 ? PackKind::per_device : PackKind::per_user;
    }
    bool overuse() const { return (flags & kOveruse) != 0; }
    bool validated() const { return (flags & kValidated) != 0; }
    // A concurrent seat, or what stands for one when none is free.
    bool lease() const { return (flags & kLease) != 0; }
    // One that was taken away: it needs nobody to be connected.
    bool borrowed() const { return (flags & kBorrowed) != 0; }
    // It comes and goes with sessions.
    bool passing() const { return lease() && !borrowed(); }
    // A stand-in's: the seat that it uses is spent by the CAL that was lent.
    bool on_loan() const { return (flags & kOnLoan) != 0; }
    // One that was returned: it went over to the same machine under another name.
    bool carried() const { return (flags & kCarried) != 0; }

    // Active or temporary in the log; its time may be over and its expiry not yet written.
    bool standing() const { return state == CalState::active || state == CalState::temporary; }
    bool live(Instant now) const { return standing() && expires_at > now.seconds; }
    bool spends_seat() const {
        return state == CalState::active && pack && !overuse() && !on_loan();
    }
    // Beyond the quantity of its pack, whose vendor allows it.
    bool is_overdraft() const { return pack && overuse(); }

    bool operator==(const Cal&) const = default;
};
static_assert(sizeof(Cal) == 32);

struct Subject {
    CalId first;  // the newest record of its CALs; zero: it never held one
    HolderKind kind = HolderKind::user;
    uint8_t erased = 0;  // or 1; a byte, because snapshots are read straight into it
    uint16_t added_at_high = 0;
    uint32_t added_at_low = 0;

    // The sequence of its subject_added entry: a CAL token proves that entry too, because it binds
    // the name. In two parts, so that the record has no padding.
    uint64_t added_at() const { return uint64_t{added_at_high} << 32 | added_at_low; }

    bool operator==(const Subject&) const = default;
};
static_assert(sizeof(Subject) == 12);

// Licenses of one pack that a host has been given.
struct HostLicense {
    PackId pack;
    uint32_t quantity = 0;
    Instant since;

    bool operator==(const HostLicense&) const = default;
};

struct Host {
    Hash commitment{};
    KeyBytes key{};
    LicensingMode mode = LicensingMode::either;
    PackKind preferred = PackKind::per_user;
    bool removed = false;
    bool grace_ended = false;
    bool console_mode = false;
    uint32_t asserted_epoch = 0;  // up to which it has told what it holds, or had nothing to tell
    Instant enrolled_at;
    Instant grace_until;
    uint16_t processors = 0;            // 0: not stated
    uint16_t cores = 0;                 // of each processor; 0: not stated
    std::vector<ProductId> runs;        // server software that was said to run there
    std::vector<HostLicense> licenses;  // by pack

    bool operator==(const Host&) const = default;
};

// A computer that one installation of a pack is bound to.
struct Installation {
    PackId pack;
    SubjectId computer;
    Instant since;

    bool operator==(const Installation&) const = default;
};

// Until when a host is taken to have sessions on a concurrent seat.
struct LeaseUse {
    HostId host;
    Instant until;

    bool operator==(const LeaseUse&) const = default;
};

// Somebody in line for a concurrent seat, of this product and kind.
struct Waiting {
    SubjectId holder;
    PackKind kind = PackKind::per_user;
    ProductId product;
    Instant since;
    Instant until;  // from then on its place is lost

    bool live(Instant now) const { return until > now; }

    bool operator==(const Waiting&) const = default;
};

struct Station {
    SubjectId subject;
    HostId host;
    StationKind kind = StationKind::local;
    SubjectId shows;  // a virtual desktop, or zero
    bool removed = false;

    bool operator==(const Station&) const = default;
};

// A CAL that serves a stand-in. It is there as long as the stand-in's CAL stands; the seat is back
// with its owner as soon as that CAL's time is over, whether or not its expiry is written.
struct Loan {
    CalId cal;       // the owner's
    CalId stand_in;  // the stand-in's
    LoanReason why = LoanReason::absence;

    bool operator==(const Loan&) const = default;
};

// A device that is another name of a machine.
struct Merge {
    SubjectId device;
    SubjectId into;         // which may be another name itself
    uint64_t sequence = 0;  // of the entry; what the machine gave up for it stands behind

    bool operator==(const Merge&) const = default;
};

// A device that looked like one with a CAL when it was new.
struct Doubt {
    SubjectId device;
    SubjectId like;
    Instant since;
    bool accepted = false;  // somebody has said that it is a machine of its own

    bool operator==(const Doubt&) const = default;
};

// Users and devices for whom seats may be kept.
struct Group {
    std::string code;
    std::vector<SubjectId> members;  // ascending

    bool operator==(const Group&) const = default;
};

// Seats of a pack that are kept for a group.
struct Reservation {
    std::string group;
    uint32_t seats = 0;
    uint32_t used = 0;  // seats of the pack that members spend; follows from the CALs

    // Seats that nobody else is given. `over`: of those used, CALs whose time is over.
    uint32_t kept(uint32_t over = 0) const {
        const uint32_t live = used - over;
        return seats > live ? seats - live : 0;
    }

    bool operator==(const Reservation&) const = default;
};

// A CAL that was taken back before its expiry. Hosts are told of it until then, and a revocation
// counts against the limit until then (facts rd-licensing 2, footnote on revocation).
struct Withdrawal {
    CalId cal;
    ProductId product;
    bool revoked = false;
    uint32_t until = 0;  // the CAL's former expiry

    bool operator==(const Withdrawal&) const = default;
};

}  // namespace calm
