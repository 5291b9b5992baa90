// Help out of the parser's tree.
#include "cli/help.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/table.h"

namespace calm::cli {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

constexpr size_t kLeftMax = 26;

// A name on the left, its text on the right; a long name has a line of its own.
std::string two_columns(const Rows& rows, size_t columns) {
    size_t left = 0;
    for (const auto& [name, text] : rows) {
        if (display_width(name) <= kLeftMax) left = std::max(left, display_width(name));
    }
    std::string out;
    for (const auto& [name, text] : rows) {
        const std::string block = wrap(text, columns, left + 4);
        const size_t width = display_width(name);
        // The block begins with left + 4 spaces, and the name takes the first of them.
        const bool same_line = width <= left && !block.empty();
        out += "  " + name + (same_line ? block.substr(width + 2) : "\n" + block);
    }
    return out;
}

std::string left_side(const CLI::Option* option) {
    if (option->get_positional() && option->get_lnames().empty()) return option->get_name();
    std::string out;
    for (const std::string& name : option->get_snames())
        out += "-" + name + ", ";
    for (const std::string& name : option->get_lnames())
        out += "--" + name;
    if (option->get_items_expected_max() > 0) out += " " + option->get_type_name();
    return out;
}

std::string right_side(const Parser& parser, const CLI::Option* option) {
    std::string out = option->get_description();
    const auto kind = parser.value_kinds().find(option);
    if (kind == parser.value_kinds().end() || kind->second.source != ValueKind::Source::choices) {
        return out;
    }
    std::string all;
    for (const std::string& choice : kind->second.choices)
        all += (all.empty() ? "" : ", ") + choice;
    return out + " (" + all + ")";
}

Rows option_rows(const Parser& parser, const CLI::App* app, bool positional) {
    Rows rows;
    for (const CLI::Option* option : app->get_options()) {
        if (option->get_positional() == positional && option != app->get_help_ptr()) {
            rows.emplace_back(left_side(option), right_side(parser, option));
        }
    }
    return rows;
}

std::string section(std::string_view key, const std::string& body, Language language) {
    if (body.empty()) return {};
    return "\n" + std::string(message(language, "cli.help." + std::string(key))) + "\n" + body;
}

std::string paragraphs(std::string_view text, size_t columns) {
    std::string out;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        out += end == 0 ? "\n" : wrap(text.substr(0, end), columns, 0);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string examples(const Command& command) {
    std::string out;
    std::string_view rest = command.examples;
    while (!rest.empty()) {
        const size_t end = std::min(rest.find('\n'), rest.size());
        out += "  $ " + std::string(rest.substr(0, end)) + "\n";
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

}  // namespace

std::string usage_line(const Parser& parser, const CLI::App* app, Language language) {
    std::string line = "calm";
    if (const std::string path = Parser::path_of(app); !path.empty()) line += " " + path;
    if (parser.command(app) == nullptr) {
        return line + " " + std::string(message(language, "cli.help.command_word"));
    }
    const auto own = app->get_options([app](const CLI::Option* option) {
        return !option->get_positional() && option != app->get_help_ptr();
    });
    if (!own.empty()) line += " " + std::string(message(language, "cli.help.options_word"));
    for (const CLI::Option* option : app->get_options()) {
        if (!option->get_positional()) continue;
        line += option->get_required() ? " " + option->get_name() : " [" + option->get_name() + "]";
    }
    return line;
}

std::string help_text(const Parser& parser, const CLI::App* app, Language language,
                      size_t columns) {
    const std::string path = Parser::path_of(app);
    const std::string key = path.empty() ? "cli.calm" : text_key(path);
    std::string out = wrap(message(language, key + ".summary"), columns, 0);
    if (has_message(language, key + ".about")) {
        out += "\n" + paragraphs(message(language, key + ".about"), columns);
    }
    out += section("usage", "  " + usage_line(parser, app, language) + "\n", language);

    Rows below;
    for (const CLI::App* each : app->get_subcommands([](const CLI::App*) { return true; }))
        below.emplace_back(each->get_name(), each->get_description());
    out += section("commands", two_columns(below, columns), language);
    if (!path.empty()) {
        out += section("arguments", two_columns(option_rows(parser, app, true), columns), language);
        out += section("options", two_columns(option_rows(parser, app, false), columns), language);
    }
    if (const Command* command = parser.command(app)) {
        out += section("examples", examples(*command), language);
    }
    if (path.empty()) {
        Rows global = option_rows(parser, &parser.app(), false);
        global.emplace_back("-h, --help", message(language, "cli.option.help"));
        out += section("options", two_columns(global, columns), language);
        out += "\n" + paragraphs(message(language, "cli.help.codes"), columns);
    } else {
        out += "\n" + wrap(message(language, "cli.help.global"), columns, 0);
    }
    return out;
}

}  // namespace calm::cli
