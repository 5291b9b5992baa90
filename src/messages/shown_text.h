// Text for a terminal: safe to show, as wide as it is shown, broken into lines. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace calm {

// Text as it may be shown: control characters, which could steer a terminal, become \xNN, and
// malformed UTF-8 becomes U+FFFD. Newlines too, unless they may stay.
std::string printable(std::string_view text, bool keep_newlines = false);

// How many columns of a terminal the text takes. REQUIRES: printable.
size_t display_width(std::string_view text);

// Lines of at most `width` columns, broken at spaces; each begins with `indent` spaces. What is in
// `backticks` is not broken.
std::string wrap(std::string_view text, size_t width, size_t indent);

}  // namespace calm
