// One run: language, command line, command.
#include "cli/cli.h"

#include <ostream>

#include <sodium.h>

#include "base/assert.h"
#include "cli/help.h"
#include "cli/parser.h"

namespace calm::cli {
namespace {

// Known before the command line is understood, because help and errors speak it.
Language language_of(const Terminal& terminal, const std::vector<std::string>& arguments) {
    for (size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i].starts_with("--lang="))
            return language_from_locale(arguments[i].substr(7));
        if (arguments[i] == "--lang" && i + 1 < arguments.size()) {
            return language_from_locale(arguments[i + 1]);
        }
    }
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        if (const std::string value = terminal.environment(name); !value.empty()) {
            return language_from_locale(value);
        }
    }
    return Language::en;
}

// What people type out of habit: `calm help pack add`, `calm --version`.
std::vector<std::string> with_habits(std::vector<std::string> arguments) {
    if (arguments.empty()) return arguments;
    if (arguments.front() == "help") {
        arguments.erase(arguments.begin());
        arguments.emplace_back("--help");
    } else if (arguments.front() == "--version") {
        arguments.front() = "version";
    }
    return arguments;
}

Exit run_parsed(Terminal& terminal, Language language, const std::vector<std::string>& arguments) {
    Parser parser(language);
    const auto outcome = parser.parse(arguments);
    Call call(terminal, language, parser.options());
    if (!outcome) return call.fail(outcome.error());
    if (outcome->help) {
        call.print(help_text(parser, outcome->app, language, terminal.columns));
        return Exit::ok;
    }
    if (!outcome->action) {
        terminal.err << help_text(parser, outcome->app, language, terminal.columns);
        return Exit::usage;
    }
    return outcome->action(call);
}

}  // namespace

Exit run(Terminal& terminal, const std::vector<std::string>& arguments) {
    CALM_ASSERT(sodium_init() >= 0);
    const Exit code =
        run_parsed(terminal, language_of(terminal, arguments), with_habits(arguments));
    terminal.out.flush();
    // A reader that left early (`calm cal list | head`), or a full disk: not all data was written.
    return terminal.out.good() || code != Exit::ok ? code : Exit::error;
}

}  // namespace calm::cli
