// The table of well-formed byte sequences, as code.
#include "http/utf8.h"

#include <cstddef>
#include <cstdint>

namespace calm::http {
namespace {

// How many bytes the sequence that begins at `at` has, 0 when it is malformed.
size_t sequence_bytes(std::string_view text, size_t at) {
    const auto byte = [&](size_t i) -> uint8_t {
        return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : 0;
    };
    const auto continues = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const uint8_t lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        const bool second = lead == 0xe0   ? byte(1) >= 0xa0 && byte(1) <= 0xbf
                            : lead == 0xed ? byte(1) >= 0x80 && byte(1) <= 0x9f
                                           : continues(1);
        return second && continues(2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        const bool second = lead == 0xf0   ? byte(1) >= 0x90 && byte(1) <= 0xbf
                            : lead == 0xf4 ? byte(1) >= 0x80 && byte(1) <= 0x8f
                                           : continues(1);
        return second && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        const size_t bytes = sequence_bytes(text, at);
        if (bytes == 0) return false;
        at += bytes;
    }
    return true;
}

}  // namespace calm::http
