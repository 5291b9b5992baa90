// One question to calm-hostd over its Unix socket, within a budget of time that is kept whatever
// the other side does.
#pragma once

#include <string_view>

#include <stddef.h>

namespace calm::asking {

inline constexpr size_t kAnswerMax = 8192;

// Why there is no answer.
enum class Silence : unsigned char {
    none,     // there is one
    nobody,   // nobody listens, or who listened hung up without a word
    no_time,  // the budget was over
    cut_off   // something came, and it was no line
};

// Of CLOCK_MONOTONIC.
long long monotonic_ms();

// The agent is to answer before who asks stops waiting.
constexpr int agent_budget_ms(int budget_ms) {
    return budget_ms - budget_ms / 10;
}

// Sends `question` (one line) and waits for one line. Returns its length without the line feed, its
// bytes in `answer`; or 0 when there is none, and `silence` says why. Never sends a signal, never
// blocks beyond `budget_ms`, leaves no descriptor open. Any thread.
size_t converse(const char* socket_path, std::string_view question, int budget_ms,
                char (&answer)[kAnswerMax], Silence& silence);

}  // namespace calm::asking
