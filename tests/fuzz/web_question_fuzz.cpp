// links: calm_agent
// What comes in at calm-hostd's web socket: a question or an error, and no answer breaks out of its
// lines.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/web_question.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (calm::web_head_size(bytes) > bytes.size()) std::abort();
    const auto question = calm::parse_web_question(bytes);
    if (!question && question.error().code != "web_question_malformed") std::abort();
    const std::string answer =
        calm::web_answer(403, {{"CALM-Sentence", std::string(bytes)}}, false);
    if (calm::web_head_size(answer) != answer.size()) std::abort();
    return 0;
}
