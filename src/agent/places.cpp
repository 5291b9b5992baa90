// From seats, lines, clients and desktops to stations.
#include "agent/places.h"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "wire/fields.h"
#include "wire/host_json.h"

namespace calm {
namespace {

// Whether a license server takes it, and JSON carries it.
bool is_name(std::string_view text) {
    if (text.empty() || text.size() > wire::kNameBytesMax) return false;
    if (text.front() == ' ' || text.back() == ' ') return false;
    const bool control = std::ranges::any_of(
        text, [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == '\x7F'; });
    std::string quoted;
    wire::append_json_string(quoted, text);
    boost::system::error_code error;
    boost::json::parse(quoted, error);
    return !control && !error;
}

// A virtual terminal of the machine: tty1 to tty63.
bool is_own_terminal(std::string_view line) {
    constexpr std::string_view kBegin = "tty";
    if (!line.starts_with(kBegin)) return false;
    const std::string_view number = line.substr(kBegin.size());
    return !number.empty() && number.size() <= 2 &&
           number.find_first_not_of("0123456789") == std::string_view::npos && number != "0";
}

class Places {
  public:
    void add(std::string name, StationKind kind, bool in_use) {
        const auto same = std::ranges::find(places_, name, &Place::name);
        if (same != places_.end()) {
            same->in_use = same->in_use || in_use;
        } else if (is_name(name) && places_.size() < wire::kStationsMax) {
            places_.push_back({std::move(name), kind, in_use});
        }
    }
    std::vector<Place> take() { return std::move(places_); }

  private:
    std::vector<Place> places_;
};

}  // namespace

std::vector<Place> places_of(const StationsConfig& config, const SeatsSeen& seen,
                             const std::vector<Desktop>& desktops) {
    Places places;
    const auto anybody = [&](std::string SeatSession::*field, std::string_view value) {
        return std::ranges::any_of(seen.sessions, [&](const SeatSession& session) {
            return line_name(session.*field) == value;
        });
    };
    // It is there whether or not logind runs.
    if (config.console) {
        places.add(std::string(kOwnSeat), StationKind::console,
                   anybody(&SeatSession::seat, kOwnSeat));
    }
    for (const std::string& seat : seen.seats) {
        if (seat == kOwnSeat) continue;
        places.add(seat, StationKind::local, anybody(&SeatSession::seat, seat));
        // Who sits at the other half is PAM's to say: logind has one seat.
        if (std::ranges::find(config.split, seat) != config.split.end())
            places.add(second_half_of(seat), StationKind::local, false);
    }
    for (const std::string& line : config.terminals) {
        const std::string_view name = line_name(line);
        places.add(std::string(name), StationKind::local, anybody(&SeatSession::tty, name));
    }
    for (const SeatSession& session : seen.sessions) {
        const bool counts =
            !session.remote_host.empty() &&
            std::ranges::find(config.remote, session.service) != config.remote.end();
        if (counts) places.add(session.remote_host, StationKind::remote, true);
    }
    for (const Desktop& desktop : desktops)
        places.add(desktop.name, StationKind::virtual_desktop, desktop.runs);
    return places.take();
}

std::string second_half_of(std::string_view seat) {
    return std::string(seat) + "-b";
}

std::string_view line_name(std::string_view tty) {
    constexpr std::string_view kDevices = "/dev/";
    return tty.substr(tty.starts_with(kDevices) ? kDevices.size() : 0);
}

std::string seat_of_login(std::string_view xdg_seat, std::string_view tty,
                          const StationsConfig* config) {
    if (!xdg_seat.empty()) return std::string(xdg_seat);
    const std::string_view line = line_name(tty);
    if (is_own_terminal(line)) return std::string(kOwnSeat);
    const bool is_station =
        config != nullptr && std::ranges::any_of(config->terminals, [&](const std::string& each) {
            return line_name(each) == line;
        });
    return is_station && !line.empty() ? std::string(line) : std::string();
}

}  // namespace calm
