// Which fields each kind of entry has on its line, under which names and in which order. One
// description serves writer and reader, so they cannot differ. Part of entry_codec.cpp; nobody else
// includes it.
//
// Io has: field(name, value) for a field that is always there, and optional(name, value) for one
// that is left out when it has its empty value (zero, false, nothing), or with unless(usual, …) its
// usual one. Names and order are part of
// the log's format: they are never changed, and new fields are optional and come last.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include "core/entry.h"
#include "documents/product_fields.h"

namespace calm {

template <class T>
inline constexpr std::string_view kEntryName;
template <>
inline constexpr std::string_view kEntryName<entry::LedgerCreated> = "ledger_created";
template <>
inline constexpr std::string_view kEntryName<entry::NodeAdded> = "node_added";
template <>
inline constexpr std::string_view kEntryName<entry::EpochStarted> = "epoch_started";
template <>
inline constexpr std::string_view kEntryName<entry::ClockAccepted> = "clock_accepted";
template <>
inline constexpr std::string_view kEntryName<entry::SecondFactorRemoved> = "second_factor_removed";
template <>
inline constexpr std::string_view kEntryName<entry::VendorTrusted> = "vendor_trusted";
template <>
inline constexpr std::string_view kEntryName<entry::ProductSet> = "product_set";
template <>
inline constexpr std::string_view kEntryName<entry::PolicySet> = "policy_set";
template <>
inline constexpr std::string_view kEntryName<entry::PackInstalled> = "pack_installed";
template <>
inline constexpr std::string_view kEntryName<entry::PackRemoved> = "pack_removed";
template <>
inline constexpr std::string_view kEntryName<entry::HostEnrolled> = "host_enrolled";
template <>
inline constexpr std::string_view kEntryName<entry::HostSet> = "host_set";
template <>
inline constexpr std::string_view kEntryName<entry::HostGraceEnded> = "host_grace_ended";
template <>
inline constexpr std::string_view kEntryName<entry::HostRemoved> = "host_removed";
template <>
inline constexpr std::string_view kEntryName<entry::SubjectAdded> = "subject_added";
template <>
inline constexpr std::string_view kEntryName<entry::SubjectErased> = "subject_erased";
template <>
inline constexpr std::string_view kEntryName<entry::CalIssued> = "cal_issued";
template <>
inline constexpr std::string_view kEntryName<entry::CalValidated> = "cal_validated";
template <>
inline constexpr std::string_view kEntryName<entry::CalRenewed> = "cal_renewed";
template <>
inline constexpr std::string_view kEntryName<entry::CalMoved> = "cal_moved";
template <>
inline constexpr std::string_view kEntryName<entry::CalExpired> = "cal_expired";
template <>
inline constexpr std::string_view kEntryName<entry::CalRevoked> = "cal_revoked";
template <>
inline constexpr std::string_view kEntryName<entry::CalReturned> = "cal_returned";
template <>
inline constexpr std::string_view kEntryName<entry::PackConverted> = "pack_converted";
template <>
inline constexpr std::string_view kEntryName<entry::StationSet> = "station_set";
template <>
inline constexpr std::string_view kEntryName<entry::StationRemoved> = "station_removed";
template <>
inline constexpr std::string_view kEntryName<entry::HostLicensed> = "host_licensed";
template <>
inline constexpr std::string_view kEntryName<entry::HostUnlicensed> = "host_unlicensed";
template <>
inline constexpr std::string_view kEntryName<entry::InstallationClaimed> = "installation_claimed";
template <>
inline constexpr std::string_view kEntryName<entry::InstallationMoved> = "installation_moved";
template <>
inline constexpr std::string_view kEntryName<entry::InstallationReleased> = "installation_released";

template <>
inline constexpr std::string_view kEntryName<entry::SeatLeft> = "seat_left";
template <>
inline constexpr std::string_view kEntryName<entry::SeatBorrowed> = "seat_borrowed";
template <>
inline constexpr std::string_view kEntryName<entry::PackAssigned> = "pack_assigned";
template <>
inline constexpr std::string_view kEntryName<entry::QueueJoined> = "queue_joined";
template <>
inline constexpr std::string_view kEntryName<entry::QueueLeft> = "queue_left";

template <>
inline constexpr std::string_view kEntryName<entry::GroupJoined> = "group_joined";
template <>
inline constexpr std::string_view kEntryName<entry::GroupLeft> = "group_left";
template <>
inline constexpr std::string_view kEntryName<entry::SeatsReserved> = "seats_reserved";
template <>
inline constexpr std::string_view kEntryName<entry::PackMoved> = "pack_moved";
template <>
inline constexpr std::string_view kEntryName<entry::PackRenewed> = "pack_renewed";
template <>
inline constexpr std::string_view kEntryName<entry::PackRevoked> = "pack_revoked";
template <>
inline constexpr std::string_view kEntryName<entry::ServerActivated> = "server_activated";
template <>
inline constexpr std::string_view kEntryName<entry::ServerDeactivated> = "server_deactivated";
template <>
inline constexpr std::string_view kEntryName<entry::StatusListTaken> = "status_list_taken";

template <>
inline constexpr std::string_view kEntryName<entry::HostReasserted> = "host_reasserted";
template <>
inline constexpr std::string_view kEntryName<entry::CalReasserted> = "cal_reasserted";
template <>
inline constexpr std::string_view kEntryName<entry::CalLent> = "cal_lent";
template <>
inline constexpr std::string_view kEntryName<entry::DevicesMerged> = "devices_merged";
template <>
inline constexpr std::string_view kEntryName<entry::DeviceSeparated> = "device_separated";
template <>
inline constexpr std::string_view kEntryName<entry::DeviceDoubted> = "device_doubted";
template <>
inline constexpr std::string_view kEntryName<entry::DeviceAccepted> = "device_accepted";

// T, const for the writer.
template <class E, class T>
concept Is = std::same_as<std::remove_const_t<E>, T>;

template <class Io, Is<entry::LedgerCreated> E>
void entry_fields(Io& io, E& e) {
    io.field("identity", e.identity);
}
template <class Io, Is<entry::NodeAdded> E>
void entry_fields(Io& io, E& e) {
    io.field("key", e.key);
    io.field("certificate", e.certificate);
}
template <class Io, Is<entry::EpochStarted> E>
void entry_fields(Io& io, E& e) {
    io.field("epoch", e.epoch);
}
template <class Io, Is<entry::ClockAccepted> E>
void entry_fields(Io&, E&) {}
template <class Io, Is<entry::SecondFactorRemoved> E>
void entry_fields(Io& io, E& e) {
    io.field("account", e.account);
}
template <class Io, Is<entry::VendorTrusted> E>
void entry_fields(Io& io, E& e) {
    io.field("key", e.key);
}
template <class Io, Is<entry::ProductSet> E>
void entry_fields(Io& io, E& e) {
    io.field("product", e.product.code);
    io.field("family", e.product.family);
    io.field("version", e.product.version);
    for_each_rule(e.product.rules, [&io](const auto& name, auto& value) { io.field(name, value); });
    io.optional("bases", e.product.bases);
    io.optional("released", e.product.released);
    for_each_exemption(e.product.rules,
                       [&io](const auto& name, auto& value) { io.optional(name, value); });
    for_each_sale_rule(e.product.rules,
                       [&io](const auto& name, auto& value) { io.optional(name, value); });
    for_each_usual_rule(e.product.rules, [&io](const auto& name, auto& value, auto usual) {
        io.unless(usual, name, value);
    });
    for_each_sale_list(e.product.rules,
                       [&io](const auto& name, auto& value) { io.optional(name, value); });
}
template <class Io, Is<entry::PolicySet> E>
void entry_fields(Io& io, E& e) {
    io.field("default_mode", e.policy.default_mode);
    io.field("initial_grace_days", e.policy.initial_grace_days);
    io.field("offline_days_max", e.policy.offline_days_max);
    if (io.present("restore_hours_max", e.policy.restore_hours_max))
        io.field("restore_hours_max", *e.policy.restore_hours_max);
    if (io.present("quarantine_days", e.policy.quarantine_days))
        io.field("quarantine_days", *e.policy.quarantine_days);
}
template <class Io, Is<entry::PackInstalled> E>
void entry_fields(Io& io, E& e) {
    io.field("pack", e.pack);
    io.field("document", e.document);
    io.field("product", e.product);
    io.field("kind", e.kind);
    io.field("quantity", e.quantity);
    io.field("channel", e.channel);
    io.optional("declared", e.declared);
    io.optional("vendor", e.vendor);
    io.field("not_before", e.not_before);
    io.optional("expires_at", e.expires_at);
    io.optional("also", e.also);
    io.optional("metric", e.metric);
    io.optional("overdraft", e.overdraft);
    io.optional("maintained_until", e.maintained_until);
    if (io.present("program", e.agreement)) {
        io.field("program", e.agreement->program);
        io.field("agreement", e.agreement->number);
    }
    io.optional("included_with", e.included_with);
    if (io.present("moved_from", e.moved_from)) {
        io.field("moved_from", e.moved_from->server);
        io.field("source", e.moved_from->source);
        io.optional("source_epoch", e.moved_from->epoch);
        io.optional("source_sequence", e.moved_from->sequence);
    }
    io.optional("activation", e.activation);
    io.optional("renewal", e.renewal);
}
template <class Io, Is<entry::PackRenewed> E>
void entry_fields(Io& io, E& e) {
    io.field("pack", e.pack);
    io.field("renewal", e.renewal);
    io.optional("expires_at", e.expires_at);
    io.optional("maintained_until", e.maintained_until);
}
template <class Io, Is<entry::PackRevoked> E>
void entry_fields(Io& io, E& e) {
    io.field("vendor", e.vendor);
    io.field("document", e.document);
}
template <class Io, Is<entry::ServerActivated> E>
void entry_fields(Io& io, E& e) {
    io.field("vendor", e.vendor);
    io.field("serial", e.serial);
    io.field("until", e.until);
}
template <class Io, Is<entry::ServerDeactivated> E>
void entry_fields(Io& io, E& e) {
    io.field("vendor", e.vendor);
}
template <class Io, Is<entry::StatusListTaken> E>
void entry_fields(Io& io, E& e) {
    io.field("vendor", e.vendor);
    io.field("number", e.number);
}
template <class Io, Is<entry::PackMoved> E>
void entry_fields(Io& io, E& e) {
    io.field("pack", e.pack);
    io.field("to", e.to);
}
template <class Io, Is<entry::PackRemoved> E>
void entry_fields(Io& io, E& e) {
    io.field("pack", e.pack);
}
template <class Io, Is<entry::HostEnrolled> E>
void entry_fields(Io& io, E& e) {
    io.field("host", e.host);
    io.field("commitment", e.commitment);
    io.field("key", e.key);
    io.field("mode", e.mode);
    io.field("preferred", e.preferred);
    io.field("grace_until", e.grace_until);
}
template <class Io, Is<entry::HostSet> E>
void entry_fields(Io& io, E& e) {
    io.field("host", e.host);
    io.field("mode", e.mode);
    io.field("preferred", e.preferred);
    io.optional("console_mode", e.console_mode);
    io.optional("processors", e.processors);
    io.optional("cores", e.cores);
    io.optional("runs", e.runs);
}
template <class Io, Is<entry::HostGraceEnded> E>
void entry_fields(Io& io, E& e) {
    io.field("host", e.host);
}
template <class Io, Is<entry::HostRemoved> E>
void entry_fields(Io& io, E& e) {
    io.field("host", e.host);
}
template <class Io, Is<entry::HostReasserted> E>
void entry_fields(Io& io, E& e) {
    io.field("host", e.host);
}
template <class Io, Is<entry::SubjectAdded> E>
void entry_fields(Io& io, E& e) {
    io.field("subject", e.subject);
    io.field("kind", e.kind);
    io.field("commitment", e.commitment);
}
template <class Io, Is<entry::SubjectErased> E>
void entry_fields(Io& io, E& e) {
    io.field("subject", e.subject);
    io.optional("why", e.why);
}

template <class Io, Is<CalStatement> E>
void cal_fields(Io& io, E& cal) {
    io.field("cal", cal.cal);
    io.field("holder", cal.holder);
    io.field("kind", cal.kind);
    io.field("product", cal.product);
    io.optional("pack", cal.pack);
    io.field("state", cal.state);
    io.optional("overuse", cal.overuse);
    io.optional("validated", cal.validated);
    io.field("issued_at", cal.issued_at);
    io.field("expires_at", cal.expires_at);
    io.optional("host", cal.host);
    io.optional("converted", cal.converted);
    io.optional("of", cal.of);
    io.optional("lease", cal.lease);
    io.optional("borrowed", cal.borrowed);
}

// cal_issued, cal_validated, cal_renewed, cal_moved, cal_reasserted, cal_lent, seat_left,
// seat_borrowed
template <class Io, class E>
requires requires(E& e) {
    e.cal.holder;
}
void entry_fields(Io& io, E& e) {
    cal_fields(io, e.cal);
    if constexpr (Is<E, entry::CalReasserted>) {
        io.field("epoch", e.epoch);
        io.field("sequence", e.sequence);
    }
    if constexpr (Is<E, entry::CalLent>) io.field("why", e.why);
}

template <class Io, Is<entry::CalReturned> E>
void entry_fields(Io& io, E& e) {
    io.field("cal", e.cal);
    io.optional("why", e.why);
}
template <class Io, Is<entry::PackConverted> E>
void entry_fields(Io& io, E& e) {
    io.field("source", e.source);
    io.field("pack", e.pack);
    io.field("quantity", e.quantity);
}

template <class Io, Is<entry::StationSet> E>
void entry_fields(Io& io, E& e) {
    io.field("station", e.station);
    io.field("host", e.host);
    io.field("kind", e.kind);
    io.optional("shows", e.shows);
}
template <class Io, Is<entry::StationRemoved> E>
void entry_fields(Io& io, E& e) {
    io.field("station", e.station);
}

template <class Io, Is<entry::HostLicensed> E>
void entry_fields(Io& io, E& e) {
    io.field("host", e.host);
    io.field("pack", e.pack);
    io.field("quantity", e.quantity);
}
template <class Io, Is<entry::HostUnlicensed> E>
void entry_fields(Io& io, E& e) {
    io.field("host", e.host);
    io.field("pack", e.pack);
}
template <class Io, Is<entry::InstallationMoved> E>
void entry_fields(Io& io, E& e) {
    io.field("pack", e.pack);
    io.field("computer", e.computer);
    io.field("to", e.to);
}
// installation_claimed, installation_released
template <class Io, class E>
requires(Is<E, entry::InstallationClaimed> ||
         Is<E, entry::InstallationReleased>) void entry_fields(Io& io, E& e) {
    io.field("pack", e.pack);
    io.field("computer", e.computer);
}

template <class Io, Is<entry::PackAssigned> E>
void entry_fields(Io& io, E& e) {
    io.field("pack", e.pack);
    io.optional("host", e.host);
}
template <class Io, Is<entry::QueueJoined> E>
void entry_fields(Io& io, E& e) {
    io.field("holder", e.holder);
    io.field("kind", e.kind);
    io.field("product", e.product);
    io.field("until", e.until);
}
template <class Io, Is<entry::QueueLeft> E>
void entry_fields(Io& io, E& e) {
    io.field("holder", e.holder);
    io.field("kind", e.kind);
    io.field("product", e.product);
}
// group_joined, group_left
template <class Io, class E>
requires(Is<E, entry::GroupJoined> || Is<E, entry::GroupLeft>) void entry_fields(Io& io, E& e) {
    io.field("group", e.group);
    io.field("member", e.member);
}
template <class Io, Is<entry::SeatsReserved> E>
void entry_fields(Io& io, E& e) {
    io.field("pack", e.pack);
    io.field("group", e.group);
    io.field("seats", e.seats);
}
template <class Io, Is<entry::DevicesMerged> E>
void entry_fields(Io& io, E& e) {
    io.field("device", e.device);
    io.field("into", e.into);
}
template <class Io, Is<entry::DeviceDoubted> E>
void entry_fields(Io& io, E& e) {
    io.field("device", e.device);
    io.field("like", e.like);
}
// device_separated, device_accepted
template <class Io, class E>
requires(Is<E, entry::DeviceSeparated> || Is<E, entry::DeviceAccepted>) void entry_fields(Io& io,
                                                                                          E& e) {
    io.field("device", e.device);
}

template <class Io, Is<entry::CalExpired> E>
void entry_fields(Io& io, E& e) {
    io.field("cal", e.cal);
}
template <class Io, Is<entry::CalRevoked> E>
void entry_fields(Io& io, E& e) {
    io.field("cal", e.cal);
    io.optional("why", e.why);
}

}  // namespace calm
