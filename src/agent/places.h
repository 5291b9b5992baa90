// Places: which places to work at this host are stations, and which are in use, from what logind
// and libvirt show and what host.toml says. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/host_config.h"
#include "core/terms.h"

namespace calm {

// A session of somebody who works here, as logind knows it.
struct SeatSession {
    std::string seat;  // empty: at none
    std::string tty;
    std::string service;      // of PAM
    std::string remote_host;  // empty: not from elsewhere

    bool operator==(const SeatSession&) const = default;
};

struct SeatsSeen {
    std::vector<std::string> seats;
    std::vector<SeatSession> sessions;

    bool operator==(const SeatsSeen&) const = default;
};

// A machine of libvirt's.
struct Desktop {
    std::string name;
    bool runs = false;

    bool operator==(const Desktop&) const = default;
};

struct Place {
    std::string name;
    StationKind kind = StationKind::local;
    bool in_use = false;

    bool operator==(const Place&) const = default;
};

// The seat that logind calls the machine's own: its screen and its virtual terminals.
inline constexpr std::string_view kOwnSeat = "seat0";

// Each once, by kind as they stand here: seats, halves of split ones, terminals, clients, desktops.
// What cannot be a name is left out.
std::vector<Place> places_of(const StationsConfig& config, const SeatsSeen& seen,
                             const std::vector<Desktop>& desktops);

// The other half of a seat whose screen is split.
std::string second_half_of(std::string_view seat);

// A line without its directory: "tty1" of "/dev/tty1".
std::string_view line_name(std::string_view tty);

// The seat that a login is at before logind knows of it: XDG_SEAT, else what the line says. Empty:
// at none.
std::string seat_of_login(std::string_view xdg_seat, std::string_view tty,
                          const StationsConfig* config);

}  // namespace calm
