// links: calm_agent
// What anybody on the host may write into calm-hostd's socket: a question or an error.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const auto question = calm::parse_agent_question(line);
    if (!question) {
        if (question.error().detail.empty()) std::abort();
        return 0;
    }
    const auto again = calm::parse_agent_question(calm::agent_question_line(*question));
    if (!again || *again != *question) std::abort();
    return 0;
}
