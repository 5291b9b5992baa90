// Three shells, one tree. Each script first walks the words already typed to the command they name,
// then offers what that command knows.
#include "cli/completion.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace calm::cli {
namespace {

using Source = ValueKind::Source;

struct OptionNode {
    std::vector<std::string> spellings;  // "-o", "--output"
    std::string description;
    bool takes_value = false;
    ValueKind kind;
};

struct Node {
    std::string path;
    std::vector<std::pair<std::string, std::string>> below;  // name, summary
    std::vector<OptionNode> options;                         // its own
    ValueKind argument;
};

std::string shell_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? "'\\''" : std::string(1, c);
    return out + "'";
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    return fmt::format("{}", fmt::join(words, between));
}

Node node_of(const Parser& parser, const CLI::App* app) {
    Node node{.path = Parser::path_of(app)};
    for (const CLI::App* each : app->get_subcommands([](const CLI::App*) { return true; }))
        node.below.emplace_back(each->get_name(), each->get_description());
    for (const CLI::Option* option : app->get_options()) {
        const auto found = parser.value_kinds().find(option);
        const ValueKind kind = found == parser.value_kinds().end() ? ValueKind{} : found->second;
        if (option->get_positional()) {
            if (node.argument.source == Source::none) node.argument = kind;
            continue;
        }
        OptionNode own{.description = option->get_description(),
                       .takes_value = option->get_items_expected_max() > 0,
                       .kind = kind};
        for (const std::string& name : option->get_snames())
            own.spellings.push_back("-" + name);
        for (const std::string& name : option->get_lnames())
            own.spellings.push_back("--" + name);
        node.options.push_back(std::move(own));
    }
    return node;
}

void collect(const Parser& parser, const CLI::App* app, std::vector<Node>& nodes) {
    nodes.push_back(node_of(parser, app));
    for (const CLI::App* each : app->get_subcommands([](const CLI::App*) { return true; }))
        collect(parser, each, nodes);
}

// 'where:word' of every command below the root, for the walk.
std::vector<std::string> steps(const std::vector<Node>& nodes) {
    std::vector<std::string> all;
    for (const Node& node : nodes) {
        for (const auto& [name, summary] : node.below)
            all.push_back(shell_quoted(node.path + ":" + name));
    }
    return all;
}

// Calls `visit(pattern, kind)` for each option that takes a value; those of the root stand at every
// place.
template <class Visit>
void each_value(const std::vector<Node>& nodes, Visit visit) {
    for (const Node& node : nodes) {
        for (const OptionNode& option : node.options) {
            if (!option.takes_value) continue;
            std::vector<std::string> patterns;
            for (const std::string& spelling : option.spellings) {
                patterns.push_back((node.path.empty() ? "*" : shell_quoted(node.path)) +
                                   shell_quoted("|" + spelling));
            }
            visit(joined(patterns, "|"), option.kind);
        }
    }
}

std::string bash_reply(const ValueKind& kind) {
    switch (kind.source) {
        case Source::file: return R"(mapfile -t COMPREPLY < <(compgen -f -- "$cur"))";
        case Source::directory: return R"(mapfile -t COMPREPLY < <(compgen -d -- "$cur"))";
        case Source::suggestions:
        case Source::choices:
            return fmt::format(R"(mapfile -t COMPREPLY < <(compgen -W {} -- "$cur"))",
                               shell_quoted(joined(kind.choices, " ")));
        case Source::none: break;
    }
    return ":";
}

std::string bash_script(const std::vector<Node>& nodes) {
    std::string out = fmt::format(R"(# bash completion for calm; `calm completion bash` made it.
_calm() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}}
    local where='' words='' extra='' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$where:${{COMP_WORDS[i]}}" in
            {}) where="${{where:+$where }}${{COMP_WORDS[i]}}" ;;
        esac
    done
    COMPREPLY=()
    case "$where|$prev" in
)",
                                  joined(steps(nodes), "|"));
    each_value(nodes, [&](const std::string& patterns, const ValueKind& kind) {
        out += fmt::format("        {})\n            {}\n            return ;;\n", patterns,
                           bash_reply(kind));
    });
    out += "    esac\n    case \"$where\" in\n";
    std::string global;
    for (const Node& node : nodes) {
        std::vector<std::string> words;
        for (const auto& [name, summary] : node.below)
            words.push_back(name);
        for (const OptionNode& option : node.options)
            words.push_back(option.spellings.back());
        if (node.path.empty()) {
            for (const OptionNode& option : node.options)
                global += " " + option.spellings.back();
        }
        if (!node.argument.choices.empty()) {
            words.insert(words.end(), node.argument.choices.begin(), node.argument.choices.end());
        }
        const char* const files = node.argument.source == Source::file        ? " extra=-f"
                                  : node.argument.source == Source::directory ? " extra=-d"
                                                                              : "";
        out += fmt::format("        {}) words={}{} ;;\n", shell_quoted(node.path),
                           shell_quoted(joined(words, " ")), files);
    }
    out += fmt::format(R"(    esac
    if [[ $cur == -* ]]; then
        words="$words{}"
        extra=''
    fi
    mapfile -t COMPREPLY < <(compgen ${{extra:+"$extra"}} -W "$words" -- "$cur")
}}
complete -o filenames -F _calm calm
)",
                       global);
    return out;
}

