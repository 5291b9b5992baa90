#include "clearinghouse/page.h"

#include <fmt/format.h>

#include "messages/detail.h"

namespace calm::clearinghouse {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

}  // namespace

Language page_language(const http::Request& request) {
    const auto asked = request.query("lang");
    if (asked == "fr") return Language::fr;
    if (asked == "en") return Language::en;
    return request.language();
}

std::string page_text(Language language, std::string_view key) {
    return escaped_html(message(language, "clearinghouse.page." + std::string(key)));
}

http::Response html_page(Language language, int status, std::string_view vendor,
                         std::string_view path, std::string_view title, std::string_view inside) {
    const std::string_view other = language == Language::fr ? "en" : "fr";
    http::Response response;
    response.status = status;
    response.content_type = http::kHtml;
    response.body = fmt::format(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{} – {}</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n"
        "<header><a href=\"/?lang={}\">{}</a> <a href=\"{}?lang={}\" hreflang=\"{}\" "
        "lang=\"{}\">{}</a></header>\n<main>\n<h1>{}</h1>\n{}</main>\n</body>\n</html>\n",
        language_code(language), escaped_html(title), escaped_html(vendor), language_code(language),
        escaped_html(vendor), path, other, other, other, page_text(language, "other_language"),
        escaped_html(title), inside);
    response.headers.add("Content-Security-Policy", kPolicy)
        .add("Content-Language", language_code(language))
        .add("Vary", "Accept-Language")
        .add("Referrer-Policy", "no-referrer");
    return response;
}

std::string problem_box(Language language, const Error& error) {
    const std::string key = "problem." + error.code;
    std::string out = "<section class=\"problem\" role=\"alert\">\n<h2>" +
                      escaped_html(message(language, key + ".title")) + "</h2>\n";
    if (has_message(language, key + ".cause"))
        out += "<p>" + escaped_html(message(language, key + ".cause")) + "</p>\n";
    if (!error.detail.empty()) {
        out +=
            "<p><code>" + escaped_html(translated_detail(language, error.detail)) + "</code></p>\n";
    }
    if (has_message(language, key + ".remedy"))
        out += "<p>" + escaped_html(message(language, key + ".remedy")) + "</p>\n";
    return out + "</section>\n";
}

}  // namespace calm::clearinghouse
