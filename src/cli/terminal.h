// Terminal: what `calm` sees of the process it runs in. Tests make their own.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "base/result.h"

namespace calm::cli {

struct Terminal {
    std::istream& in;
    std::ostream& out;  // data
    std::ostream& err;  // talk
    bool in_is_tty = false;
    bool out_is_tty = false;
    bool err_is_tty = false;
    size_t columns = 80;

    // A variable of the environment; empty when it is not set.
    std::function<std::string(const std::string& name)> environment;

    // Asks on the terminal without showing what is typed. Errors: `input_needed` (no terminal, or
    // the person gave up).
    std::function<Result<std::string>(const std::string& prompt)> read_secret;
};

// That of this process.
Terminal process_terminal();

}  // namespace calm::cli
