// What counts as text in a scenario.
#include "core/scenario_words.h"

namespace calm::scenario {

bool is_text(std::string_view bytes) {
    for (size_t i = 0; i < bytes.size();) {
        const auto first = static_cast<uint8_t>(bytes[i]);
        if (first < 0x20 || first == 0x7F) return false;
        if (first < 0x80) {
            ++i;
            continue;
        }
        const size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || i + more >= bytes.size()) return false;
        uint32_t rune = first & (0x3F >> more);
        for (size_t k = 1; k <= more; ++k) {
            const auto next = static_cast<uint8_t>(bytes[i + k]);
            if ((next & 0xC0) != 0x80) return false;
            rune = rune << 6 | (next & 0x3F);
        }
        const bool too_long = (more == 2 && rune < 0x800) || (more == 3 && rune < 0x10000);
        const bool control = rune < 0xA0;
        if (too_long || control || rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000))
            return false;
        i += more + 1;
    }
    return true;
}

}  // namespace calm::scenario
