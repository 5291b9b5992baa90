// Command: one thing that `calm` does. The table of all of them is commands(); the parser, the help
// and the completions are made from it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/call.h"
#include "messages/messages.h"

// CLI11 is seen by the parser and what reads its tree only: it takes seconds to compile.
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace calm::cli {

using Action = std::function<Exit(Call&)>;

// What completion offers as the value of an option or argument.
struct ValueKind {
    enum class Source { none, file, directory, choices, suggestions };
    Source source = Source::none;
    std::vector<std::string> choices;
};

// Things that live as long as the parser: values that options are parsed into.
class Keep {
  public:
    template <class T>
    T& make() {
        auto owner = std::make_unique<Owner<T>>();
        T& value = owner->value;
        owners_.push_back(std::move(owner));
        return value;
    }

  private:
    struct Any {
        virtual ~Any() = default;
    };
    template <class T>
    struct Owner : Any {
        T value{};
    };
    std::deque<std::unique_ptr<Any>> owners_;
};

using ValueKinds = std::map<const CLI::Option*, ValueKind>;

// Form: the options and arguments of one command, each with its text `cli.command.<path>.<name>` or
// else `cli.option.<name>`, where <path> has dots for spaces and <name> is that of the long form.
class Form {
  public:
    Form(CLI::App& app, std::string path, Language language, Keep& keep, ValueKinds& kinds)
        : app_(app), path_(std::move(path)), language_(language), keep_(keep), kinds_(kinds) {}

    // A value that the action may refer to.
    template <class T>
    T& make() {
        return keep_.make<T>();
    }

    // A positional argument such as "FILE"; its text's name is in small letters.
    template <class T>
    CLI::Option* argument(const std::string& name, T& into) {
        return add_argument(name, &into, true);
    }
    template <class T>
    CLI::Option* optional_argument(const std::string& name, T& into) {
        return add_argument(name, &into, false);
    }

    // An option into a list may be given several times, with one value each time.
    // `spelling`: "--limit" or "-o,--output"; `value` names what follows: "N", "FILE", "NAME".
    template <class T>
    CLI::Option* option(const std::string& spelling, const std::string& value, T& into) {
        return add_option(spelling, value, &into, false);
    }
    template <class T>
    CLI::Option* required_option(const std::string& spelling, const std::string& value, T& into) {
        return add_option(spelling, value, &into, true);
    }
    CLI::Option* flag(const std::string& spelling, bool& into);

    // The value is one of these, or it is a usage error.
    void only(CLI::Option* option, std::vector<std::string> choices) {
        kinds_[option] = {ValueKind::Source::choices, std::move(choices)};
    }
    // Completion offers these; others are for the action to judge.
    void offers(CLI::Option* option, std::vector<std::string> choices) {
        kinds_[option] = {ValueKind::Source::suggestions, std::move(choices)};
    }
    // Of an enumeration of core.
    template <class E>
    void only_names_of(CLI::Option* option) {
        std::vector<std::string> names;
        for (const auto& [value, name] : NamesOf<E>::value)
            names.emplace_back(name);
        only(option, std::move(names));
    }
    void is_file(CLI::Option* option) { kinds_[option] = {ValueKind::Source::file, {}}; }

  private:
    // Where a value goes.
    using Target =
        std::variant<std::string*, uint32_t*, uint64_t*, std::optional<std::string>*,
                     std::optional<uint16_t>*, std::optional<uint64_t>*, std::vector<std::string>*>;

    CLI::Option* add_argument(const std::string& name, Target into, bool required);
    CLI::Option* add_option(const std::string& spelling, const std::string& value, Target into,
                            bool required);
    CLI::Option* describe(CLI::Option* option, const std::string& spelling);

    CLI::App& app_;
    std::string path_;
    Language language_;
    Keep& keep_;
    ValueKinds& kinds_;
};

struct Command {
    std::string_view path;      // "pack add": a group and what is done with it, or one word;
                                // a group may stand in another: "host policy show"
    std::string_view examples;  // command lines, one a line; they work in any language
    Action (*declare)(Form& form);
};

// All commands, in the order in which help shows them. Texts: `cli.command.<path>.summary`, one
// line, and `.about`, a paragraph or more, which may be missing; a group has a summary too.
std::span<const Command> commands();

// The key of a command's texts in the catalogues: "cli.command.pack.add".
std::string text_key(std::string_view path);

}  // namespace calm::cli
