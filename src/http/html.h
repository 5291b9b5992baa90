// Text in HTML.
#pragma once

#include <string>
#include <string_view>

namespace calm::http {

// As text, or in a quoted attribute.
std::string escaped_html(std::string_view text);

}  // namespace calm::http
