// Text that is safe to show, measured and broken as terminals show it.
#include "messages/shown_text.h"

#include <algorithm>
#include <cstdint>

namespace calm {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Decoded {
    uint32_t point = 0;
    size_t size = 0;  // 0: malformed
};

// One code point of UTF-8; overlong forms and surrogates are malformed.
Decoded decode(std::string_view text) {
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
    const uint8_t first = byte(0);
    if (first < 0x80) return {first, 1};
    const size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < size) return {};
    uint32_t point = first & (0xFFU >> (size + 1));
    for (size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        point = point << 6 | (byte(i) & 0x3FU);
    }
    constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (point < kSmallest[size] || point > 0x10FFFF || surrogate) return {};
    return {point, size};
}

// C0, DEL, C1, and the marks that turn the direction of writing round.
bool is_control(uint32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x200E || point == 0x200F ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

bool is_combining(uint32_t point) {
    return (point >= 0x300 && point <= 0x36F) || (point >= 0x1AB0 && point <= 0x1AFF) ||
           (point >= 0x20D0 && point <= 0x20FF) || (point >= 0xFE00 && point <= 0xFE0F) ||
           point == 0x200B || point == 0x200C || point == 0x200D || point == 0xFEFF;
}

bool is_wide(uint32_t point) {
    return (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
           (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
           (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
           (point >= 0xFFE0 && point <= 0xFFE6) || (point >= 0x1F300 && point <= 0x1FAFF) ||
           (point >= 0x20000 && point <= 0x3FFFD);
}

void append_escaped(std::string& out, uint32_t point) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += point > 0xFF ? "\\u" : "\\x";
    for (int shift = point > 0xFF ? 12 : 4; shift >= 0; shift -= 4)
        out += kDigits[point >> shift & 15];
}

// The next word; one in backticks is one word, spaces and all.
std::string_view next_word(std::string_view text) {
    bool quoted = false;
    size_t end = 0;
    for (; end < text.size(); ++end) {
        if (text[end] == '`') quoted = !quoted;
        if (text[end] == ' ' && !(quoted && text.find('`', end) != std::string_view::npos)) break;
    }
    return text.substr(0, end);
}

}  // namespace

std::string printable(std::string_view text, bool keep_newlines) {
    std::string out;
    while (!text.empty()) {
        const Decoded next = decode(text);
        if (next.size == 0) {
            out += kReplacement;
            text.remove_prefix(1);
            continue;
        }
        if (is_control(next.point) && !(keep_newlines && next.point == '\n')) {
            append_escaped(out, next.point);
        } else {
            out += text.substr(0, next.size);
        }
        text.remove_prefix(next.size);
    }
    return out;
}

size_t display_width(std::string_view text) {
    size_t width = 0;
    while (!text.empty()) {
        const Decoded next = decode(text);
        width += next.size == 0 ? 1 : is_combining(next.point) ? 0 : is_wide(next.point) ? 2 : 1;
        text.remove_prefix(std::max<size_t>(next.size, 1));
    }
    return width;
}

std::string wrap(std::string_view text, size_t width, size_t indent) {
    std::string out;
    const std::string margin(indent, ' ');
    size_t column = 0;
    while (!text.empty()) {
        if (text.front() == ' ') {
            text.remove_prefix(1);
            continue;
        }
        const std::string_view word = next_word(text);
        const size_t size = display_width(word);
        if (column == 0) {
            out += margin;
            column = indent;
        } else if (column + 1 + size > width) {
            out += '\n' + margin;
            column = indent;
        } else {
            out += ' ';
            ++column;
        }
        out += word;
        column += size;
        text.remove_prefix(word.size());
    }
    if (!out.empty()) out += '\n';
    return out;
}

}  // namespace calm
