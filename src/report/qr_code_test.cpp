// Codes are read back here by a reader of its own, which follows the standard from the picture on.
#include "report/qr_code.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/terms.h"
#include "report/key_cards.h"

namespace calm::report {
namespace {

// ISO/IEC 18004, table C.1: the fifteen bits of level M by mask.
constexpr unsigned kFormats[] = {0b101010000010010, 0b101000100100101, 0b101111001111100,
                                 0b101101101001011, 0b100010111111001, 0b100000011001110,
                                 0b100111110010111, 0b100101010100000};

unsigned format_in(const QrModules& dark) {
    unsigned bits = 0;
    const auto take = [&](size_t row, size_t column) {
        bits = bits << 1 | (dark[row][column] ? 1U : 0U);
    };
    for (const size_t column : {0, 1, 2, 3, 4, 5, 7, 8})
        take(8, column);
    for (const size_t row : {7, 5, 4, 3, 2, 1, 0})
        take(row, 8);
    return bits;
}

bool is_for_data(size_t row, size_t column) {
    if (row == 6 || column == 6) return false;
    if ((row < 9 && (column < 9 || column > 16)) || (row > 16 && column < 9)) return false;
    return row < 16 || row > 20 || column < 16 || column > 20;
}

bool mask_at(unsigned mask, size_t i, size_t j) {
    const size_t all[] = {(i + j) % 2,
                          i % 2,
                          j % 3,
                          (i + j) % 3,
                          (i / 2 + j / 3) % 2,
                          (i * j) % 2 + (i * j) % 3,
                          ((i * j) % 2 + (i * j) % 3) % 2,
                          ((i + j) % 2 + (i * j) % 3) % 2};
    return all[mask] == 0;
}

std::vector<uint8_t> bytes_in(const QrModules& dark, unsigned mask) {
    std::vector<bool> bits;
    const size_t pairs[] = {24, 22, 20, 18, 16, 14, 12, 10, 8, 5, 3, 1};
    bool up = true;
    for (const size_t right : pairs) {
        for (size_t k = 0; k < kQrSize; ++k) {
            const size_t row = up ? kQrSize - 1 - k : k;
            for (const size_t column : {right, right - 1}) {
                if (is_for_data(row, column))
                    bits.push_back(dark[row][column] != mask_at(mask, row, column));
            }
        }
        up = !up;
    }
    EXPECT_EQ(bits.size(), 44U * 8 + 7);
    std::vector<uint8_t> out(44);
    for (size_t i = 0; i < 44 * 8; ++i)
        out[i / 8] = static_cast<uint8_t>(out[i / 8] << 1 | (bits[i] ? 1 : 0));
    return out;
}

std::string text_in(const std::vector<uint8_t>& bytes) {
    size_t at = 0;
    const auto take = [&](size_t count) {
        unsigned value = 0;
        for (; count > 0; --count, ++at)
            value = value << 1 | (bytes[at / 8] >> (7 - at % 8) & 1U);
        return value;
    };
    constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    std::string out;
    EXPECT_EQ(take(4), 2U);
    for (unsigned left = take(9); left > 0;) {
        if (left == 1) {
            out += letters[take(6)];
            left = 0;
        } else {
            const unsigned both = take(11);
            out += letters[both / 45];
            out += letters[both % 45];
            left -= 2;
        }
    }
    return out;
}

TEST(QrCodeTest, what_is_drawn_reads_as_it_was) {
    std::set<unsigned> masks;
    for (int i = 0; i < 200; ++i) {
        std::string text = "ABCDE-FGHJK-LMNPQ-RSTUV-W" + std::to_string(1000 + i * 37);
        if (i % 2 == 0) text.pop_back();
        const QrModules dark = qr_code(text);
        const unsigned* const format = std::ranges::find(kFormats, format_in(dark));
        ASSERT_NE(format, std::end(kFormats));
        const auto mask = static_cast<unsigned>(format - kFormats);
        masks.insert(mask);
        const auto bytes = bytes_in(dark, mask);
        EXPECT_EQ(text_in(bytes), text);
    }
    EXPECT_GT(masks.size(), 2U);  // one is not always the best
}

TEST(QrCodeTest, the_corners_are_where_a_reader_looks) {
    const QrModules dark = qr_code("A");
    for (const auto& [row, column] : {std::pair{0, 0}, {0, 18}, {18, 0}}) {
        const char* const finder[] = {"1111111", "1000001", "1011101", "1011101",
                                      "1011101", "1000001", "1111111"};
        for (size_t r = 0; r < 7; ++r) {
            for (size_t c = 0; c < 7; ++c) {
                EXPECT_EQ(dark[static_cast<size_t>(row) + r][static_cast<size_t>(column) + c],
                          finder[r][c] == '1');
            }
        }
    }
    EXPECT_TRUE(dark[17][8]);
}

TEST(KeyCardsTest, ten_stand_on_a_page_in_both_languages) {
    std::vector<KeyCard> cards(
        21, {.key = "ABCDE-FGHJK-LMNPQ-RSTUV-WXYZ2", .product = "sql-2012", .quantity = 25});
    for (const Language language : {Language::en, Language::fr}) {
        const auto pdf = key_cards_pdf(cards, {.vendor = "Contoso",
                                               .address = "https://licenses.contoso.example",
                                               .language = language});
        ASSERT_TRUE(pdf);
        EXPECT_TRUE(pdf->starts_with("%PDF-"));
        EXPECT_NE(pdf->find("/Count 3"), std::string::npos);
    }
}

}  // namespace
}  // namespace calm::report
