// One version and one level: what a product key needs.
#include "report/qr_code.h"

#include <algorithm>
#include <cstdlib>

#include "base/assert.h"

namespace calm::report {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
constexpr size_t kDataBytes = 28;
constexpr size_t kCheckBytes = 16;
constexpr size_t kAlignmentAt = 18;  // the centre of the only alignment pattern of version 2
constexpr size_t kTimingAt = 6;

uint8_t multiply(uint8_t a, uint8_t b) {
    unsigned product = 0;
    for (unsigned bit = 0; bit < 8; ++bit) {
        if ((b >> bit & 1U) != 0) product ^= static_cast<unsigned>(a) << bit;
    }
    for (unsigned bit = 14; bit >= 8; --bit) {
        if ((product >> bit & 1U) != 0) product ^= 0x11DU << (bit - 8);
    }
    return static_cast<uint8_t>(product);
}

class Bits {
  public:
    void append(unsigned value, size_t count) {
        while (count-- > 0)
            bits_.push_back((value >> count & 1U) != 0);
    }
    size_t size() const { return bits_.size(); }
    std::vector<uint8_t> bytes() const {
        std::vector<uint8_t> out((bits_.size() + 7) / 8);
        for (size_t i = 0; i < bits_.size(); ++i) {
            if (bits_[i]) out[i / 8] = static_cast<uint8_t>(out[i / 8] | 0x80U >> i % 8);
        }
        return out;
    }

  private:
    std::vector<bool> bits_;
};

std::vector<uint8_t> data_of(std::string_view text) {
    Bits bits;
    bits.append(0b0010, 4);  // alphanumeric
    bits.append(static_cast<unsigned>(text.size()), 9);
    for (size_t i = 0; i < text.size(); i += 2) {
        const auto first = static_cast<unsigned>(kAlphabet.find(text[i]));
        if (i + 1 == text.size()) {
            bits.append(first, 6);
        } else {
            bits.append(first * 45 + static_cast<unsigned>(kAlphabet.find(text[i + 1])), 11);
        }
    }
    bits.append(0, std::min<size_t>(4, kDataBytes * 8 - bits.size()));
    std::vector<uint8_t> data = bits.bytes();
    for (uint8_t pad = 0xEC; data.size() < kDataBytes; pad ^= 0xEC ^ 0x11)
        data.push_back(pad);
    return data;
}

struct Grid {
    QrModules dark{};
    QrModules fixed{};  // not for data

