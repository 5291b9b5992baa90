// `calm`, the command line, as a function.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/terminal.h"

namespace calm::cli {

// Runs one command line; `arguments` are without the program's name.
Exit run(Terminal& terminal, const std::vector<std::string>& arguments);

}  // namespace calm::cli
