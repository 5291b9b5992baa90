// PdfPages: texts, lines and areas on pages of A4, written as a PDF in memory. Coordinates are
// points (1/72 inch) from the upper left corner. Internal to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace calm::report {

struct Color {
    double red = 0;
    double green = 0;
    double blue = 0;
};

struct TextStyle {
    double size = 9;  // points
    bool bold = false;
    bool fixed = false;  // a fixed-width font
    Color color;
    enum class Align : uint8_t { left, right, center } align = Align::left;
};

class PdfPages {
  public:
    static constexpr double kWidth = 595.28;
    static constexpr double kHeight = 841.89;

    void start_page() { ++pages_; }
    size_t pages() const { return pages_; }

    // On the newest page, or on `page` (from 1). A text has one line; what does not fit into
    // `width` ends in an ellipsis.
    void text(double x, double y, double width, std::string_view text, const TextStyle& style,
              size_t page = 0);
    void area(double x, double y, double width, double height, Color color, size_t page = 0);

    struct Facts {
        std::string title;
        std::string subject;
        Instant made_at;
    };
    // Errors: `report_not_made`.
    Result<std::string> write(const Facts& facts) const;

  private:
    struct Mark {
        size_t page = 0;
        double x = 0;
        double y = 0;
        double width = 0;
        double height = 0;  // 0: a text
        std::string text;
        TextStyle style;
    };

    size_t pages_ = 0;
    std::vector<Mark> marks_;
};

}  // namespace calm::report
