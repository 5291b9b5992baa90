// Completion scripts for shells, made from the parser's tree, so that they know every command and
// option that this `calm` has.
#pragma once

#include <string>

#include "cli/parser.h"

namespace calm::cli {

enum class Shell { bash, zsh, fish };

// The script that the shell reads. Descriptions are in the parser's language.
std::string completion_script(const Parser& parser, Shell shell);

}  // namespace calm::cli

template <>
struct calm::NamesOf<calm::cli::Shell> {
    static constexpr Names<cli::Shell, 3> value{
        {{cli::Shell::bash, "bash"}, {cli::Shell::zsh, "zsh"}, {cli::Shell::fish, "fish"}}};
};
