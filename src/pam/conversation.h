// One question to calm-hostd over its Unix socket, within a budget of time that is kept whatever
// the other side does.
#pragma once

#include <string_view>

#include <stddef.h>

namespace calm::pam {

inline constexpr size_t kAnswerMax = 8192;

// Of CLOCK_MONOTONIC.
long long monotonic_ms();

// Sends `question` (one line) and waits for one line. Returns its length without the line feed, its
// bytes in `answer`; or 0 when nobody answered in time, said too much, or hung up. Never sends a
// signal, never blocks beyond `budget_ms`, leaves no descriptor open.
size_t converse(const char* socket_path, std::string_view question, int budget_ms,
                char (&answer)[kAnswerMax]);

}  // namespace calm::pam
