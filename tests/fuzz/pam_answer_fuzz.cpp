// links: calm_asking
// What pam_calm.so and libcalm.so read from the socket: any bytes are an answer or none, within
// bounds.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "asking/message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    calm::asking::Answer answer;
    const auto kind = calm::asking::read_answer(line, answer);
    if (std::strlen(answer.sentence) >= sizeof answer.sentence) std::abort();
    for (const char* c = answer.sentence; *c != '\0'; ++c) {
        if (static_cast<unsigned char>(*c) < 0x20 && *c != '\n') std::abort();
    }
    // Who is admitted was named so, in so many words.
    if (answer.allowed != (kind == calm::asking::AnswerKind::verdict && answer.allowed))
        std::abort();
    if (answer.allowed && line.find("verdict") == std::string_view::npos &&
        line.find("\\u") == std::string_view::npos) {
        std::abort();
    }
    // What libcalm.so hands on as it is.
    if (answer.seconds_left < -1 || answer.place > INT32_MAX) std::abort();
    if (answer.ends && line.find("ends") == std::string_view::npos &&
        line.find("\\u") == std::string_view::npos) {
        std::abort();
    }
    return 0;
}
