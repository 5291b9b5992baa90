// From the table of commands to CLI11, and back with what the person typed.
#include "cli/parser.h"

#include <algorithm>

#include <CLI/Error.hpp>

#include "cli/suggest.h"

namespace calm::cli {
namespace {

// All ways in which options of the app and of those above it may be spelt.
std::vector<std::string> spellings(const CLI::App* app) {
    std::vector<std::string> all;
    for (; app != nullptr; app = app->get_parent()) {
        for (const CLI::Option* option : app->get_options()) {
            for (const std::string& name : option->get_lnames())
                all.push_back("--" + name);
        }
    }
    return all;
}

std::vector<std::string> names_below(const CLI::App* app) {
    std::vector<std::string> names;
    for (const CLI::App* each : app->get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(each->get_name());
    return names;
}

}  // namespace

Parser::Parser(Language language) : language_(language) {
    app_.name("calm");
    app_.fallthrough();
    app_.set_help_flag("-h,--help", std::string(message(language, "cli.option.help")));
    add_global_options();
    for (const Command& command : commands()) {
        const size_t space = command.path.rfind(' ');
        CLI::App* above = &app_;
        if (space != std::string_view::npos) {
            above = group(std::string(command.path.substr(0, space)));
        }
        const std::string name(
            command.path.substr(space == std::string_view::npos ? 0 : space + 1));
        const std::string key = text_key(command.path);
        CLI::App* const app =
            above->add_subcommand(name, std::string(message(language, key + ".summary")));
        Form form(*app, std::string(command.path), language, keep_, kinds_);
        commands_[app] = &command;
        actions_[app] = command.declare(form);
    }
}

CLI::App* Parser::group(const std::string& path) {
    const size_t space = path.rfind(' ');
    CLI::App* const above = space == std::string::npos ? &app_ : group(path.substr(0, space));
    const std::string name = path.substr(space == std::string::npos ? 0 : space + 1);
    for (CLI::App* each : above->get_subcommands([](const CLI::App*) { return true; })) {
        if (each->get_name() == name) return each;
    }
    return above->add_subcommand(name,
                                 std::string(message(language_, text_key(path) + ".summary")));
}

void Parser::add_global_options() {
    Form form(app_, "", language_, keep_, kinds_);
    form.flag("--json", options_.json);
    form.flag("-y,--yes", options_.yes);
    form.flag("--no-input", options_.no_input);
    form.flag("--no-color", options_.no_color);
    form.option("--server", "ADDRESS", options_.server);
    form.option("--token", "TOKEN", options_.token);
    form.option("--fingerprint", "HEX", options_.fingerprint);
    form.option("--ca-file", "FILE", options_.ca_file);
    form.only(form.option("--lang", "LANGUAGE", options_.lang), {"en", "fr"});
}

Result<Parser::Outcome> Parser::parse(std::vector<std::string> arguments) {
    std::ranges::reverse(arguments);  // the order that CLI11 takes
    Outcome outcome;
    try {
        app_.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
        outcome.help = true;
    } catch (const CLI::ParseError& wrong) {
        return std::unexpected(explain(wrong));
    }
    outcome.app = deepest();
    if (outcome.help) return outcome;
    CALM_TRY(check_choices(outcome.app));
    if (const auto found = actions_.find(outcome.app); found != actions_.end()) {
        outcome.action = found->second;
    }
    return outcome;
}

const CLI::App* Parser::deepest() const {
    const CLI::App* app = &app_;
    while (!app->get_subcommands().empty())
        app = app->get_subcommands().back();
    return app;
}

const Command* Parser::command(const CLI::App* app) const {
    const auto found = commands_.find(app);
    return found == commands_.end() ? nullptr : found->second;
}

std::string Parser::path_of(const CLI::App* app) {
    std::string path;
    for (; app->get_parent() != nullptr; app = app->get_parent())
        path = app->get_name() + (path.empty() ? "" : " " + path);
    return path;
}

Result<> Parser::check_choices(const CLI::App* app) const {
    for (; app != nullptr; app = app->get_parent()) {
        for (const CLI::Option* option : app->get_options()) {
            const auto kind = kinds_.find(option);
            if (kind == kinds_.end() || kind->second.source != ValueKind::Source::choices) continue;
            const auto& choices = kind->second.choices;
            for (const std::string& value : option->results()) {
                if (std::ranges::find(choices, value) != choices.end()) continue;
                std::string all;
                for (const std::string& choice : choices)
                    all += (all.empty() ? "`" : ", `") + choice + "`";
                return fail("usage", text("usage.not_a_choice", {{"option", option->get_name()},
                                                                 {"value", value},
                                                                 {"choices", all}}));
            }
        }
    }
    return {};
}

std::string Parser::text(std::string_view key, Call::Values values) const {
    return message(language_, "cli." + std::string(key), values);
}

Error Parser::explain(const CLI::ParseError& wrong) const {
    // The class tells what kind it is; some of them put other things into their names.
    const auto kind = static_cast<CLI::ExitCodes>(wrong.get_exit_code());
    const CLI::App* const app = deepest();
    if (kind == CLI::ExitCodes::ExtrasError) return unknown_argument();
    if (kind == CLI::ExitCodes::RequiredError) {
        for (const CLI::Option* option : app->get_options()) {
            if (option->get_required() && option->count() == 0) {
                return {"usage", text("usage.missing", {{"what", option->get_name()},
                                                        {"command", "calm " + path_of(app)}})};
            }
        }
    }
    // CLI11 begins these with the option's name.
    const std::string words = wrong.what();
    const std::string name = words.substr(0, words.find_first_of(": "));
    if (kind == CLI::ExitCodes::ArgumentMismatch) {
        return {"usage", text("usage.wrong_count", {{"option", name}})};
    }
    if (kind == CLI::ExitCodes::ConversionError || kind == CLI::ExitCodes::InvalidError) {
        return {"usage", text("usage.not_a_number", {{"words", words}})};
    }
    return {"usage", words};
}

Error Parser::unknown_argument() const {
    const CLI::App* const app = deepest();
    const std::vector<std::string> extras = app_.remaining(true);
    const std::string word = extras.empty() ? "" : extras.front();
    const std::string path = path_of(app);
    std::vector<std::string> candidates;
    std::string detail;
    if (word.starts_with("-")) {
        candidates = spellings(app);
        detail = text("usage.unknown_option", {{"word", word.substr(0, word.find('='))}});
    } else if (!names_below(app).empty()) {
        candidates = names_below(app);
        detail = text("usage.unknown_command", {{"word", (path.empty() ? "" : path + " ") + word}});
    } else {
        detail = text("usage.unexpected", {{"word", word}, {"command", "calm " + path}});
    }
    const auto meant = suggest(word.substr(0, word.find('=')), candidates);
    if (meant) detail += " " + text("usage.did_you_mean", {{"word", *meant}});
    return {"usage", detail};
}

}  // namespace calm::cli
