// Options and arguments, with their texts.
#include "cli/command.h"

#include <algorithm>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace calm::cli {

std::string text_key(std::string_view path) {
    std::string key = "cli.command." + std::string(path);
    std::ranges::replace(key, ' ', '.');
    return key;
}

CLI::Option* Form::add_argument(const std::string& name, Target into, bool required) {
    CLI::Option* const made =
        std::visit([&](auto* value) { return app_.add_option(name, *value); }, into);
    return describe(made, name)->required(required)->type_name("");
}

CLI::Option* Form::add_option(const std::string& spelling, const std::string& value, Target into,
                              bool required) {
    CLI::Option* const made =
        std::visit([&](auto* target) { return app_.add_option(spelling, *target); }, into);
    if (std::holds_alternative<std::vector<std::string>*>(into)) made->allow_extra_args(false);
    if (value == "FILE") kinds_[made] = {ValueKind::Source::file, {}};
    if (value == "DIRECTORY") kinds_[made] = {ValueKind::Source::directory, {}};
    return describe(made, spelling)->required(required)->type_name(value);
}

CLI::Option* Form::flag(const std::string& spelling, bool& into) {
    return describe(app_.add_flag(spelling, into), spelling);
}

CLI::Option* Form::describe(CLI::Option* option, const std::string& spelling) {
    std::string name = spelling.substr(spelling.rfind(',') + 1);
    name.erase(0, name.find_first_not_of('-'));
    std::ranges::replace(name, '-', '_');
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::string key = text_key(path_) + "." + name;
    if (!has_message(language_, key)) key = "cli.option." + name;
    return option->description(std::string(message(language_, key)));
}

}  // namespace calm::cli
