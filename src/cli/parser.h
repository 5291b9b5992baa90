// Parser: the tree of commands as CLI11 knows it, and what is wrong with a command line in words of
// ours.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/result.h"
#include "cli/command.h"

namespace calm::cli {

class Parser {
  public:
    explicit Parser(Language language);
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    struct Outcome {
        const CLI::App* app = nullptr;  // the deepest command that was named
        bool help = false;              // help of it is asked for
        Action action;                  // empty: a group, or nothing, was named
    };

    // Arguments without the program's name. Errors: `usage`.
    Result<Outcome> parse(std::vector<std::string> arguments);

    const GlobalOptions& options() const { return options_; }
    const CLI::App& app() const { return app_; }
    const ValueKinds& value_kinds() const { return kinds_; }

    // The command of an app; null for the root and for groups.
    const Command* command(const CLI::App* app) const;
    static std::string path_of(const CLI::App* app);  // "pack add", empty for the root

  private:
    CLI::App* group(const std::string& path);
    void add_global_options();
    const CLI::App* deepest() const;
    Result<> check_choices(const CLI::App* app) const;
    Error explain(const CLI::ParseError& wrong) const;
    Error unknown_argument() const;
    std::string text(std::string_view key, Call::Values values = {}) const;

    Language language_;
    GlobalOptions options_;
    Keep keep_;
    ValueKinds kinds_;
    CLI::App app_;
    std::map<const CLI::App*, const Command*> commands_;
    std::map<const CLI::App*, Action> actions_;
};

}  // namespace calm::cli
