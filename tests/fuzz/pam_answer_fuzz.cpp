// links: calm_pam
// What pam_calm.so reads from its socket: any bytes are an answer or none, within bounds.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "pam/message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    calm::pam::Answer answer;
    const auto kind = calm::pam::read_answer(line, answer);
    if (std::strlen(answer.sentence) >= sizeof answer.sentence) std::abort();
    for (const char* c = answer.sentence; *c != '\0'; ++c) {
        if (static_cast<unsigned char>(*c) < 0x20 && *c != '\n') std::abort();
    }
    // Who is admitted was named so, in so many words.
    if (answer.allowed != (kind == calm::pam::AnswerKind::verdict && answer.allowed)) std::abort();
    if (answer.allowed && line.find("verdict") == std::string_view::npos &&
        line.find("\\u") == std::string_view::npos) {
        std::abort();
    }
    return 0;
}
