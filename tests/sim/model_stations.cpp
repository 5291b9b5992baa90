// The model's stations: where they are, what they show, and which is the host itself.
#include "model.h"

namespace calm::sim {

using scenario::Admit;
using scenario::Observed;

std::string Model::place_holder(const std::string& station) const {
    return "station/" + std::to_string(places_.at(station).life);
}

void Model::leave(const std::string& desktop) {
    for (auto& [name, place] : places_) {
        if (place.shows == desktop) place.shows.clear();
    }
}

Observed Model::on(const scenario::SetStation& step) {
    const auto found = places_.find(step.name);
    const bool known = found != places_.end() && !found->second.removed;
    const auto return_all = [&](const std::string& holder) {
        for (Cal& cal : cals_) {
            if (cal.holder == holder) cal.gone = true;
        }
    };
    if (step.removed) {
        if (!known) return refused("station_unknown");
        leave(step.name);
        return_all(place_holder(step.name));
        found->second.removed = true;
        return {};
    }
    Place wanted =
        known ? found->second
              : Place{std::string(scenario::kImplicitHost), -1, StationKind::local, "", -1};
    if (step.host) wanted.host = *step.host;
    if (wanted.host == scenario::kImplicitHost) meet_implicit_host();
    if (step.kind) wanted.kind = *step.kind;
    if (step.shows) wanted.shows = *step.shows;
    if (step.shows && !step.shows->empty() && !places_.contains(*step.shows))
        return refused("station_unknown");
    const auto host = hosts_.find(wanted.host);
    if (host == hosts_.end() || host->second.removed) return refused("host_unknown");
    if (!known || step.host) wanted.number = host->second.number;
    if (wanted.number != host->second.number) return refused("host_unknown");
    if (!wanted.shows.empty()) {
        const Place& shown = places_.at(wanted.shows);
        if (shown.removed || shown.kind != StationKind::virtual_desktop ||
            shown.number != wanted.number || wanted.kind == StationKind::virtual_desktop)
            return refused("station_shows_no_desktop");
    }
    for (const auto& [name, place] : places_) {
        if (wanted.kind == StationKind::console && place.kind == wanted.kind && !place.removed &&
            place.number == wanted.number && name != step.name)
            return refused("station_console_exists");
    }
    if (known) {
        const Place& before = found->second;
        if (before.kind == StationKind::virtual_desktop &&
            (wanted.kind != before.kind || wanted.number != before.number))
            leave(step.name);
        if (before.shows.empty() && !wanted.shows.empty()) return_all(place_holder(step.name));
    } else {
        wanted.life = next_life_++;
    }
    places_[step.name] = wanted;
    if (!step.renamed.empty()) {
        places_[step.renamed] = places_[step.name];
        places_.erase(step.name);
        for (auto& [name, place] : places_) {
            if (place.shows == step.name) place.shows = step.renamed;
        }
    }
    return {};
}

bool Model::at_console(const Admit& q) const {
    const auto place = places_.find(q.station);
    const auto host = hosts_.find(q.host);
    return place != places_.end() && host != hosts_.end() && !host->second.removed &&
           !place->second.removed && place->second.kind == StationKind::console &&
           place->second.number == host->second.number;
}

}  // namespace calm::sim
