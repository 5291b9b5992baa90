// One round a second, by the agent's keeper.
#include "agent/station_watch.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "agent/desktops.h"
#include "agent/seats.h"

namespace calm {
namespace {

using std::chrono::milliseconds;

constexpr Seconds kDesktopsEvery = seconds(10);
constexpr Seconds kTellEvery = minutes(1);  // an administrator's changes come with the answer
constexpr Seconds kTellAgainAfter = seconds(5);
constexpr Seconds kAskAgainAfter = minutes(1);  // for a station without a CAL
constexpr Seconds kRenewAfter = days(1);        // for one with: it is renewed while it is in use
constexpr milliseconds kAskTimeout{2000};

Seconds after(Seconds boot, Seconds pause) {
    return {boot.count + pause.count};
}

template <class T>
Result<> result_of(const Result<T>& result) {
    if (!result) return std::unexpected(result.error());
    return {};
}

SessionMarks marks() {
    return {.service = std::string(kWatchedSession), .leader = {}};
}

}  // namespace

Eyes own_eyes() {
    return {.seats = look_at_seats, .desktops = look_at_desktops};
}

StationWatch::StationWatch(const StationsConfig& config, Client& client, Eyes eyes)
    : config_(config), client_(client), eyes_(std::move(eyes)) {
    for (const HostSession& session : client.status().state.sessions) {
        if (session.marks.service == kWatchedSession)
            open_[session.ask.station] = {.reason = Reason::cal_held, .again = {}};
    }
}

void StationWatch::round(Seconds boot) {
    look(boot);
    close_unused();
    if (tell(boot)) open_used(boot);
}

// What cannot be seen now is as it was: nobody's CAL goes because libvirt is being restarted.
void StationWatch::look(Seconds boot) {
    if (!config_.desktops.empty() && boot >= desktops_due_) {
        auto desktops = eyes_.desktops(config_.desktops);
        desktops_due_ = after(boot, kDesktopsEvery);
        note(Task::desktops, result_of(desktops));
        const std::scoped_lock lock(mutex_);
        desktops_known_ = desktops.has_value();
        if (desktops) desktops_ = std::move(*desktops);
    }
    const auto seen = eyes_.seats();
    note(Task::seats, result_of(seen));
    if (!seen) return;
    const std::scoped_lock lock(mutex_);
    set_places(*seen);
}

// REQUIRES: mutex_ is held.
void StationWatch::set_places(const SeatsSeen& seen) {
    places_ = places_of(config_, seen, desktops_);
    for (Place& place : places_) {
        if (place.kind == StationKind::console) place.name = console_locked();
    }
}

void StationWatch::close_unused() {
    std::vector<std::string> closed;
    {
        const std::scoped_lock lock(mutex_);
        std::erase_if(open_, [&](const auto& each) {
            const auto place = std::ranges::find(places_, each.first, &Place::name);
            if (place != places_.end() && place->in_use) return false;
            if (each.second.reason && allows(*each.second.reason)) closed.push_back(each.first);
            return true;
        });
    }
    for (const std::string& station : closed) {
        client_.ended(ask_of(station), marks());
        spdlog::info("station `{}` is not in use any more", station);
    }
}

wire::StationReport StationWatch::report_of_now() const {
    const std::scoped_lock lock(mutex_);
    wire::StationReport told{.stations = {}, .all_desktops = desktops_known_};
    const auto add = [&](const std::string& name, StationKind kind) {
        if (told.stations.size() < wire::kStationsMax) told.stations.push_back({name, kind});
    };
    for (const Place& place : places_)
        add(place.name, place.kind);
    for (const std::string& client : clients_) {
        if (std::ranges::find(places_, client, &Place::name) == places_.end())
            add(client, StationKind::remote);
    }
    return told;
}

// False: no server answers.
bool StationWatch::tell(Seconds boot) {
    const wire::StationReport now = report_of_now();
    {
        const std::scoped_lock lock(mutex_);
        const bool changed = !told_ || *told_ != now;
        // After a failure it waits a little, changed or not.
        const bool waits = boot < tell_due_;
        if (waits && (!changed || !told_)) return told_.has_value();
    }
    const auto done = report(now, milliseconds(5'000));
    note(Task::telling, done);
    tell_due_ = after(boot, done ? kTellEvery : kTellAgainAfter);
    return done.has_value();
}

Result<> StationWatch::report(const wire::StationReport& told, milliseconds timeout) {
    auto known = client_.report_stations(told, timeout);
    const std::scoped_lock lock(mutex_);
    if (!known) {
        told_.reset();
        return std::unexpected(known.error());
    }
    told_ = told;
    known_ = std::move(*known);
    return {};
}

// Said when it changes.
void StationWatch::note(Task task, const Result<>& done) {
    const std::scoped_lock lock(mutex_);
    if (done) {
        troubles_.erase(task);
        return;
    }
    std::string text = fmt::format("{}: {}", done.error().code, done.error().detail);
    std::string& before = troubles_[task];
    if (text != before) spdlog::warn("stations: {}", text);
    before = std::move(text);
}

AdmissionAsk StationWatch::ask_of(const std::string& station) const {
    return {.product = config_.product, .user = {}, .device = {}, .station = station};
}

// A station in use for which it is time to ask.
std::optional<std::string> StationWatch::next_to_open(Seconds boot) const {
    const std::scoped_lock lock(mutex_);
    for (const Place& place : places_) {
        const bool usable = place.kind == StationKind::console || !known_.console_mode;
        const bool known =
            std::ranges::find(known_.stations, place.name, &wire::HostStations::Known::name) !=
            known_.stations.end();
        const auto open = open_.find(place.name);
        if (place.in_use && usable && known &&
            (open == open_.end() || boot >= open->second.again)) {
            return place.name;
        }
    }
    return {};
}

void StationWatch::open_used(Seconds boot) {
    if (config_.product.empty()) return;
    while (const auto station = next_to_open(boot)) {
        const AdmissionAsk ask = ask_of(*station);
        const auto admission =
            client_.ask_servers(ask, std::chrono::steady_clock::now() + kAskTimeout);
        if (!admission) return;
        const bool admitted = allows(admission->reason);
        std::optional<Reason> before;
        {
            const std::scoped_lock lock(mutex_);
            Open& open = open_[*station];
            before = open.reason;
            open = {.reason = admission->reason,
                    .again = after(boot, admitted ? kRenewAfter : kAskAgainAfter)};
            tell_due_ = boot;  // whether it has a CAL comes with the answer
        }
        if (admitted) client_.runs(ask, marks());
        if (before == admission->reason) continue;
        spdlog::log(admitted ? spdlog::level::info : spdlog::level::warn,
                    "station `{}` is in use: {} {}", *station,
                    name_of(verdict_of(admission->reason)), name_of(admission->reason));
    }
}

bool StationWatch::make_known(const std::string& station, bool remote, milliseconds timeout) {
    const auto seen = eyes_.seats();
    {
        const std::scoped_lock lock(mutex_);
        if (remote && clients_.size() < wire::kStationsMax) clients_.insert(station);
        if (seen) set_places(*seen);
    }
    const wire::StationReport now = report_of_now();
    if (std::ranges::find(now.stations, station, &wire::StationReport::Seen::name) ==
        now.stations.end()) {
        return false;
    }
    if (!report(now, timeout)) return false;
    const std::scoped_lock lock(mutex_);
    return std::ranges::find(known_.stations, station, &wire::HostStations::Known::name) !=
           known_.stations.end();
}

std::string StationWatch::console() const {
    const std::scoped_lock lock(mutex_);
    return console_locked();
}

// REQUIRES: mutex_ is held. An administrator may have called it otherwise.
std::string StationWatch::console_locked() const {
    const auto known =
        std::ranges::find(known_.stations, StationKind::console, &wire::HostStations::Known::kind);
    return known == known_.stations.end() ? std::string(kOwnSeat) : known->name;
}

StationWatch::Status StationWatch::status() const {
    const auto sessions = client_.status().state.sessions;
    const std::scoped_lock lock(mutex_);
    Status status{.stations = {}, .console_mode = known_.console_mode, .troubles = {}};
    for (const auto& [task, text] : troubles_)
        status.troubles.push_back(text);
    for (const Place& place : places_)
        status.stations.push_back({.place = place, .seen = true});
    for (const auto& known : known_.stations) {
        auto shown = std::ranges::find(status.stations, known.name,
                                       [](const Shown& each) { return each.place.name; });
        if (shown == status.stations.end()) {
            status.stations.push_back({.place = {.name = known.name}});
            shown = std::prev(status.stations.end());
        }
        shown->place.kind = known.kind;
        shown->registered = true;
        shown->has_cal = known.has_cal;
    }
    for (Shown& shown : status.stations) {
        shown.place.in_use =
            shown.place.in_use || std::ranges::any_of(sessions, [&](const HostSession& session) {
                return session.ask.station == shown.place.name;
            });
        const auto open = open_.find(shown.place.name);
        if (open != open_.end()) shown.reason = open->second.reason;
    }
    return status;
}

}  // namespace calm
