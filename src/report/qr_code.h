// QR codes (ISO/IEC 18004) of what is printed on cards: up to 38 characters, version 2, error
// correction level M, which mends 15 of 100. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace calm::report {

inline constexpr size_t kQrSize = 25;     // modules a side, without the quiet zone of 4
inline constexpr size_t kQrTextMax = 38;  // characters: 0-9 A-Z and " $%*+-./:"

using QrModules = std::array<std::array<bool, kQrSize>, kQrSize>;  // [row][column], true: dark

// REQUIRES: `text` is short enough and has these characters only.
QrModules qr_code(std::string_view text);

// The check bytes of a block. For the tests.
std::vector<uint8_t> reed_solomon(std::span<const uint8_t> data, size_t check_bytes);

}  // namespace calm::report
