// calm station list | add | show | set | remove
#include <optional>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

struct Options {
    std::string station;
    std::optional<std::string> host;
    std::optional<std::string> kind;
    std::optional<std::string> shows;
    std::optional<std::string> name;
    bool shows_nothing = false;
};

constexpr const char* kFields[] = {"station", "name", "host", "host_name", "kind", "shows", "cals"};

boost::json::object body_of(const Options& options) {
    boost::json::object body;
    if (options.name) body["name"] = *options.name;
    if (options.host) body["host"] = *options.host;
    if (options.kind) body["kind"] = *options.kind;
    if (options.shows) body["shows"] = *options.shows;
    if (options.shows_nothing) body["shows"] = "";
    return body;
}

std::string cals_of(const boost::json::value& station) {
    std::string text;
    for (const auto& cal : array_at(station, "cals"))
        text += (text.empty() ? "" : " ") + std::to_string(cal.to_number<int64_t>());
    return text;
}

Exit list(Call& call, const Options& options) {
    const std::string path =
        options.host ? "/v1/stations?host=" + url_escape(*options.host) : "/v1/stations";
    return present(call, call.get(path), [&](const boost::json::value& answer) {
        Table table({{call.text("column.station"), true},
                     {call.text("column.name")},
                     {call.text("column.host")},
                     {call.text("column.kind")},
                     {call.text("column.shows"), true},
                     {call.text("column.cal"), true}});
        for (const auto& station : array_at(answer, "stations")) {
            table.add({text_at(station, "station"), text_at(station, "name"),
                       text_at(station, "host_name"), text_at(station, "kind"),
                       text_at(station, "shows"), cals_of(station)});
        }
        call.print_table(table);
    });
}

Exit show_answer(Call& call, const Result<boost::json::value>& answer) {
    return present(call, answer, [&](const boost::json::value& station) {
        std::vector<std::pair<std::string, std::string>> rows;
        for (const char* name : kFields) {
            rows.emplace_back(
                name, std::string_view(name) == "cals" ? cals_of(station) : text_at(station, name));
        }
        call.print(fact_lines(rows));
    });
}

std::string path_of(const std::string& station) {
    return "/v1/stations/" + url_escape(station);
}

Exit set(Call& call, const Options& options) {
    const boost::json::object change = body_of(options);
    if (change.empty()) return call.fail({"usage", call.text("usage.nothing_to_change")});
    return show_answer(call, change_at(call, path_of(options.station), change));
}

Exit remove(Call& call, const std::string& station) {
    if (const auto agreed = call.confirm("command.station.remove.question", {{"station", station}});
        !agreed) {
        return call.fail(agreed.error());
    }
    return present(call, remove_at(call, path_of(station)), [&](const boost::json::value&) {
        call.say("command.station.remove.done", {{"station", station}});
    });
}

}  // namespace

Action declare_station_list(Form& form) {
    auto& options = form.make<Options>();
    form.option("--host", "HOST", options.host);
    return [&options](Call& call) { return list(call, options); };
}

Action declare_station_add(Form& form) {
    auto& options = form.make<Options>();
    auto& name = form.make<std::string>();
    auto& host = form.make<std::string>();
    form.argument("NAME", name);
    form.argument("HOST", host);
    form.only_names_of<StationKind>(form.option("--kind", "KIND", options.kind));
    form.option("--shows", "DESKTOP", options.shows);
    return [&](Call& call) {
        options.name = name;
        options.host = host;
        return show_answer(call, post(call, "/v1/stations", body_of(options)));
    };
}

Action declare_station_show(Form& form) {
    auto& station = form.make<std::string>();
    form.argument("STATION", station);
    return [&station](Call& call) { return show_answer(call, call.get(path_of(station))); };
}

Action declare_station_set(Form& form) {
    auto& options = form.make<Options>();
    form.argument("STATION", options.station);
    form.option("--name", "NAME", options.name);
    form.option("--host", "HOST", options.host);
    form.only_names_of<StationKind>(form.option("--kind", "KIND", options.kind));
    form.option("--shows", "DESKTOP", options.shows);
    form.flag("--shows-nothing", options.shows_nothing);
    return [&options](Call& call) { return set(call, options); };
}

Action declare_station_remove(Form& form) {
    auto& station = form.make<std::string>();
    form.argument("STATION", station);
    return [&station](Call& call) { return remove(call, station); };
}

}  // namespace calm::cli
