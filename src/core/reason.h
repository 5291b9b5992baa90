// Reason: why an admission, a pack or a verb was allowed or refused. One enumeration, ordered from
// what is looked at first to what is looked at last; numbers are part of the log and never change.
// Each has a title, a cause and a remedy in i18n/*.json under `reason.<name>`; a test fails if one
// is missing.
#pragma once

#include <cstdint>

#include "core/terms.h"

namespace calm {

enum class Reason : uint8_t {
    // allowed
    not_required = 1,                // the product asks for no CAL
    administration = 2,              // at most two people who administer the host
    host_service = 3,                // the host's own service account
    server_to_server = 4,            // one of the customer's own servers
    web_workload = 5,                // no person works there
    hpc_workload = 6,                // no person works there
    anonymous_access = 7,            // nobody signs in
    cal_held = 10,                   // holds a valid active CAL
    cal_renewed = 11,                // held, and its dates were renewed
    cal_moved = 12,                  // an over-use CAL found a seat
    cal_upgraded = 13,               // an older CAL was exchanged for one of a sufficient version
    cal_issued = 14,                 // took a free seat
    cal_temporary_held = 15,         // the temporary CAL still runs
    cal_temporary_issued = 16,       // a device's first days
    cal_overuse_held = 17,           // holds an over-use CAL
    cal_overuse_issued = 18,         // no seat was free; the rule admits
    cal_held_elsewhere = 19,         // another server of the vendor issued it
    initial_grace = 30,              // the host is in its initial grace
    offline_token = 31,              // no server answered; the holder's CAL token is valid
    offline_grace = 32,              // no server answered; the host is in its initial grace
    offline_outage = 33,             // no server answered; within the outage period
    offline_policy = 34,             // no server answered; the host's policy admits
    root_exempt = 35,                // root is never locked out
    console_without_cal = 36,        // the host's own console, counted short
    restore_window = 37,             // a backup was restored, and hosts are still awaited
    external_connector = 40,         // an outside user of a host that has a license for all of them
    core_licensed = 41,              // all cores of the host are licensed
    seat_taken = 50,                 // took a free concurrent seat
    seat_held = 51,                  // has a concurrent seat
    seat_extended = 52,              // has one, and its end was moved
    administration_over_seats = 53,  // an administrator, where all seats of the host are in use
    cal_on_loan = 60,                // a stand-in, on the CAL of somebody who is absent
    cal_lent_trusted = 61,           // its CAL is lent, and the product is never enforced
    quarantine_begun = 62,           // looks like a device that holds a CAL: some days, and no seat
    quarantine_held = 63,            // those days still run
    // refused
    product_unknown = 100,
    host_unknown = 101,
    mode_not_configured = 102,
    user_missing = 103,
    device_missing = 104,
    upgrade_prevented = 105,      // only newer CALs are free and the rule keeps them
    temporary_cal_expired = 106,  // the device's first days are over and no seat is free
    no_cal_available = 107,
    server_unreachable = 108,    // no server answered and nothing else admits
    station_unknown = 109,       // no such station at this host
    host_in_console_mode = 110,  // its stations are out of use
    server_not_activated = 111,  // packs would serve if a clearinghouse had certified the server
    // refused packs
    pack_malformed = 140,
    pack_altered = 141,
    pack_vendor_unknown = 142,
    pack_not_yet_valid = 143,
    pack_expired = 144,
    pack_already_installed = 145,
    pack_in_use = 146,  // removing it would leave holders without a seat
    pack_product_unknown = 147,
    pack_over_maximum = 148,   // more CALs than one license server may have of the product
    pack_revoked = 149,        // its vendor has taken it back
    pack_kind_not_sold = 150,  // its product is not sold in packs of this kind
    // refused verbs
    revoke_limit_reached = 160,
    revoke_needs_device_cal = 161,
    cal_not_live = 162,
    host_license_unavailable = 163,  // no license of this kind is left for the host
    installation_taken = 164,        // every installation is bound to another computer
    // refused concurrent seats
    seats_all_in_use = 170,       // every concurrent seat is in use
    seat_queued = 171,            // the same, and it waits in line
    host_seats_all_in_use = 172,  // every seat that counts at this host is in use
    seats_reserved = 173,         // what is free is kept for groups
    // refused while an administrator's verb says so
    cal_lent = 180,              // its CAL serves a stand-in
    look_alike_undecided = 181,  // the days of its quarantine are over, and nobody has decided
};

#define CALM_REASON(name) \
    { Reason::name, #name }
template <>
struct NamesOf<Reason> {
    static constexpr Names<Reason, 69> value{{CALM_REASON(not_required),
                                              CALM_REASON(administration),
                                              CALM_REASON(host_service),
                                              CALM_REASON(server_to_server),
                                              CALM_REASON(web_workload),
                                              CALM_REASON(hpc_workload),
                                              CALM_REASON(anonymous_access),
                                              CALM_REASON(cal_held),
                                              CALM_REASON(cal_renewed),
                                              CALM_REASON(cal_moved),
                                              CALM_REASON(cal_upgraded),
                                              CALM_REASON(cal_issued),
                                              CALM_REASON(cal_temporary_held),
                                              CALM_REASON(cal_temporary_issued),
                                              CALM_REASON(cal_overuse_held),
                                              CALM_REASON(cal_overuse_issued),
                                              CALM_REASON(cal_held_elsewhere),
                                              CALM_REASON(initial_grace),
                                              CALM_REASON(offline_token),
                                              CALM_REASON(offline_grace),
                                              CALM_REASON(offline_outage),
                                              CALM_REASON(offline_policy),
                                              CALM_REASON(root_exempt),
                                              CALM_REASON(console_without_cal),
                                              CALM_REASON(restore_window),
                                              CALM_REASON(external_connector),
                                              CALM_REASON(core_licensed),
                                              CALM_REASON(seat_taken),
                                              CALM_REASON(seat_held),
                                              CALM_REASON(seat_extended),
                                              CALM_REASON(administration_over_seats),
                                              CALM_REASON(cal_on_loan),
                                              CALM_REASON(cal_lent_trusted),
                                              CALM_REASON(quarantine_begun),
                                              CALM_REASON(quarantine_held),
                                              CALM_REASON(product_unknown),
                                              CALM_REASON(host_unknown),
                                              CALM_REASON(mode_not_configured),
                                              CALM_REASON(user_missing),
                                              CALM_REASON(device_missing),
                                              CALM_REASON(upgrade_prevented),
                                              CALM_REASON(temporary_cal_expired),
                                              CALM_REASON(no_cal_available),
                                              CALM_REASON(server_unreachable),
                                              CALM_REASON(station_unknown),
                                              CALM_REASON(host_in_console_mode),
                                              CALM_REASON(server_not_activated),
                                              CALM_REASON(pack_malformed),
                                              CALM_REASON(pack_altered),
                                              CALM_REASON(pack_vendor_unknown),
                                              CALM_REASON(pack_not_yet_valid),
                                              CALM_REASON(pack_expired),
                                              CALM_REASON(pack_already_installed),
                                              CALM_REASON(pack_in_use),
                                              CALM_REASON(pack_product_unknown),
                                              CALM_REASON(pack_over_maximum),
                                              CALM_REASON(pack_revoked),
                                              CALM_REASON(pack_kind_not_sold),
                                              CALM_REASON(revoke_limit_reached),
                                              CALM_REASON(revoke_needs_device_cal),
                                              CALM_REASON(cal_not_live),
                                              CALM_REASON(host_license_unavailable),
                                              CALM_REASON(installation_taken),
                                              CALM_REASON(seats_all_in_use),
                                              CALM_REASON(seat_queued),
                                              CALM_REASON(host_seats_all_in_use),
                                              CALM_REASON(seats_reserved),
                                              CALM_REASON(cal_lent),
                                              CALM_REASON(look_alike_undecided)}};
};
#undef CALM_REASON

constexpr bool allows(Reason reason) {
    return static_cast<uint8_t>(reason) < 100;
}
constexpr Verdict verdict_of(Reason reason) {
    return allows(reason) ? Verdict::allow : Verdict::deny;
}

}  // namespace calm
