// The two lines that pam_calm.so and calm-hostd exchange, seen from the module: one flat JSON
// object each way. No allocation, fixed sizes; what the other side sends is not trusted.
#pragma once

#include <string_view>

#include <stddef.h>

namespace calm::pam {

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
    char reason[64] = "";
    char sentence[1024] = "";  // for the person; UTF-8, no control characters but line feeds
};

enum class AnswerKind : unsigned char {
    nonsense,  // not exactly one flat JSON object with one of these:
    failure,   // {"error":…,"sentence":…}: calm-hostd cannot say
    verdict    // {"verdict":"allow"|"deny","reason":…,"sentence":…}
};

// Reads calm-hostd's answer. Unknown fields are skipped. ENSURES: `answer` is empty after nonsense.
AnswerKind read_answer(std::string_view line, Answer& answer);

}  // namespace calm::pam
