// Exit codes of `calm`: what a script may rely on. Never renumbered.
#pragma once

#include "base/result.h"
#include "core/reason.h"

namespace calm::cli {

enum class Exit : int {
    ok = 0,
    error = 1,
    usage = 2,
    not_found = 3,
    denied = 4,  // by policy or by rights
    no_cal = 5,
    unreachable = 6,
    conflict = 7
};

// `status`: the HTTP status that the error came with, 0 when there was none.
Exit exit_of(const Error& error, int status);

// Of an admission's answer.
Exit exit_of(Reason reason);

}  // namespace calm::cli