    void set(size_t row, size_t column, bool is_dark) {
        dark[row][column] = is_dark;
        fixed[row][column] = true;
    }
};

void draw_finder(Grid& grid, int centre_row, int centre_column) {
    for (int dr = -4; dr <= 4; ++dr) {
        for (int dc = -4; dc <= 4; ++dc) {
            const int row = centre_row + dr;
            const int column = centre_column + dc;
            if (row < 0 || column < 0 || row >= static_cast<int>(kQrSize) ||
                column >= static_cast<int>(kQrSize)) {
                continue;
            }
            const int ring = std::max(std::abs(dr), std::abs(dc));
            grid.set(static_cast<size_t>(row), static_cast<size_t>(column), ring != 2 && ring != 4);
        }
    }
}

// Level M is 00; five bits, ten that check them, and a mask so that they are never all light.
unsigned format_bits(unsigned mask) {
    unsigned rest = mask << 10;
    for (unsigned bit = 14; bit >= 10; --bit) {
        if ((rest >> bit & 1U) != 0) rest ^= 0x537U << (bit - 10);
    }
    return (mask << 10 | rest) ^ 0x5412U;
}

// Twice, bit 0 to 14: around the first finder, and along the two others.
void draw_format(Grid& grid, unsigned mask) {
    const unsigned bits = format_bits(mask);
    for (size_t i = 0; i < 15; ++i) {
        const bool is_dark = (bits >> i & 1U) != 0;
        if (i < 6) {
            grid.set(i, 8, is_dark);
        } else if (i < 8) {
            grid.set(i + 1, 8, is_dark);
        } else if (i == 8) {
            grid.set(8, 7, is_dark);
        } else {
            grid.set(8, 14 - i, is_dark);
        }
        if (i < 8) {
            grid.set(8, kQrSize - 1 - i, is_dark);
        } else {
            grid.set(kQrSize - 15 + i, 8, is_dark);
        }
    }
    grid.set(kQrSize - 8, 8, true);
}

Grid empty_grid() {
    Grid grid;
    for (size_t i = 0; i < kQrSize; ++i) {
        grid.set(kTimingAt, i, i % 2 == 0);
        grid.set(i, kTimingAt, i % 2 == 0);
    }
    draw_finder(grid, 3, 3);
    draw_finder(grid, 3, kQrSize - 4);
    draw_finder(grid, kQrSize - 4, 3);
    for (int dr = -2; dr <= 2; ++dr) {
        for (int dc = -2; dc <= 2; ++dc) {
            grid.set(static_cast<size_t>(static_cast<int>(kAlignmentAt) + dr),
                     static_cast<size_t>(static_cast<int>(kAlignmentAt) + dc),
                     std::max(std::abs(dr), std::abs(dc)) != 1);
        }
    }
    draw_format(grid, 0);
    return grid;
}

// Two columns at a time from the right, upwards and downwards in turn, around the timing column.
void draw_data(Grid& grid, std::span<const uint8_t> bytes) {
    size_t bit = 0;
    bool upwards = true;
    for (size_t right = kQrSize - 1; right >= 1; right -= 2) {
        if (right == kTimingAt) --right;
        for (size_t step = 0; step < kQrSize; ++step) {
            const size_t row = upwards ? kQrSize - 1 - step : step;
            for (const size_t column : {right, right - 1}) {
                if (grid.fixed[row][column]) continue;
                // Seven modules are left over, and light.
                grid.dark[row][column] =
                    bit < bytes.size() * 8 && (bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
                ++bit;
            }
        }
        upwards = !upwards;
        if (right == 1) break;
    }
}

bool is_masked(unsigned mask, size_t row, size_t column) {
    switch (mask) {
        case 0: return (row + column) % 2 == 0;
        case 1: return row % 2 == 0;
        case 2: return column % 3 == 0;
        case 3: return (row + column) % 3 == 0;
        case 4: return (row / 2 + column / 3) % 2 == 0;
        case 5: return row * column % 2 + row * column % 3 == 0;
        case 6: return (row * column % 2 + row * column % 3) % 2 == 0;
        default: return ((row + column) % 2 + row * column % 3) % 2 == 0;
    }
}

QrModules with_mask(Grid grid, unsigned mask) {
    for (size_t row = 0; row < kQrSize; ++row) {
        for (size_t column = 0; column < kQrSize; ++column) {
            if (!grid.fixed[row][column] && is_masked(mask, row, column))
                grid.dark[row][column] = !grid.dark[row][column];
        }
    }
    draw_format(grid, mask);
    return grid.dark;
}

// Runs of one colour, and what looks like a finder, in one line.
unsigned line_penalty(const std::array<bool, kQrSize>& line) {
    unsigned penalty = 0;
    unsigned run = 0;
    unsigned recent = 0;  // the last eleven modules
    for (size_t i = 0; i < kQrSize; ++i) {
        run = i > 0 && line[i] == line[i - 1] ? run + 1 : 1;
        if (run == 5) penalty += 3;
        if (run > 5) ++penalty;
        recent = (recent << 1 | (line[i] ? 1U : 0U)) & 0x7FFU;
        if (i >= 10 && (recent == 0b10111010000U || recent == 0b00001011101U)) penalty += 40;
    }
    return penalty;
}

// How hard it is to read, as the standard counts it.
unsigned penalty_of(const QrModules& dark) {
    unsigned penalty = 0;
    unsigned count = 0;
    for (size_t i = 0; i < kQrSize; ++i) {
        std::array<bool, kQrSize> column{};
        for (size_t k = 0; k < kQrSize; ++k) {
            column[k] = dark[k][i];
            count += dark[k][i] ? 1 : 0;
            const bool square = i > 0 && k > 0 && dark[k][i] == dark[k - 1][i] &&
                                dark[k][i] == dark[k][i - 1] && dark[k][i] == dark[k - 1][i - 1];
            if (square) penalty += 3;
        }
        penalty += line_penalty(dark[i]) + line_penalty(column);
    }
    const int percent = static_cast<int>(count * 100 / (kQrSize * kQrSize));
    return penalty + static_cast<unsigned>(std::abs(percent - 50) / 5 * 10);
}

}  // namespace

std::vector<uint8_t> reed_solomon(std::span<const uint8_t> data, size_t check_bytes) {
    // The product of (x - 2^i), its leading 1 left out, highest power first.
    std::vector<uint8_t> generator(check_bytes, 0);
    generator.back() = 1;
    uint8_t root = 1;
    for (size_t i = 0; i < check_bytes; ++i) {
        for (size_t k = 0; k < check_bytes; ++k) {
            generator[k] = multiply(generator[k], root);
            if (k + 1 < check_bytes) generator[k] ^= generator[k + 1];
        }
        root = multiply(root, 2);
    }
    std::vector<uint8_t> rest(check_bytes, 0);
    for (const uint8_t byte : data) {
        const uint8_t factor = byte ^ rest.front();
        rest.erase(rest.begin());
        rest.push_back(0);
        for (size_t k = 0; k < check_bytes; ++k)
            rest[k] ^= multiply(generator[k], factor);
    }
    return rest;
}

QrModules qr_code(std::string_view text) {
    CALM_ASSERT(text.size() <= kQrTextMax &&
                text.find_first_not_of(kAlphabet) == std::string_view::npos);
    std::vector<uint8_t> bytes = data_of(text);
    const std::vector<uint8_t> check = reed_solomon(bytes, kCheckBytes);
    bytes.insert(bytes.end(), check.begin(), check.end());
    Grid grid = empty_grid();
    draw_data(grid, bytes);
    QrModules best = with_mask(grid, 0);
    for (unsigned mask = 1; mask < 8; ++mask) {
        const QrModules other = with_mask(grid, mask);
        if (penalty_of(other) < penalty_of(best)) best = other;
    }
    return best;
}

}  // namespace calm::report
