// A group is a code word over the field of 32 elements: c0*x + c1*x^2 + c2*x^3 + c3*x^4 + check +
// place = 0. The weights differ and none is 0 or 1, hence any single error and any swap within a
// group changes the sum; the places differ, hence so does any swap of groups.
#include "documents/checked_groups.h"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/assert.h"

namespace calm {
namespace {

constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
static_assert(kAlphabet.size() == 32);

using Digits = std::array<unsigned, 4>;

// Multiplication in GF(32) with the polynomial x^5 + x^2 + 1.
constexpr unsigned times(unsigned a, unsigned b) {
    unsigned product = 0;
    for (int bit = 0; bit < 5; ++bit) {
        if ((b >> bit & 1) != 0) product ^= a << bit;
    }
    for (int bit = 9; bit >= 5; --bit) {
        if ((product >> bit & 1) != 0) product ^= 0b100101U << (bit - 5);
    }
    return product;
}
static_assert(times(16, 2) == 0b00101);

constexpr Digits kWeights = {2, 4, 8, 16};  // x, x^2, x^3, x^4

unsigned check_digit(const Digits& digits, size_t group, uint8_t tone) {
    unsigned sum = (static_cast<unsigned>(group) + 1) ^ tone;
    for (size_t i = 0; i < digits.size(); ++i)
        sum ^= times(digits[i], kWeights[i]);
    return sum;
}

std::optional<unsigned> digit_of(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const size_t at = kAlphabet.find(c);
    if (at == std::string_view::npos) return std::nullopt;
    return static_cast<unsigned>(at);
}

// The characters without what stands between groups, in capitals.
Result<std::string> characters_of(std::string_view text, const CodeKind& kind) {
    const size_t size = kind.groups * kGroupSize;
    if (text.size() > 3 * size) return fail(kind.error, "it is too long");
    std::string characters;
    for (const char c : text) {
        if (c == '-' || c == ' ') continue;
        if (characters.size() == size)
            return fail(kind.error, fmt::format("it has more than {} characters", size));
        const auto digit = digit_of(c);
        if (!digit) {
            const bool printable = c > 0x20 && c < 0x7f;
            return fail(kind.error,
                        fmt::format("group {} has `{}`, which never occurs in {}",
                                    characters.size() / kGroupSize + 1,
                                    printable ? std::string(1, c) : std::string("?"), kind.name));
        }
        characters += kAlphabet[*digit];
    }
    if (characters.size() == size) return characters;
    return fail(kind.error,
                fmt::format("it has {} characters instead of {}", characters.size(), size));
}

}  // namespace

std::string checked_groups(std::span<const uint8_t> bytes, const CodeKind& kind) {
    CALM_ASSERT(kind.groups <= kGroupsMax && bytes.size() * 8 >= kind.groups * kGroupBits);
    std::string out;
    size_t bit = 0;
    for (size_t group = 0; group < kind.groups; ++group) {
        Digits digits{};
        for (auto& digit : digits) {
            for (int i = 0; i < 5; ++i, ++bit)
                digit = digit << 1 | (bytes[bit / 8] >> (7 - bit % 8) & 1U);
        }
        if (group > 0) out += '-';
        for (const unsigned digit : digits)
            out += kAlphabet[digit];
        out += kAlphabet[check_digit(digits, group, kind.tone)];
    }
    return out;
}

Result<std::vector<uint8_t>> read_checked_groups(std::string_view text, const CodeKind& kind) {
    CALM_TRY_ASSIGN(const std::string characters, characters_of(text, kind));
    std::vector<uint8_t> bytes((kind.groups * kGroupBits + 7) / 8);
    size_t bit = 0;
    for (size_t group = 0; group < kind.groups; ++group) {
        const std::string_view from =
            std::string_view(characters).substr(group * kGroupSize, kGroupSize);
        const Digits digits = {*digit_of(from[0]), *digit_of(from[1]), *digit_of(from[2]),
                               *digit_of(from[3])};
        if (check_digit(digits, group, kind.tone) != digit_of(from[4])) {
            return fail(kind.error, fmt::format("group {} (`{}`) has a wrong character, or stands "
                                                "in a wrong place",
                                                group + 1, from));
        }
        for (const unsigned digit : digits) {
            for (int i = 4; i >= 0; --i, ++bit)
                bytes[bit / 8] |= static_cast<uint8_t>((digit >> i & 1U) << (7 - bit % 8));
        }
    }
    return bytes;
}

}  // namespace calm
