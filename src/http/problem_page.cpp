// Pages from the messages. Whatever is shown is escaped, and the browser is told to run nothing.
#include "http/problem_page.h"

#include <string>
#include <string_view>

#include "http/html.h"
#include "http/response.h"
#include "messages/messages.h"

namespace calm::embedded {
extern const std::string_view problem_css;
}  // namespace calm::embedded

namespace calm::http {
namespace {

constexpr std::string_view kStylePath = "/problems/style.css";
constexpr std::string_view kPagePolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

std::string page(Language language, std::string_view title, const std::string& inside) {
    const std::string product = escaped_html(message(language, "product.name"));
    std::string out = "<!doctype html>\n<html lang=\"";
    out += language_code(language);
    out += "\">\n<head>\n<meta charset=\"utf-8\">\n";
    out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
    out += escaped_html(title) + " – " + product + "</title>\n<link rel=\"stylesheet\" href=\"";
    out += kStylePath;
    out += "\">\n</head>\n<body>\n<header>" + product + "</header>\n<main>\n<h1>" +
           escaped_html(title) + "</h1>\n" + inside + "</main>\n</body>\n</html>\n";
    return out;
}

Response html(Language language, std::string body) {
    Response response;
    response.content_type = kHtml;
    response.body = std::move(body);
    response.headers.add("Content-Security-Policy", kPagePolicy)
        .add("Content-Language", language_code(language))
        .add("Vary", "Accept-Language")
        .add("Referrer-Policy", "no-referrer");
    return response;
}

void show_problem(const Request& request, Responder responder) {
    const std::string code = request.parameter("code");
    const std::string key = problem_key(code);
    if (key.empty() || code.find('.') != std::string::npos) {
        responder.fail({"not_found", "`" + code + "` is not a code of this server"});
        return;
    }
    const Language language = request.language();
    std::string inside = "<p><code>" + escaped_html(code) + "</code></p>\n";
    for (const std::string_view part : {"cause", "remedy"}) {
        inside += "<h2>" + escaped_html(message(language, "page." + std::string(part))) +
                  "</h2>\n<p>" + escaped_html(message(language, key + "." + std::string(part))) +
                  "</p>\n";
    }
    responder.send(html(language, page(language, message(language, key + ".title"), inside)));
}

void list_problems(const Request& request, Responder responder) {
    const Language language = request.language();
    std::string inside;
    for (const std::string_view section : {"problem.", "reason."}) {
        inside += "<h2>" + escaped_html(message(language, "page." + std::string(section) + "all")) +
                  "</h2>\n<dl>\n";
        for (const std::string_view key : message_keys(language)) {
            if (!key.starts_with(section) || !key.ends_with(".title")) continue;
            std::string_view code = key.substr(section.size());
            code.remove_suffix(std::string_view(".title").size());
            inside += "<dt><a href=\"/problems/" + escaped_html(code) + "\"><code>" +
                      escaped_html(code) + "</code></a></dt><dd>" +
                      escaped_html(message(language, key)) + "</dd>\n";
        }
        inside += "</dl>\n";
    }
    responder.send(html(language, page(language, message(language, "page.title"), inside)));
}

void show_style(const Request&, Responder responder) {
    Response response;
    response.content_type = kCss;
    response.body = embedded::problem_css;
    response.cache_control = "public, max-age=3600";
    responder.send(response);
}

Route open_page(std::string pattern, std::string summary, Handler handler) {
    Route route;
    route.pattern = std::move(pattern);
    route.flags = kUnauthenticated;
    route.summary = std::move(summary);
    route.handler = std::move(handler);
    return route;
}

}  // namespace

std::string problem_key(std::string_view code) {
    for (const std::string_view section : {"problem.", "reason."}) {
        std::string key = std::string(section) + std::string(code);
        if (has_message(Language::en, key + ".title")) return key;
    }
    return "";
}

std::vector<Route> problem_page_routes() {
    return {
        open_page("/problems", "Lists every problem and reason with a page", list_problems),
        open_page(std::string(kStylePath), "The style sheet of the problem pages", show_style),
        open_page("/problems/{code}", "Explains a problem or reason: cause and remedy",
                  show_problem),
    };
}

}  // namespace calm::http
