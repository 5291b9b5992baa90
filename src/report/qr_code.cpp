#include "report/qr_code.h"

#include <memory>
#include <string>

#include <qrencode.h>

#include "base/assert.h"

namespace calm::report {

QrModules qr_code(std::string_view text) {
    constexpr int kVersion = 2;
    struct Free {
        void operator()(QRcode* code) const { QRcode_free(code); }
    };
    CALM_ASSERT(text.size() <= kQrTextMax);
    // The library finds out by itself that these characters fit the denser mode.
    const std::unique_ptr<QRcode, Free> code(QRcode_encodeString(
        std::string(text).c_str(), kVersion, QR_ECLEVEL_M, QR_MODE_8, /*casesensitive=*/1));
    CALM_ASSERT(code != nullptr && code->width == static_cast<int>(kQrSize));
    QrModules dark{};
    for (size_t row = 0; row < kQrSize; ++row) {
        for (size_t column = 0; column < kQrSize; ++column)
            dark[row][column] = (code->data[row * kQrSize + column] & 1) != 0;
    }
    return dark;
}

}  // namespace calm::report
