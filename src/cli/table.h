// Tables for people: columns as wide as their widest cell, nothing drawn around them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calm::cli {

// Text as it may be shown: control characters, which could steer a terminal, become \xNN, and
// malformed UTF-8 becomes U+FFFD. Newlines too, unless they may stay.
std::string printable(std::string_view text, bool keep_newlines = false);

// How many columns of a terminal the text takes. REQUIRES: printable.
size_t display_width(std::string_view text);

// Lines of at most `width` columns, broken at spaces; each begins with `indent` spaces. What is in
// `backticks` is not broken.
std::string wrap(std::string_view text, size_t width, size_t indent);

// "Label  value" lines, the values under each other; rows with an empty value are left out.
std::string fact_lines(const std::vector<std::pair<std::string, std::string>>& facts);

class Table {
  public:
    struct Column {
        std::string title;
        bool right = false;  // numbers
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    // REQUIRES: as many cells as columns.
    void add(std::vector<std::string> cells);
    bool empty() const { return rows_.empty(); }

    // One line a row, no spaces at line ends. `bold_titles`: with terminal codes.
    std::string text(bool bold_titles) const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace calm::cli
