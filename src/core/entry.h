// LedgerEntry: one fact about rights, and the only thing that changes them. The ledger is the fold
// of these entries, in order. An entry holds no name of a person, device, host or account and no
// free text: a subject is a number, and a salted commitment binds its name (which lives in erasable
// records).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/instant.h"
#include "core/agreement.h"
#include "core/product.h"
#include "core/reason.h"
#include "core/terms.h"

namespace calm {

using KeyBytes = std::array<uint8_t, 32>;  // an Ed25519 public key
using Bytes16 = std::array<uint8_t, 16>;

// 128 bits that a client chose before sending; stored so that a repeat gets the same answer.
struct RequestId {
    Bytes16 bytes{};
    auto operator<=>(const RequestId&) const = default;
};

// Stands on the entry that carries a request's answer.
struct RequestMark {
    RequestId id;
    uint64_t content =
        0;  // keyed hash of what was asked: the same id with another content is an error
    Reason reason = Reason::cal_held;
    bool operator==(const RequestMark&) const = default;
};

// A whole CAL, as every entry that gives, extends, moves or converts a right states it.
struct CalStatement {
    CalId cal;
    SubjectId holder;
    PackKind kind = PackKind::per_user;
    std::string
        product;  // product code of its pack; the asked one's for temporary and over-use CALs
    PackId pack;  // zero: a temporary or an over-use CAL, which spends no seat; of an over-use
                  // CAL: the pack whose overdraft it is out of
    CalState state = CalState::active;  // temporary or active
    bool overuse = false;
    bool validated = false;  // of a temporary CAL: its device has logged on
    bool converted = false;  // its seat was sold as one of the other kind (user or device)
    Instant issued_at;
    Instant expires_at;
    HostId host;         // where it was last asked for; zero: not known
    CalId of;            // on loan: the CAL whose seat it uses; zero: it spends what it says itself
    bool lease = false;  // a concurrent seat: held while its holder is connected (core/leases.h)
    bool borrowed = false;  // such a seat, held to its end whether or not anybody is connected

