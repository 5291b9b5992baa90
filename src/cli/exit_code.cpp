// Errors and reasons to exit codes.
#include "cli/exit_code.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace calm::cli {
namespace {

using Row = std::pair<std::string_view, Exit>;

// What a code means whatever status it came with, and what codes mean that come without one.
constexpr std::array kByCode{
    Row{"server_unreachable", Exit::unreachable},
    Row{"server_untrusted", Exit::unreachable},
    Row{"unavailable", Exit::unreachable},
    Row{"clearinghouse_unreachable", Exit::unreachable},
    Row{"revoke_limit_reached", Exit::denied},
    Row{"revoke_needs_device_cal", Exit::denied},
    Row{"pack_vendor_unknown", Exit::denied},
    Row{"request_id_reused", Exit::conflict},
    Row{"pack_in_use", Exit::conflict},
    Row{"pack_already_installed", Exit::conflict},
    Row{"pack_not_movable", Exit::conflict},
    Row{"pack_bound", Exit::denied},
    Row{"cal_not_live", Exit::conflict},
    Row{"loan_unknown", Exit::conflict},
    Row{"database_exists", Exit::conflict},
    Row{"database_in_use", Exit::conflict},
    Row{"file_exists", Exit::conflict},
    Row{"not_confirmed", Exit::usage},
    Row{"input_needed", Exit::usage},
    Row{"usage", Exit::usage},
    Row{"file_not_found", Exit::not_found},
    Row{"file_forbidden", Exit::denied},
    Row{"directory_missing", Exit::not_found},
    Row{"database_unwritable", Exit::denied},
    Row{"client_file_unwritable", Exit::denied},
    Row{"product_file_malformed", Exit::usage},
    Row{"explanation_unknown", Exit::not_found},
};

// What somebody else has written, and not the person at the keyboard.
bool is_of_document(std::string_view code) {
    return std::ranges::any_of(
        std::array{"pack_", "activation_", "clearinghouse_", "status_list_", "readout_"},
        [&](const char* start) { return code.starts_with(start); });
}

}  // namespace

Exit exit_of(const Error& error, int status) {
    const auto* const row = std::ranges::find(kByCode, error.code, &Row::first);
    if (row != kByCode.end()) return row->second;
    if (error.code.ends_with("_unknown")) return Exit::not_found;
    switch (status) {
        case 0: break;
        case 400:
        case 422: return is_of_document(error.code) ? Exit::error : Exit::usage;
        case 401:
        case 403: return Exit::denied;
        case 404: return Exit::not_found;
        case 409:
        case 412:
        case 428: return Exit::conflict;
        default: return Exit::error;
    }
    // Found before anything was sent: a value that cannot be read.
    return error.code.starts_with("bad_") ? Exit::usage : Exit::error;
}

Exit exit_of(Reason reason) {
    if (allows(reason)) return Exit::ok;
    switch (reason) {
        case Reason::no_cal_available:
        case Reason::seats_all_in_use:
        case Reason::seat_queued:
        case Reason::host_seats_all_in_use:
        case Reason::seats_reserved:
        case Reason::temporary_cal_expired:
        case Reason::server_not_activated:
        case Reason::upgrade_prevented: return Exit::no_cal;
        case Reason::product_unknown:
        case Reason::host_unknown:
        case Reason::station_unknown: return Exit::not_found;
        case Reason::server_unreachable: return Exit::unreachable;
        default: return Exit::denied;
    }
}

}  // namespace calm::cli
