// Pages without script: HTML from the messages. Whatever is shown is escaped, and the browser is
// told to run nothing and to load nothing from elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/html.h"
#include "http/request.h"
#include "http/response.h"
#include "messages/messages.h"

namespace calm::clearinghouse {

// What ?lang= says, else Accept-Language.
Language page_language(const http::Request& request);

using http::escaped_html;

// A text of `clearinghouse.page.KEY`, escaped.
std::string page_text(Language language, std::string_view key);

// The whole page: header with the vendor's name and the other language, then `inside`.
http::Response html_page(Language language, int status, std::string_view vendor,
                         std::string_view path, std::string_view title, std::string_view inside);

// What is wrong, why, and what to do about it.
std::string problem_box(Language language, const Error& error);

}  // namespace calm::clearinghouse
