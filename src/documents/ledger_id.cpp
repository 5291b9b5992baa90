// A group is a code word over the field of 32 elements: c0*x + c1*x^2 + c2*x^3 + c3*x^4 + check +
// place = 0. The weights differ and none is 0 or 1, hence any single error and any swap within a
// group changes the sum; the places differ, hence so does any swap of groups.
#include "documents/ledger_id.h"

#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace calm {
namespace {

constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
static_assert(kAlphabet.size() == 32);

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

constexpr std::array<unsigned, 4> kWeights = {2, 4, 8, 16};  // x, x^2, x^3, x^4

// `digits`: the four data characters as numbers. `group`: 0 to 6.
unsigned check_digit(const std::array<unsigned, 4>& digits, size_t group) {
    unsigned sum = static_cast<unsigned>(group) + 1;
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

}  // namespace

LedgerId ledger_id_of(const PublicKey& identity) {
    const Hash hash = sha256(identity.bytes);
    LedgerId id;
    size_t bit = 0;
    for (size_t group = 0; group < LedgerId::kGroups; ++group) {
        std::array<unsigned, 4> digits{};
        for (auto& digit : digits) {
            for (int i = 0; i < 5; ++i, ++bit)
                digit = digit << 1 | (hash[bit / 8] >> (7 - bit % 8) & 1U);
        }
        char* const out = id.characters.data() + group * LedgerId::kGroupSize;
        for (size_t i = 0; i < digits.size(); ++i)
            out[i] = kAlphabet[digits[i]];
        out[4] = kAlphabet[check_digit(digits, group)];
    }
    return id;
}

std::string to_string(const LedgerId& id) {
    std::string out;
    if (id == LedgerId{}) return out;
    for (size_t i = 0; i < id.characters.size(); ++i) {
        if (i > 0 && i % LedgerId::kGroupSize == 0) out += '-';
        out += id.characters[i];
    }
    return out;
}

Result<LedgerId> parse_ledger_id(std::string_view text) {
    if (text.size() > 2 * LedgerId::kPrintedSize) {
        return fail("bad_ledger_id", "it is too long");
    }
    LedgerId id;
    size_t count = 0;
    for (const char c : text) {
        if (c == '-' || c == ' ') continue;
        const size_t group = count / LedgerId::kGroupSize;
        if (group >= LedgerId::kGroups)
            return fail("bad_ledger_id", "it has more than 35 characters");
        const auto digit = digit_of(c);
        if (!digit) {
            const bool printable = c > 0x20 && c < 0x7f;
            return fail("bad_ledger_id",
                        fmt::format("group {} has `{}`, which never occurs in an id", group + 1,
                                    printable ? std::string(1, c) : std::string("?")));
        }
        id.characters[count++] = kAlphabet[*digit];
    }
    if (count != id.characters.size()) {
        return fail("bad_ledger_id", fmt::format("it has {} characters instead of 35", count));
    }
    for (size_t group = 0; group < LedgerId::kGroups; ++group) {
        const char* const from = id.characters.data() + group * LedgerId::kGroupSize;
        const std::array<unsigned, 4> digits = {*digit_of(from[0]), *digit_of(from[1]),
                                                *digit_of(from[2]), *digit_of(from[3])};
        if (check_digit(digits, group) != digit_of(from[4])) {
            return fail(
                "bad_ledger_id",
                fmt::format("group {} (`{}`) has a wrong character, or stands in a wrong place",
                            group + 1, std::string_view(from, LedgerId::kGroupSize)));
        }
    }
    return id;
}

}  // namespace calm
