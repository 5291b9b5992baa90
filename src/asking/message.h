// The two lines that whoever asks and calm-hostd exchange (agent/protocol.h), seen from who asks:
// one flat JSON object each way. No allocation, fixed sizes; what the other side sends is not
// trusted.
#pragma once

#include <string_view>

#include <stddef.h>
#include <stdint.h>

namespace calm::asking {

// Builds {"name":"value",…} and a newline in a fixed buffer.
class QuestionLine {
  public:
    void text(std::string_view name, std::string_view value);  // an empty value is left out
    void number(std::string_view name, int value);
    void flag(std::string_view name, bool value);

    // The whole line; empty when it did not fit.
    std::string_view finish();

  private:
    void put(char c);
    void put(std::string_view text);
    void put_name(std::string_view name);

    char buffer_[4096];
    size_t size_ = 0;
    bool overflow_ = false;
};

struct Answer {
    bool allowed = false;
    bool offline = false;       // the host decided alone
    bool ends = false;          // of a session that runs: it is to end
    uint32_t place = 0;         // of one that waits: in line, 1 is the next
    int64_t seconds_left = -1;  // of what admits; negative: not known
    char reason[64] = "";       // of a failure: its code
    char sentence[1024] = "";   // for the person; UTF-8, no control characters but line feeds
};

enum class AnswerKind : unsigned char {
    nonsense,  // not exactly one flat JSON object with one of these:
    failure,   // {"error":…,"sentence":…}: calm-hostd cannot say
    done,      // {"done":true,"sentence":…}: it has heard, and may have something to say
    verdict    // {"verdict":"allow"|"deny","reason":…,"sentence":…}
};

// Reads calm-hostd's answer. Unknown fields are skipped. ENSURES: `answer` is empty after nonsense.
AnswerKind read_answer(std::string_view line, Answer& answer);

}  // namespace calm::asking
