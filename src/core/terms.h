// The words of the trade as types: identities and the small enumerations that every other file
// uses. Enumerators are the values of the log, the API and the screens; none is ever renumbered.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/id.h"

namespace calm {

using CalId = Id<struct CalTag>;
using SubjectId = Id<struct SubjectTag>;  // a user, a device or a station; the log never names it
using PackId = Id<struct PackTag>;
using HostId = Id<struct HostTag>;
using ProductId = Id<struct ProductTag, uint16_t>;

// What connecting to a product asks for (design.md 1).
enum class CalRequirement : uint8_t {
    none,      // no CAL at all
    trusted,   // counted, never enforced
    activated  // enforced
};

// What a pack's seats attach to.
enum class PackKind : uint8_t {
    per_user,
    per_device,
    external_connector,  // a host: all its outside users
    server,              // a host: its own license, which CALs never replace
    installation,        // one computer, as a desktop system is sold
    core                 // a host's processor core
};

// How the seats of a per-user or per-device pack are counted.
enum class PackMetric : uint8_t {
    named,       // each holder keeps one
    concurrent,  // by who is connected now, on any host
    per_server   // by who is connected now, on the host that the pack was given to
};

enum class HolderKind : uint8_t { user, device, station };

// A place to work at a host (facts rd-licensing 11).
enum class StationKind : uint8_t {
    local,            // a seat of the machine: screen, keyboard and mouse
    remote,           // over the network
    virtual_desktop,  // a desktop that one seat shows
    console           // the host itself, used as a station
};

// What a connection is for, when it is not a person at work (facts rd-licensing 12, "No CAL for").
enum class Workload : uint8_t {
    person,
    web,       // a web workload
    hpc,       // a high-performance-computing workload
    anonymous  // access without any sign-in
};

enum class CalState : uint8_t { temporary, active, expired, revoked, returned };

// The numbers are those of the policy "Set the Remote Desktop licensing mode" (facts
// rd-licensing 3.2); `either` is CALM's own.
enum class LicensingMode : uint8_t {
    per_device = 2,
    per_user = 4,
    not_configured = 5,
    either = 100
};

enum class Channel : uint8_t { retail, oem, volume };

// What a volume pack was bought under (facts rd-licensing 4.2); `other`: Open Value, Multi-Year
// Open and Open Subscription.
enum class AgreementProgram : uint8_t {
    open,
    select,
    enterprise,
    campus,
    school,
    service_provider,
    other
};

// What happens to a user of an activated product when no seat is free.
enum class OverUse : uint8_t { admit, refuse };

// Why a CAL was given back (Product Terms: a CAL may be reassigned after 90 days, or earlier for
// good when its user has left or its device is out of service).
enum class ReturnReason : uint8_t {
    replaced,        // by the rules: another CAL covers it
    left,            // its user has left for good
    out_of_service,  // its device is gone for good
    reassigned,      // for somebody else; only after the days that the product states
    erased,          // its holder's data was erased
    recalled,        // a loan ended before its day
    merged,          // it went over to the same machine under another name
    ended,           // of a concurrent seat: its holder's last session ended
    moved            // its pack went to another license server
};

// Why a person's or device's name was erased. Beginning at 1: lines of the log from before somebody
// had to say it state none.
enum class ErasureReason : uint8_t {
    requested = 1,  // the person asked for it
    left,           // they are gone for good
    period_over,    // it was kept as long as it may be
    mistaken        // it should never have been entered
};

// Why an administrator took a device's CAL back. Beginning at 1, as above.
enum class RevocationReason : uint8_t {
    out_of_service = 1,  // the device is gone for good
    lost,                // nobody knows where it is
    set_up_again,        // it has come back as a device that nobody knew
    needed_elsewhere,    // somebody needs its CAL more
    mistaken             // it should never have had one
};

// What became of the license server that a pack came from (facts rd-licensing 4.5).
enum class PackSource : uint8_t {
    reachable,    // it has handed the pack over, and says so
    unreachable,  // it could not be asked; an administrator says that it will be
    dead          // it does not work any more
};

// Why a CAL is lent (Product Terms: it may serve somebody else for a time while its user is absent
// or its device is out of service).
enum class LoanReason : uint8_t { absence, repair };

enum class Verdict : uint8_t { allow, deny };

template <class E, size_t N>
using Names = std::array<std::pair<E, std::string_view>, N>;

// The names of an enumeration's values: the only place where they are spelt.
template <class E>
struct NamesOf;

template <>
struct NamesOf<CalRequirement> {
    static constexpr Names<CalRequirement, 3> value{{{CalRequirement::none, "none"},
                                                     {CalRequirement::trusted, "trusted"},
                                                     {CalRequirement::activated, "activated"}}};
};
template <>
struct NamesOf<PackKind> {
    static constexpr Names<PackKind, 6> value{{{PackKind::per_user, "per_user"},
                                               {PackKind::per_device, "per_device"},
                                               {PackKind::external_connector, "external_connector"},
                                               {PackKind::server, "server"},
                                               {PackKind::installation, "installation"},
                                               {PackKind::core, "core"}}};
};
template <>
struct NamesOf<PackMetric> {
    static constexpr Names<PackMetric, 3> value{{{PackMetric::named, "named"},
                                                 {PackMetric::concurrent, "concurrent"},
                                                 {PackMetric::per_server, "per_server"}}};
};
template <>
struct NamesOf<HolderKind> {
    static constexpr Names<HolderKind, 3> value{{{HolderKind::user, "user"},
                                                 {HolderKind::device, "device"},
                                                 {HolderKind::station, "station"}}};
};
template <>
struct NamesOf<StationKind> {
    static constexpr Names<StationKind, 4> value{{{StationKind::local, "local"},
                                                  {StationKind::remote, "remote"},
                                                  {StationKind::virtual_desktop, "virtual_desktop"},
                                                  {StationKind::console, "console"}}};
};
template <>
struct NamesOf<Workload> {
    static constexpr Names<Workload, 4> value{{{Workload::person, "person"},
                                               {Workload::web, "web"},
                                               {Workload::hpc, "hpc"},
                                               {Workload::anonymous, "anonymous"}}};
};
template <>
struct NamesOf<CalState> {
    static constexpr Names<CalState, 5> value{{{CalState::temporary, "temporary"},
                                               {CalState::active, "active"},
                                               {CalState::expired, "expired"},
                                               {CalState::revoked, "revoked"},
                                               {CalState::returned, "returned"}}};
};
template <>
struct NamesOf<LicensingMode> {
    static constexpr Names<LicensingMode, 4> value{
        {{LicensingMode::per_device, "per_device"},
         {LicensingMode::per_user, "per_user"},
         {LicensingMode::not_configured, "not_configured"},
         {LicensingMode::either, "either"}}};
};
template <>
struct NamesOf<Channel> {
    static constexpr Names<Channel, 3> value{
        {{Channel::retail, "retail"}, {Channel::oem, "oem"}, {Channel::volume, "volume"}}};
};
template <>
struct NamesOf<AgreementProgram> {
    static constexpr Names<AgreementProgram, 7> value{
        {{AgreementProgram::open, "open"},
         {AgreementProgram::select, "select"},
         {AgreementProgram::enterprise, "enterprise"},
         {AgreementProgram::campus, "campus"},
         {AgreementProgram::school, "school"},
         {AgreementProgram::service_provider, "service_provider"},
         {AgreementProgram::other, "other"}}};
};
template <>
struct NamesOf<OverUse> {
    static constexpr Names<OverUse, 2> value{
        {{OverUse::admit, "admit"}, {OverUse::refuse, "refuse"}}};
};
template <>
struct NamesOf<ReturnReason> {
    static constexpr Names<ReturnReason, 9> value{{{ReturnReason::replaced, "replaced"},
                                                   {ReturnReason::left, "left"},
                                                   {ReturnReason::out_of_service, "out_of_service"},
                                                   {ReturnReason::reassigned, "reassigned"},
                                                   {ReturnReason::erased, "erased"},
                                                   {ReturnReason::recalled, "recalled"},
                                                   {ReturnReason::merged, "merged"},
                                                   {ReturnReason::ended, "ended"},
                                                   {ReturnReason::moved, "moved"}}};
};
template <>
struct NamesOf<ErasureReason> {
    static constexpr Names<ErasureReason, 4> value{{{ErasureReason::requested, "requested"},
                                                    {ErasureReason::left, "left"},
                                                    {ErasureReason::period_over, "period_over"},
                                                    {ErasureReason::mistaken, "mistaken"}}};
};
template <>
struct NamesOf<RevocationReason> {
    static constexpr Names<RevocationReason, 5> value{
        {{RevocationReason::out_of_service, "out_of_service"},
         {RevocationReason::lost, "lost"},
         {RevocationReason::set_up_again, "set_up_again"},
         {RevocationReason::needed_elsewhere, "needed_elsewhere"},
         {RevocationReason::mistaken, "mistaken"}}};
};
template <>
struct NamesOf<PackSource> {
    static constexpr Names<PackSource, 3> value{{{PackSource::reachable, "reachable"},
                                                 {PackSource::unreachable, "unreachable"},
                                                 {PackSource::dead, "dead"}}};
};
template <>
struct NamesOf<LoanReason> {
    static constexpr Names<LoanReason, 2> value{
        {{LoanReason::absence, "absence"}, {LoanReason::repair, "repair"}}};
};
template <>
struct NamesOf<Verdict> {
    static constexpr Names<Verdict, 2> value{{{Verdict::allow, "allow"}, {Verdict::deny, "deny"}}};
};

// REQUIRES: `value` is an enumerator of E.
template <class E>
constexpr std::string_view name_of(E value) {
    for (const auto& [each, name] : NamesOf<E>::value) {
        if (each == value) return name;
    }
    return "?";
}

template <class E>
constexpr std::optional<E> from_name(std::string_view text) {
    for (const auto& [each, name] : NamesOf<E>::value) {
        if (name == text) return each;
    }
    return std::nullopt;
}

// The kind of CAL that a holder takes where nothing says otherwise: a station takes a per-user CAL,
// as MultiPoint Services asks (facts rd-licensing 11, "Who needs a CAL").
constexpr PackKind cal_kind_of(HolderKind holder) {
    return holder == HolderKind::device ? PackKind::per_device : PackKind::per_user;
}

// Whether a holder may have a CAL of this kind. A station takes the kind that its host's licensing
// mode says (facts rd-licensing 11, "Mode").
constexpr bool may_hold(HolderKind holder, PackKind kind) {
    if (holder == HolderKind::user) return kind == PackKind::per_user;
    if (holder == HolderKind::device) return kind == PackKind::per_device;
    return kind == PackKind::per_user || kind == PackKind::per_device;
}

// What users, devices and stations hold.
constexpr bool is_cal_kind(PackKind kind) {
    return kind == PackKind::per_user || kind == PackKind::per_device;
}

// What hosts are given.
constexpr bool is_host_kind(PackKind kind) {
    return kind == PackKind::server || kind == PackKind::core ||
           kind == PackKind::external_connector;
}

// What a per-user or per-device pack can be converted into.
constexpr PackKind other_kind(PackKind kind) {
    return kind == PackKind::per_user ? PackKind::per_device : PackKind::per_user;
}

}  // namespace calm
