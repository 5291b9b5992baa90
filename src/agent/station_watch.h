// StationWatch: keeps the places to work at this host registered as stations at its license server,
// and opens and closes their CALs as sessions come and go. It sees through the eyes that it is
// given: logind's and libvirt's, or a test's. It never ends a session: a station without a CAL is
// counted and told.
//
// Threads: round() from one at a time; the others from any. No lock is held while somebody is
// asked.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/places.h"
#include "base/result.h"
#include "client/client.h"

namespace calm {

struct Eyes {
    std::function<Result<SeatsSeen>()> seats;
    std::function<Result<std::vector<Desktop>>(const std::string& connection)> desktops;
};

// Those of this machine.
Eyes own_eyes();

// What a station's sessions are marked with, in the place of a PAM service.
inline constexpr std::string_view kWatchedSession = "[stations]";

class StationWatch {
  public:
    // Both outlive it. A station's session that an earlier agent opened goes on.
    StationWatch(const StationsConfig& config, Client& client, Eyes eyes);

    // Looks, tells, opens and closes; `boot` is the boot clock. Blocks as long as a server does, 5
    // seconds for each at most, and while virsh runs.
    void round(Seconds boot);

    // Makes a station known that the server did not know a moment ago: a place that is seen, or a
    // client of a service that host.toml counts (`remote`). True: now it is.
    bool make_known(const std::string& station, bool remote, std::chrono::milliseconds timeout);

    // The name of the station that is the host's own.
    std::string console() const;

    struct Shown {
        Place place;
        bool registered = false;
        bool seen = false;  // now; one that is registered and was not seen was unplugged
        bool has_cal = false;
        std::optional<Reason> reason;  // of what was asked for it while it is in use
    };
    struct Status {
        std::vector<Shown> stations;
        bool console_mode = false;
        std::vector<std::string> troubles;  // what could not be seen or told
    };
    Status status() const;

  private:
    enum class Task : uint8_t { seats, desktops, telling };
    struct Open {
        std::optional<Reason> reason;
        Seconds again;  // when it is asked for again, boot clock
    };

    void look(Seconds boot);
    void close_unused();
    bool tell(Seconds boot);
    void open_used(Seconds boot);
    std::optional<std::string> next_to_open(Seconds boot) const;
    Result<> report(const wire::StationReport& told, std::chrono::milliseconds timeout);
    wire::StationReport report_of_now() const;
    void note(Task task, const Result<>& done);
    void set_places(const SeatsSeen& seen);
    AdmissionAsk ask_of(const std::string& station) const;
    std::string console_locked() const;

    const StationsConfig& config_;
    Client& client_;
    const Eyes eyes_;

    // round()'s own.
    Seconds desktops_due_;
    Seconds tell_due_;

    mutable std::mutex mutex_;  // guards all that follows
    std::vector<Desktop> desktops_;
    bool desktops_known_ = false;  // the list is libvirt's of just now
    std::vector<Place> places_;
    std::set<std::string> clients_;  // that asked at a door which counts them
    wire::HostStations known_;
    std::optional<wire::StationReport> told_;  // that the server has taken
    std::map<std::string, Open> open_;
    std::map<Task, std::string> troubles_;
};

}  // namespace calm
