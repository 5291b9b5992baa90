// Standing in line for a concurrent seat. The waiting is done by who asks and not by calm-hostd, so
// that nobody else is held up by it.
#pragma once

#include <poll.h>
#include <string.h>

#include "asking/conversation.h"
#include "asking/message.h"

namespace calm::asking {

// Between two questions of one that waits, and the least time that the last one is given.
inline constexpr int kAskAgainMs = 300;

// Asks, and asks again while the answer is a place in line, `wait_ms` lasts and the budget too.
// `ask` is called with (again, budget_ms, answer) and says what kind of answer came. Returns the
// first one's kind; `answer` is the last verdict.
template <class Ask>
AnswerKind ask_in_line(int wait_ms, int budget_ms, Answer& answer, Ask ask) {
    const long long begin = monotonic_ms();
    const AnswerKind first = ask(false, budget_ms, answer);
    while (first == AnswerKind::verdict && !answer.allowed &&
           strcmp(answer.reason, "seat_queued") == 0) {
        const int gone = static_cast<int>(monotonic_ms() - begin) + kAskAgainMs;
        if (gone > wait_ms || gone + kAskAgainMs > budget_ms) break;
        poll(nullptr, 0, kAskAgainMs);
        Answer now;
        const int left = budget_ms - static_cast<int>(monotonic_ms() - begin);
        if (left <= 0) break;
        if (ask(true, left, now) == AnswerKind::verdict) answer = now;
    }
    return first;
}

}  // namespace calm::asking
