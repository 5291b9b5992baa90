// Tables.
#include "cli/table.h"

#include <algorithm>

#include "base/assert.h"

namespace calm::cli {

std::string fact_lines(const std::vector<std::pair<std::string, std::string>>& facts) {
    size_t left = 0;
    for (const auto& [label, value] : facts)
        left = std::max(left, display_width(label));
    std::string out;
    for (const auto& [label, value] : facts) {
        if (value.empty()) continue;
        out += label + std::string(left - display_width(label) + 2, ' ') + printable(value) + '\n';
    }
    return out;
}

void Table::add(std::vector<std::string> cells) {
    CALM_ASSERT(cells.size() == columns_.size());
    for (std::string& cell : cells)
        cell = printable(cell);
    rows_.push_back(std::move(cells));
}

std::string Table::text(bool bold_titles) const {
    std::vector<size_t> widths;
    for (size_t i = 0; i < columns_.size(); ++i) {
        size_t width = display_width(columns_[i].title);
        for (const auto& row : rows_)
            width = std::max(width, display_width(row[i]));
        widths.push_back(width);
    }
    std::string out;
    const auto line = [&](const auto& cell_of, bool bold) {
        std::string row;
        for (size_t i = 0; i < columns_.size(); ++i) {
            const std::string& cell = cell_of(i);
            const std::string space(widths[i] - display_width(cell), ' ');
            if (i > 0) row += "  ";
            row += columns_[i].right ? space + cell : cell + space;
        }
        row.erase(row.find_last_not_of(' ') + 1);
        out += bold ? "\x1b[1m" + row + "\x1b[0m\n" : row + '\n';
    };
    line([&](size_t i) -> const std::string& { return columns_[i].title; }, bold_titles);
    for (const auto& row : rows_)
        line([&](size_t i) -> const std::string& { return row[i]; }, false);
    return out;
}

}  // namespace calm::cli
