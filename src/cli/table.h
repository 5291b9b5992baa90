// Tables for people: columns as wide as their widest cell, nothing drawn around them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/shown_text.h"

namespace calm::cli {

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
