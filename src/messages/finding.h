// Finding: what a doctor says of one thing that it looked at, with the mend, for people and for
// programs. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "messages/messages.h"

namespace calm {

struct Finding {
    enum class Level { good, note, warning, bad };

    std::string check;  // "disk", "clock" …: stable, for scripts
    Level level = Level::good;
    std::string key;  // its text, and `<key>_mend` unless good
    std::vector<std::pair<std::string, std::string>> values;  // for both texts
};

using Findings = std::vector<Finding>;

std::string_view level_name(Finding::Level level);

// The worst of them; good when there is none.
Finding::Level worst_of(const Findings& findings);

// How findings are told: in which language, out of which part of the catalogue
// ("cli.doctor": the texts `cli.doctor.<key>`), and on what they are shown.
struct Telling {
    Language language = Language::en;
    std::string_view texts;
    bool color = false;
    size_t columns = 80;
};

// A line each, and the mend under it.
std::string told(const Findings& findings, const Telling& telling);

// {"level":…,"checks":[{"check":…,"level":…,"finding":…,"sentence":…,"mend":…}]}
boost::json::object to_json(const Findings& findings, const Telling& telling);

}  // namespace calm
