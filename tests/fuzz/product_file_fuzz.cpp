// links: calm_cli
// Product files: any text is products that are sound, or mistakes that name a line.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/product_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto reading = calm::cli::read_product_file(text);
    for (const auto& mistake : reading.mistakes) {
        if (mistake.line == 0 || mistake.what.empty()) std::abort();
    }
    if (!reading.mistakes.empty()) return 0;
    if (reading.file.products.empty()) std::abort();
    for (const auto& product : reading.file.products) {
        if (!calm::check_product(product)) std::abort();
    }
    return 0;
}