std::string zsh_reply(const ValueKind& kind) {
    switch (kind.source) {
        case Source::file: return "_files";
        case Source::directory: return "_files -/";
        case Source::suggestions:
        case Source::choices: return "compadd -- " + joined(kind.choices, " ");
        case Source::none: break;
    }
    return ":";
}

// "name:text" as _describe takes it.
std::string described(const std::string& name, std::string text) {
    std::string out;
    for (const char c : name)
        out += c == ':' ? "\\:" : std::string(1, c);
    return shell_quoted(out + ":" + text);
}

std::string zsh_script(const std::vector<Node>& nodes) {
    std::string out = fmt::format(R"(#compdef calm
# zsh completion for calm; `calm completion zsh` made it.
_calm() {{
    local where='' i
    local -a list common
    for ((i = 2; i < CURRENT; i++)); do
        case "$where:$words[i]" in
            {}) where="${{where:+$where }}$words[i]" ;;
        esac
    done
    case "$where|$words[CURRENT - 1]" in
)",
                                  joined(steps(nodes), "|"));
    each_value(nodes, [&](const std::string& patterns, const ValueKind& kind) {
        out += fmt::format("        {}) {}; return ;;\n", patterns, zsh_reply(kind));
    });
    out += "    esac\n    case \"$where\" in\n";
    std::vector<std::string> common;
    for (const Node& node : nodes) {
        std::vector<std::string> list;
        for (const auto& [name, summary] : node.below)
            list.push_back(described(name, summary));
        for (const OptionNode& option : node.options) {
            list.push_back(described(option.spellings.back(), option.description));
        }
        if (node.path.empty()) {
            for (const OptionNode& option : node.options)
                common.push_back(described(option.spellings.back(), option.description));
        }
        out += fmt::format("        {})\n            list=({})\n", shell_quoted(node.path),
                           joined(list, " "));
        if (node.argument.source != Source::none) {
            out += "            " + zsh_reply(node.argument) + "\n";
        }
        out += "            ;;\n";
    }
    out += fmt::format(R"(    esac
    [[ $PREFIX == -* && -n $where ]] && list+=({})
    _describe calm list
}}
if [ "$funcstack[1]" = _calm ]; then _calm "$@"; else compdef _calm calm; fi
)",
                       joined(common, " "));
    return out;
}

std::string fish_values(const ValueKind& kind) {
    switch (kind.source) {
        case Source::file: return " -r -F";
        case Source::directory: return " -x -a '(__fish_complete_directories)'";
        case Source::suggestions:
        case Source::choices: return " -x -a " + shell_quoted(joined(kind.choices, " "));
        case Source::none: break;
    }
    return " -x";
}

std::string fish_script(const std::vector<Node>& nodes) {
    std::string out = fmt::format(R"(# fish completion for calm; `calm completion fish` made it.
function __calm_at
    set -l where ''
    for word in (commandline -opc)[2..-1]
        switch "$where:$word"
            case {}
                set where (string trim "$where $word")
        end
    end
    test "$where" = "$argv[1]"
end
complete -c calm -f
)",
                                  joined(steps(nodes), " "));
    for (const Node& node : nodes) {
        const std::string at =
            "complete -c calm -n " + shell_quoted("__calm_at \"" + node.path + "\"");
        for (const auto& [name, summary] : node.below)
            out += fmt::format("{} -a {} -d {}\n", at, shell_quoted(name), shell_quoted(summary));
        if (!node.argument.choices.empty()) {
            out += fmt::format("{} -a {}\n", at, shell_quoted(joined(node.argument.choices, " ")));
        } else if (node.argument.source != Source::none) {
            out += at + " -F\n";
        }
        for (const OptionNode& option : node.options) {
            out += node.path.empty() ? "complete -c calm" : at;
            for (const std::string& spelling : option.spellings) {
                const bool is_long = spelling.starts_with("--");
                out += (is_long ? " -l " : " -s ") + spelling.substr(is_long ? 2 : 1);
            }
            if (option.takes_value) out += fish_values(option.kind);
            out += " -d " + shell_quoted(option.description) + "\n";
        }
    }
    return out;
}

}  // namespace

std::string completion_script(const Parser& parser, Shell shell) {
    std::vector<Node> nodes;
    collect(parser, &parser.app(), nodes);
    switch (shell) {
        case Shell::bash: return bash_script(nodes);
        case Shell::zsh: return zsh_script(nodes);
        case Shell::fish: return fish_script(nodes);
    }
    return {};
}

}  // namespace calm::cli
