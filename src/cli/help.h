// What `--help` prints.
#pragma once

#include <string>

#include "cli/parser.h"

namespace calm::cli {

// REQUIRES: `app` is one of the parser's.
std::string help_text(const Parser& parser, const CLI::App* app, Language language, size_t columns);

// "calm pack add [OPTIONS] FILE".
std::string usage_line(const Parser& parser, const CLI::App* app, Language language);

}  // namespace calm::cli
