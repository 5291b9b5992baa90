// QR codes (ISO/IEC 18004) of what is printed on cards: up to 38 characters, version 2, error
// correction level M, which mends 15 of 100. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace calm::report {

inline constexpr size_t kQrSize = 25;     // modules a side, without the quiet zone of 4
inline constexpr size_t kQrTextMax = 38;  // characters: 0-9 A-Z and " $%*+-./:"

using QrModules = std::array<std::array<bool, kQrSize>, kQrSize>;  // [row][column], true: dark

// REQUIRES: `text` is short enough and has these characters only.
QrModules qr_code(std::string_view text);

}  // namespace calm::report
