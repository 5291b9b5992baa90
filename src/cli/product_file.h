// Product files: how a vendor describes the server software that is sold with CALs, in TOML. The
// files in share/products describe products of the trade. docs/reference/product-files.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/product.h"

namespace calm::cli {

inline constexpr size_t kProductFileSizeMax = 256 * 1024;
inline constexpr size_t kProductsOfFileMax = 256;

struct ProductFile {
    std::string title;
    std::vector<std::string> sources;  // where it can be read that the product is sold so
    std::vector<Product> products;     // a base stands before what rests on it
};

// What is wrong, and where. `line` counts from 1.
struct ProductFileMistake {
    uint32_t line = 0;
    std::string what;
};

struct ProductFileReading {
    ProductFile file;
    std::vector<ProductFileMistake> mistakes;  // by line; empty: the file is sound
};

// Reads any text. Nothing of a file with mistakes should be used.
ProductFileReading read_product_file(std::string_view text);

}  // namespace calm::cli
