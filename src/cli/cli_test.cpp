// Command lines: how they are read, what a wrong one says, and what help shows.
#include "cli/cli.h"

#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/explanation.h"
#include "cli/help.h"
#include "cli/parser.h"
#include "cli/test_terminal.h"

namespace calm::cli {
namespace {

using ::calm::cli::test::Desk;
using ::calm::cli::test::Ran;

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(CommandLine, NothingShowsHelpAndIsAUsageError) {
    Desk desk;
    const Ran ran = desk.run({});
    EXPECT_EQ(ran.code, Exit::usage);
    EXPECT_EQ(ran.out, "");
    EXPECT_TRUE(has(ran.err, "Commands:")) << ran.err;
}

TEST(CommandLine, AGroupAloneShowsWhatIsInIt) {
    Desk desk;
    const Ran ran = desk.run({"pack"});
    EXPECT_EQ(ran.code, Exit::usage);
    EXPECT_TRUE(has(ran.err, "remove")) << ran.err;
}

TEST(CommandLine, HelpIsDataAndInThePersonsLanguage) {
    Desk desk;
    const Ran english = desk.run({"pack", "add", "--help"});
    EXPECT_EQ(english.code, Exit::ok);
    EXPECT_TRUE(has(english.out, "Usage:\n  calm pack add [OPTIONS] FILE")) << english.out;
    EXPECT_TRUE(has(english.out, "  $ calm pack add sql-users.pack")) << english.out;
    desk.environment["LANG"] = "fr_FR.UTF-8";
    EXPECT_TRUE(has(desk.run({"pack", "add", "--help"}).out, "Utilisation :"));
    EXPECT_TRUE(has(desk.run({"--lang", "en", "pack", "add", "--help"}).out, "Usage:"));
}

TEST(CommandLine, HabitsOfOtherProgramsWork) {
    Desk desk;
    EXPECT_EQ(desk.run({"help", "pack", "add"}).out, desk.run({"pack", "add", "--help"}).out);
    EXPECT_EQ(desk.run({"help"}).out, desk.run({"--help"}).out);
    EXPECT_EQ(desk.run({"--version"}).out, desk.run({"version"}).out);
}

TEST(CommandLine, ASlipIsAnsweredWithWhatWasMeant) {
    Desk desk;
    const auto wrong = [&](const std::vector<std::string>& arguments) {
        const Ran ran = desk.run(arguments);
        EXPECT_EQ(ran.code, Exit::usage);
        EXPECT_EQ(ran.out, "");
        return ran.err;
    };
    EXPECT_TRUE(has(wrong({"statsu"}), "Did you mean `status`?"));
    EXPECT_TRUE(has(wrong({"pack", "ad"}), "Did you mean `add`?"));
    EXPECT_TRUE(has(wrong({"cal", "list", "--prodct", "x"}), "Did you mean `--product`?"));
    EXPECT_TRUE(has(wrong({"cal", "list", "--jsn"}), "Did you mean `--json`?"));
    EXPECT_FALSE(has(wrong({"frobnicate"}), "Did you mean"));
}

TEST(CommandLine, WhatIsMissingOrTooMuchIsNamed) {
    Desk desk;
    EXPECT_TRUE(has(desk.run({"pack", "add"}).err, "`FILE` is missing"));
    EXPECT_TRUE(has(desk.run({"login"}).err, "`--account` is missing"));
    EXPECT_TRUE(has(desk.run({"pack", "add", "a", "b"}).err, "`b` is one argument too many"));
    EXPECT_TRUE(has(desk.run({"cal", "show", "seven"}).err, "seven"));
    EXPECT_EQ(desk.run({"cal", "show", "-1"}).code, Exit::usage);
    EXPECT_EQ(desk.run({"cal", "show", "4294967296"}).code, Exit::usage);
    EXPECT_TRUE(has(desk.run({"cal", "list", "--limit"}).err, "`--limit`"));
}

TEST(CommandLine, AValueThatIsNoChoiceIsNamedWithTheChoices) {
    Desk desk;
    const Ran ran = desk.run({"cal", "list", "--state", "activ"});
    EXPECT_EQ(ran.code, Exit::usage);
    EXPECT_TRUE(has(ran.err, "`activ`")) << ran.err;
    EXPECT_TRUE(has(ran.err, "`active`")) << ran.err;
}

TEST(CommandLine, GlobalOptionsMayStandAnywhere) {
    Desk desk;
    EXPECT_TRUE(desk.run({"--json", "version"}).out.starts_with("{\"version\""));
    EXPECT_TRUE(desk.run({"version", "--json"}).out.starts_with("{\"version\""));
}

TEST(CommandLine, WithJsonAnErrorIsOneDocument) {
    Desk desk;
    const Ran ran = desk.run({"status", "--json", "--server", "unix:/nonexistent/s"});
    EXPECT_EQ(ran.code, Exit::unreachable);
    EXPECT_EQ(ran.out, "");
    const auto document = boost::json::parse(ran.err);
    EXPECT_EQ(document.at("code").as_string(), "server_unreachable");
    for (const auto* part : {"title", "detail", "cause", "remedy"})
        EXPECT_FALSE(document.at(part).as_string().empty()) << part;
}

TEST(CommandLine, AnErrorSaysWhatIsWrongAndWhatToDo) {
    Desk desk;
    const Ran ran = desk.run({"status", "--server", "unix:/nonexistent/s"});
    EXPECT_TRUE(ran.err.starts_with("error: The license server does not answer\n")) << ran.err;
    EXPECT_TRUE(has(ran.err, "What to do:")) << ran.err;
    EXPECT_FALSE(has(ran.err, "\x1b[")) << ran.err;
}

TEST(CommandLine, ColorsAreForTerminalsThatWantThem) {
    Desk desk;
    desk.is_tty = true;
    const std::vector<std::string> wrong{"status", "--server", "unix:/nonexistent/s"};
    EXPECT_TRUE(has(desk.run(wrong).err, "\x1b["));
    desk.environment["NO_COLOR"] = "1";
    EXPECT_FALSE(has(desk.run(wrong).err, "\x1b["));
}

TEST(CommandLine, WhatDestroysIsAskedFirst) {
    Desk desk;
    const std::vector<std::string> remove{"pack", "remove", "3", "--server", "unix:/nonexistent/s"};
    const Ran nobody = desk.run(remove);
    EXPECT_EQ(nobody.code, Exit::usage);
    EXPECT_TRUE(has(nobody.err, "--yes")) << nobody.err;
    desk.is_tty = true;
    desk.typed = "n\n";
    EXPECT_EQ(desk.run(remove).code, Exit::usage);
    desk.typed = "y\n";
    EXPECT_EQ(desk.run(remove).code, Exit::unreachable);
    desk.environment["LANG"] = "fr_FR.UTF-8";
    desk.typed = "o\n";
    EXPECT_EQ(desk.run(remove).code, Exit::unreachable);
}

TEST(Explain, AReasonInBothLanguages) {
    Desk desk;
    const Ran english = desk.run({"explain", "no_cal_available"});
    EXPECT_EQ(english.code, Exit::ok);
    EXPECT_TRUE(english.out.starts_with("no_cal_available (deny, 107)\n")) << english.out;
    const Ran french = desk.run({"explain", "no_cal_available", "--lang", "fr"});
    EXPECT_TRUE(has(french.out, "Que faire :")) << french.out;
}

TEST(Explain, AnErrorCodeToo) {
    Desk desk;
    EXPECT_TRUE(desk.run({"explain", "disk_full"}).out.starts_with("disk_full\n"));
}

TEST(Explain, AnUnknownCodeIsNotFound) {
    Desk desk;
    const Ran ran = desk.run({"explain", "no_cal_availabel"});
    EXPECT_EQ(ran.code, Exit::not_found);
    EXPECT_TRUE(has(ran.err, "`no_cal_available`")) << ran.err;
}

TEST(Explain, TheListHasEveryReason) {
    Desk desk;
    const Ran ran = desk.run({"explain", "--list", "--json"});
    const auto document = boost::json::parse(ran.out);
    std::set<std::string> codes;
    for (const auto& each : document.at("codes").as_array())
        codes.emplace(each.at("code").as_string());
    for (const auto& [reason, name] : NamesOf<Reason>::value)
        EXPECT_TRUE(codes.contains(std::string(name))) << name;
    EXPECT_TRUE(codes.contains("disk_full"));
}

// Every text that the tree needs is there, in both languages: a missing one would show its key.
TEST(Help, EveryCommandAndOptionHasItsTextInBothLanguages) {
    for (const Language language : {Language::en, Language::fr}) {
        const Parser parser(language);
        const auto check = [&](const auto& self, const CLI::App* app) -> void {
            const std::string help = help_text(parser, app, language, 80);
            EXPECT_FALSE(has(help, "cli.")) << help;
            for (const CLI::Option* option : app->get_options())
                EXPECT_FALSE(option->get_description().empty()) << option->get_name();
            for (const CLI::App* each : app->get_subcommands([](const CLI::App*) { return true; }))
                self(self, each);
        };
        check(check, &parser.app());
    }
}

TEST(Help, EveryCommandHasAnExampleThatTheParserTakes) {
    for (const Command& command : commands()) {
        std::istringstream lines{std::string(command.examples)};
        std::string line;
        size_t count = 0;
        while (std::getline(lines, line)) {
            ++count;
            EXPECT_TRUE(line.starts_with("calm " + std::string(command.path))) << line;
            // Words as a shell splits them, quotes gone, redirections left out.
            std::vector<std::string> words;
            std::string word;
            bool quoted = false;
            for (const char c : line.substr(0, line.find(" > ")) + " ") {
                if (c == '"') quoted = !quoted;
                if (c == ' ' && !quoted) {
                    if (!word.empty()) words.push_back(word);
                    word.clear();
                } else if (c != '"') {
                    word += c;
                }
            }
            words.erase(words.begin());
            Parser parser(Language::en);
            const auto outcome = parser.parse(words);
            ASSERT_TRUE(outcome.has_value()) << line << ": " << outcome.error().detail;
            EXPECT_TRUE(static_cast<bool>(outcome->action)) << line;
        }
        EXPECT_GT(count, 0U) << command.path;
    }
}

TEST(Help, NoLineIsWiderThanTheTerminal) {
    const Parser parser(Language::fr);
    const std::string help = help_text(parser, &parser.app(), Language::fr, 80);
    std::istringstream lines(help);
    std::string line;
    while (std::getline(lines, line))
        EXPECT_LE(display_width(line), 80U) << line;
}

// Completes with bash itself, as the person's shell would.
std::string complete(const Desk& desk, const std::string& words) {
    const Parser parser(Language::en);
    const std::string script = completion_script(parser, Shell::bash);
    const std::string driver =
        script +
        "\nread -ra COMP_WORDS <<<\"$1\"; [[ $1 == *' ' ]] && COMP_WORDS+=('')\n"
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _calm; printf '%s ' \"${COMPREPLY[@]}\"\n";
    const std::string file = desk.write("driver.bash", driver);
    FILE* const bash = popen(("bash '" + file + "' '" + words + "' 2>&1").c_str(), "r");
    EXPECT_NE(bash, nullptr);
    std::string out;
    char piece[4096];
    while (const size_t got = fread(piece, 1, sizeof(piece), bash))
        out.append(piece, got);
    EXPECT_EQ(pclose(bash), 0) << out;
    return out;
}

TEST(Completion, BashOffersWhatFits) {
    const Desk desk;
    EXPECT_EQ(complete(desk, "calm statu"), "status ");
    EXPECT_EQ(complete(desk, "calm pack sh"), "show ");
    EXPECT_EQ(complete(desk, "calm cal list --sta"), "--state ");
    EXPECT_EQ(complete(desk, "calm cal list --state ac"), "active ");
    EXPECT_EQ(complete(desk, "calm --lang "), "en fr ");
    EXPECT_EQ(complete(desk, "calm cal list --js"), "--json ");
    EXPECT_EQ(complete(desk, "calm explain no_cal_a"), "no_cal_available ");
    EXPECT_EQ(complete(desk, "calm completion f"), "fish ");
    EXPECT_EQ(complete(desk, "calm pack show " + desk.file("driv")),
              desk.file("driver.bash") + " ");
}

TEST(Completion, EveryShellKnowsEveryCommand) {
    const Parser parser(Language::en);
    for (const auto& [shell, name] : NamesOf<Shell>::value) {
        const std::string script = completion_script(parser, shell);
        for (const Command& command : commands()) {
            const std::string last(command.path.substr(command.path.rfind(' ') + 1));
            EXPECT_TRUE(has(script, last)) << name << " " << command.path;
        }
    }
}

}  // namespace
}  // namespace calm::cli
