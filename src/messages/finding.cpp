// Findings as text and as JSON.
#include "messages/finding.h"

#include <algorithm>

#include <boost/json/array.hpp>

#include "messages/detail.h"
#include "messages/shown_text.h"

namespace calm {
namespace {

using Level = Finding::Level;

// As message() replaces names, for values that are known at run time only. `why` is a detail.
std::string filled(std::string text, const Finding& finding, Language language) {
    for (const auto& [name, given] : finding.values) {
        const std::string value = name == "why" ? translated_detail(language, given) : given;
        const std::string slot = "{" + name + "}";
        for (size_t at = text.find(slot); at != std::string::npos;
             at = text.find(slot, at + value.size())) {
            text.replace(at, slot.size(), value);
        }
    }
    return text;
}

std::string text_of(const Finding& finding, const Telling& telling, std::string_view end) {
    const std::string key = std::string(telling.texts) + "." + finding.key + std::string(end);
    return filled(std::string(message(telling.language, key)), finding, telling.language);
}

std::string mend(const Finding& finding, const Telling& telling) {
    return finding.level == Level::good ? std::string() : text_of(finding, telling, "_mend");
}

const char* paint(Level level) {
    switch (level) {
        case Level::bad: return "\x1b[31m";
        case Level::warning: return "\x1b[33m";
        case Level::good: return "\x1b[32m";
        case Level::note: break;
    }
    return "";
}

}  // namespace

std::string_view level_name(Level level) {
    switch (level) {
        case Level::good: return "good";
        case Level::note: return "note";
        case Level::warning: return "warning";
        case Level::bad: return "bad";
    }
    return "?";
}

Level worst_of(const Findings& findings) {
    return findings.empty() ? Level::good : std::ranges::max(findings, {}, &Finding::level).level;
}

std::string told(const Findings& findings, const Telling& telling) {
    size_t width = 0;
    for (const Finding& finding : findings)
        width = std::max(width, finding.check.size());
    std::string out;
    for (const Finding& finding : findings) {
        const std::string_view word =
            message(telling.language, "cli.doctor.level." + std::string(level_name(finding.level)));
        const std::string_view color = telling.color ? paint(finding.level) : "";
        out += color;
        out += word;
        out += std::string(10 - std::min<size_t>(display_width(word), 9), ' ');
        if (!color.empty()) out += "\x1b[0m";
        out += finding.check + std::string(width - finding.check.size() + 2, ' ') +
               printable(text_of(finding, telling, "")) + "\n";
        if (const std::string what = mend(finding, telling); !what.empty())
            out += wrap(printable(what), telling.columns, 10);
    }
    return out;
}

boost::json::object to_json(const Findings& findings, const Telling& telling) {
    boost::json::array checks;
    for (const Finding& finding : findings) {
        boost::json::object check{{"check", finding.check},
                                  {"level", level_name(finding.level)},
                                  {"finding", finding.key},
                                  {"sentence", text_of(finding, telling, "")}};
        if (const std::string what = mend(finding, telling); !what.empty()) check["mend"] = what;
        checks.push_back(std::move(check));
    }
    return {{"level", level_name(worst_of(findings))}, {"checks", std::move(checks)}};
}

}  // namespace calm
