// Hex and base64url, strict in both directions.
#include "base/bytes.h"

namespace calm {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// 255 where the character does not belong to the alphabet.
constexpr std::array<uint8_t, 256> reverse_of(std::string_view alphabet) {
    std::array<uint8_t, 256> table{};
    table.fill(255);
    for (size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
    }
    return table;
}

constexpr auto kHexValue = reverse_of(kHex);
constexpr auto kBase64Value = reverse_of(kBase64);

}  // namespace

std::span<const uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(std::span<const uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(std::span<const uint8_t> bytes) {
    std::string out(bytes.size() * 2, '\0');
    char* to = out.data();
    for (const uint8_t byte : bytes) {
        *to++ = kHex[byte >> 4];
        *to++ = kHex[byte & 15];
    }
    return out;
}

std::string to_base64url(std::span<const uint8_t> bytes) {
    std::string out;
    out.reserve((bytes.size() * 4 + 2) / 3);
    uint32_t bits = 0;
    int held = 0;
    for (const uint8_t byte : bytes) {
        bits = bits << 8 | byte;
        held += 8;
        while (held >= 6) {
            held -= 6;
            out += kBase64[bits >> held & 63];
        }
    }
    if (held > 0) out += kBase64[bits << (6 - held) & 63];
    return out;
}

Result<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return fail("bad_encoding", "hex with an odd number of digits");
    std::string out(text.size() / 2, '\0');
    for (size_t i = 0; i < out.size(); ++i) {
        const uint8_t high = kHexValue[static_cast<uint8_t>(text[2 * i])];
        const uint8_t low = kHexValue[static_cast<uint8_t>(text[2 * i + 1])];
        if (high == 255 || low == 255) return fail("bad_encoding", "not lower-case hex");
        out[i] = static_cast<char>(high << 4 | low);
    }
    return out;
}

Result<std::string> from_base64url(std::string_view text) {
    std::string out(text.size() * 3 / 4, '\0');
    CALM_TRY_ASSIGN(const size_t size,
                    from_base64url(text, {reinterpret_cast<uint8_t*>(out.data()), out.size()}));
    out.resize(size);
    return out;
}

Result<size_t> from_base64url(std::string_view text, std::span<uint8_t> out) {
    if (text.size() % 4 == 1) return fail("bad_encoding", "base64url of an impossible length");
    if (text.size() * 3 / 4 > out.size()) return fail("bad_encoding", "base64url that is too long");
    size_t size = 0;
    uint32_t bits = 0;
    int held = 0;
    for (const char c : text) {
        const uint8_t value = kBase64Value[static_cast<uint8_t>(c)];
        if (value == 255) return fail("bad_encoding", "a character that base64url does not have");
        bits = bits << 6 | value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[size++] = static_cast<uint8_t>(bits >> held);
        }
    }
    if ((bits & ((1U << held) - 1)) != 0) return fail("bad_encoding", "bits behind the last byte");
    return size;
}

}  // namespace calm