    bool operator==(const CalStatement&) const = default;
};

// A printed license server id (documents/ledger_id.h): characters.
inline constexpr size_t kServerIdSize = 41;

namespace entry {

struct LedgerCreated {
    KeyBytes identity{};  // the key that the license server id names
    bool operator==(const LedgerCreated&) const = default;
};
struct NodeAdded {
    KeyBytes key{};
    std::string certificate;  // signed document: the identity key certifies the node key
    bool operator==(const NodeAdded&) const = default;
};
struct EpochStarted {  // a backup was restored; hosts tell what it lacks (core/reassertion.h)
    uint32_t epoch = 0;
    bool operator==(const EpochStarted&) const = default;
};
struct ClockAccepted {  // an administrator confirmed the clock; the entry's own time is the new one
    bool operator==(const ClockAccepted&) const = default;
};
struct VendorTrusted {
    KeyBytes key{};
    bool operator==(const VendorTrusted&) const = default;
};
struct ProductSet {
    Product product;
    bool operator==(const ProductSet&) const = default;
};
// Settings of the whole ledger that change decisions.
struct Policy {
    LicensingMode default_mode = LicensingMode::either;  // of hosts that enrol without one
    uint16_t initial_grace_days = 120;                   // of hosts, from enrolment (facts 3.1)
    uint16_t offline_days_max = 0;  // how long a token is honoured offline; 0: to its own expiry
    // How long no seat is given after a backup was restored while hosts are awaited (design.md 5);
    // empty: 24. Zero gives seats at once.
    std::optional<uint16_t> restore_hours_max;
    // How long a device that looks like one with a CAL is admitted without a seat (empty: 14);
    // zero: nobody looks.
    std::optional<uint16_t> quarantine_days;
    bool operator==(const Policy&) const = default;
};
struct PolicySet {
    Policy policy;
    bool operator==(const PolicySet&) const = default;
};
// A pack had been another license server's.
struct PackOrigin {
    std::string server;  // its license server id, as documents print it
    PackSource source = PackSource::reachable;
    // Where its log says that it handed the pack over; zero: it has not said so.
    uint32_t epoch = 0;
    uint64_t sequence = 0;
    bool operator==(const PackOrigin&) const = default;
};
struct PackInstalled {
    PackId pack;
    // The vendor's pack id: a pack is installed once, and again after it was moved away.
    Bytes16 document{};
    std::string product;
    PackKind kind = PackKind::per_user;
    uint32_t quantity = 0;
    Channel channel = Channel::retail;
    bool declared = false;  // entered by hand (core/verbs.h says which may be); `vendor` is zero
    KeyBytes vendor{};
    Instant not_before;
    std::optional<Instant> expires_at;
    std::vector<std::string> also;  // a suite: the other products that one of its CALs covers
    PackMetric metric = PackMetric::named;
    uint32_t overdraft =
        0;  // seats beyond the quantity that the vendor allows; over-use, and shown
    std::optional<Instant> maintained_until;  // covers later versions that came out before then
    std::optional<Agreement> agreement;       // only of the channel `volume`
    PackId included_with;  // CALs that came with this pack of server licenses; zero: sold as such
    std::optional<PackOrigin> moved_from;
    bool activation = false;  // it gives CALs while the vendor's clearinghouse certifies the server
    uint32_t renewal = 0;     // how often the vendor had renewed it when it was signed
    bool operator==(const PackInstalled&) const = default;
};
// The vendor has renewed it: these are its ends from now on.
struct PackRenewed {
    PackId pack;
    uint32_t renewal = 0;
    std::optional<Instant> expires_at;
    std::optional<Instant> maintained_until;
    bool operator==(const PackRenewed&) const = default;
};
// The vendor's clearinghouse has certified this license server until then.
struct ServerActivated {
    KeyBytes vendor{};
    uint64_t serial = 0;  // of the certificate: each has a greater one than those before
    Instant until;
    bool operator==(const ServerActivated&) const = default;
};
struct ServerDeactivated {  // its certificate is given up
    KeyBytes vendor{};
    bool operator==(const ServerDeactivated&) const = default;
};
// The vendor has taken the pack back, whether or not it is installed here.
struct PackRevoked {
    KeyBytes vendor{};
    Bytes16 document{};
    bool operator==(const PackRevoked&) const = default;
};
// All that the vendor's status list of this number says has been written.
struct StatusListTaken {
    KeyBytes vendor{};
    uint64_t number = 0;
    bool operator==(const StatusListTaken&) const = default;
};
struct PackRemoved {
    PackId pack;
    bool operator==(const PackRemoved&) const = default;
};
// It is another license server's from now on.
struct PackMoved {
    PackId pack;
    std::string to;  // that one's license server id, as documents print it
    bool operator==(const PackMoved&) const = default;
};
struct HostEnrolled {
    HostId host;
    Hash commitment{};  // to its name
    KeyBytes key{};
    LicensingMode mode = LicensingMode::either;
    PackKind preferred = PackKind::per_user;  // what `either` takes first
    Instant grace_until;                      // signed absolute end of the initial grace
    bool operator==(const HostEnrolled&) const = default;
};
struct HostSet {
    HostId host;
    LicensingMode mode = LicensingMode::either;
    PackKind preferred = PackKind::per_user;
    bool console_mode = false;      // its stations are out of use; the host itself is used
    uint16_t processors = 0;        // 0: not stated
    uint16_t cores = 0;             // of each processor; 0: not stated
    std::vector<std::string> runs;  // product codes: server software that runs there
    bool operator==(const HostSet&) const = default;
};
struct HostGraceEnded {
    HostId host;
    bool operator==(const HostGraceEnded&) const = default;
};
struct HostRemoved {
    HostId host;
    bool operator==(const HostRemoved&) const = default;
};
struct HostReasserted {  // it has told all that it holds since the backup was restored
    HostId host;
    bool operator==(const HostReasserted&) const = default;
};
struct SubjectAdded {
    SubjectId subject;
    HolderKind kind = HolderKind::user;
    Hash commitment{};
    bool operator==(const SubjectAdded&) const = default;
};
struct SubjectErased {
    SubjectId subject;
    ErasureReason why{};  // zero: older than the reasons
    bool operator==(const SubjectErased&) const = default;
};
struct CalIssued {  // also: a temporary CAL that became active, an older one that was upgraded
    CalStatement cal;
    bool operator==(const CalIssued&) const = default;
};
struct CalValidated {
    CalStatement cal;
    bool operator==(const CalValidated&) const = default;
};
struct CalRenewed {
    CalStatement cal;
    bool operator==(const CalRenewed&) const = default;
};
struct CalMoved {  // from over-use to a seat
    CalStatement cal;
    bool operator==(const CalMoved&) const = default;
};
struct CalReasserted {  // a host proved a CAL that the restored backup lacks
    CalStatement cal;
    uint32_t epoch = 0;     // in which the log stated it …
    uint64_t sequence = 0;  // … by its entry of this number
    bool operator==(const CalReasserted&) const = default;
};
struct CalExpired {
    CalId cal;
    bool operator==(const CalExpired&) const = default;
};
struct CalRevoked {
    CalId cal;
    RevocationReason why{};  // zero: older than the reasons
    bool operator==(const CalRevoked&) const = default;
};
struct CalReturned {
    CalId cal;
    ReturnReason why = ReturnReason::replaced;
    bool operator==(const CalReturned&) const = default;
};

// Seats that nobody holds became seats of the other kind (user or device), in a pack of their own.
struct PackConverted {
    PackId source;
    PackId pack;  // the new one; its terms are the source's, but for kind and quantity
    uint32_t quantity = 0;
    bool operator==(const PackConverted&) const = default;
};

// A place to work at a host, or what is new about it. It stays the same holder wherever it goes.
struct StationSet {
    SubjectId station;
    HostId host;
    StationKind kind = StationKind::local;
    SubjectId shows;  // the virtual desktop that this seat shows, and whose CAL counts; or zero
    bool operator==(const StationSet&) const = default;
};
struct StationRemoved {
    SubjectId station;
    bool operator==(const StationRemoved&) const = default;
};

// A host has so many licenses of this pack from now on: of its kinds `server`, `core` or
// `external_connector`.
struct HostLicensed {
    HostId host;
    PackId pack;
    uint32_t quantity = 1;
    bool operator==(const HostLicensed&) const = default;
};
struct HostUnlicensed {  // all that it had of this pack
    HostId host;
    PackId pack;
    bool operator==(const HostUnlicensed&) const = default;
};

// One installation of a pack is bound to a computer: a device.
struct InstallationClaimed {
    PackId pack;
    SubjectId computer;
    bool operator==(const InstallationClaimed&) const = default;
};
struct InstallationMoved {
    PackId pack;
    SubjectId computer;  // where it was
    SubjectId to;
    bool operator==(const InstallationMoved&) const = default;
};
struct InstallationReleased {
    PackId pack;
    SubjectId computer;
    bool operator==(const InstallationReleased&) const = default;
};

// The holder's last session at `cal.host` ended; the concurrent seat is kept until
// `cal.expires_at`, for its sessions at other hosts or for a while.
struct SeatLeft {
    CalStatement cal;
    bool operator==(const SeatLeft&) const = default;
};
// The holder took its concurrent seat away until `cal.expires_at`.
struct SeatBorrowed {
    CalStatement cal;
    bool operator==(const SeatBorrowed&) const = default;
};
// The seats of a per-server pack count at this host from now on; zero: at none.
struct PackAssigned {
    PackId pack;
    HostId host;
    bool operator==(const PackAssigned&) const = default;
};
// Somebody waits in line for a concurrent seat until then, unless it asks again.
struct QueueJoined {
    SubjectId holder;
    PackKind kind = PackKind::per_user;
    std::string product;
    Instant until;
    bool operator==(const QueueJoined&) const = default;
};
struct QueueLeft {  // it has a seat now, or did not ask again
    SubjectId holder;
    PackKind kind = PackKind::per_user;
    std::string product;
    bool operator==(const QueueLeft&) const = default;
};
// A user or device is one of a group from now on, for which seats may be kept.
struct GroupJoined {
    std::string group;  // its code, made like a product's
    SubjectId member;
    bool operator==(const GroupJoined&) const = default;
};
struct GroupLeft {
    std::string group;
    SubjectId member;
    bool operator==(const GroupLeft&) const = default;
};
// So many seats of the pack are kept for the group from now on; zero: none.
struct SeatsReserved {
    PackId pack;
    std::string group;
    uint32_t seats = 0;
    bool operator==(const SeatsReserved&) const = default;
};
// A stand-in uses the seat of a CAL whose owner is absent, to the end that is stated.
struct CalLent {
    CalStatement cal;  // the stand-in's
    LoanReason why = LoanReason::absence;
    bool operator==(const CalLent&) const = default;
};

// Two devices are one machine: `device` is another name of `into` from now on.
struct DevicesMerged {
    SubjectId device;
    SubjectId into;
    bool operator==(const DevicesMerged&) const = default;
};
struct DeviceSeparated {  // it is a machine of its own again
    SubjectId device;
    bool operator==(const DeviceSeparated&) const = default;
};
struct DeviceDoubted {  // a new device looks like one that holds a CAL
    SubjectId device;
    SubjectId like;
    bool operator==(const DeviceDoubted&) const = default;
};
struct DeviceAccepted {  // an administrator says that it is a machine of its own
    SubjectId device;
    bool operator==(const DeviceAccepted&) const = default;
};

// An account's second factor at sign-in is off: by its owner, or by whoever helped out.
struct SecondFactorRemoved {
    Hash account{};  // the commitment to its name
    bool operator==(const SecondFactorRemoved&) const = default;
};

}  // namespace entry

using Policy = entry::Policy;

// The order of the alternatives is not part of any format: the codec writes names.
using AnyEntry =
    std::variant<entry::LedgerCreated, entry::NodeAdded, entry::EpochStarted, entry::ClockAccepted,
                 entry::VendorTrusted, entry::ProductSet, entry::PolicySet, entry::PackInstalled,
                 entry::PackRemoved, entry::HostEnrolled, entry::HostSet, entry::HostGraceEnded,
                 entry::HostRemoved, entry::SubjectAdded, entry::SubjectErased, entry::CalIssued,
                 entry::CalValidated, entry::CalRenewed, entry::CalMoved, entry::CalExpired,
                 entry::CalRevoked, entry::CalReturned, entry::PackConverted, entry::StationSet,
                 entry::StationRemoved, entry::HostReasserted, entry::CalReasserted,
                 entry::HostLicensed, entry::HostUnlicensed, entry::InstallationClaimed,
                 entry::InstallationMoved, entry::InstallationReleased, entry::CalLent,
                 entry::DevicesMerged, entry::DeviceSeparated, entry::DeviceDoubted,
                 entry::DeviceAccepted, entry::SeatLeft, entry::PackAssigned, entry::QueueJoined,
                 entry::QueueLeft, entry::SeatBorrowed, entry::GroupJoined, entry::GroupLeft,
                 entry::SeatsReserved, entry::PackMoved, entry::PackRenewed, entry::ServerActivated,
                 entry::ServerDeactivated, entry::PackRevoked, entry::StatusListTaken,
                 entry::SecondFactorRemoved>;

// One of them. A class of its own so that its copies are compiled once: forty alternatives cost
// each file that moves an entry several seconds.
class EntryBody : public AnyEntry {
  public:
    using AnyEntry::AnyEntry;
    using AnyEntry::operator=;
    EntryBody();
    EntryBody(const EntryBody&);
    EntryBody(EntryBody&&) noexcept;
    EntryBody& operator=(const EntryBody&);
    EntryBody& operator=(EntryBody&&) noexcept;
    ~EntryBody();
    bool operator==(const EntryBody&) const;
};

struct LedgerEntry {
    uint64_t sequence = 0;  // 0 is the first
    Instant at;             // ledger time; never before the previous entry's
    std::optional<RequestMark> request;
    EntryBody body;

    bool operator==(const LedgerEntry&) const = default;
};

// The CAL that an entry states, or null.
const CalStatement* stated_cal(const EntryBody& body);

}  // namespace calm
