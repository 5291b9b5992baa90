// What a handler answers with. The connection writes the bytes; nobody above builds a header line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace calm::http {

// Media types are constants: views of static storage.
inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kProblemJson = "application/problem+json";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";
inline constexpr std::string_view kCss = "text/css; charset=utf-8";
inline constexpr std::string_view kJavaScript = "text/javascript; charset=utf-8";
inline constexpr std::string_view kSvg = "image/svg+xml";
inline constexpr std::string_view kPng = "image/png";
inline constexpr std::string_view kWoff2 = "font/woff2";
inline constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
inline constexpr std::string_view kCsv = "text/csv; charset=utf-8";
inline constexpr std::string_view kPdf = "application/pdf";
inline constexpr std::string_view kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";
inline constexpr std::string_view kOctets = "application/octet-stream";
inline constexpr std::string_view kSqlite = "application/vnd.sqlite3";
inline constexpr std::string_view kJsonLines = "application/jsonl";
inline constexpr std::string_view kEventStream = "text/event-stream";

// Header lines beside those that the connection writes itself (Date, Content-Type, Content-Length,
// Connection, Cache-Control). A value can never break out of its line: control characters become
// spaces.
class HeaderLines {
  public:
    // REQUIRES: `name` is a token that the connection does not write itself.
    HeaderLines& add(std::string_view name, std::string_view value);

    std::string_view text() const { return text_; }

  private:
    std::string text_;
};

struct Response {
    int status = 200;
    std::string_view content_type = kJson;  // ignored when the body is empty
    std::string body;
    HeaderLines headers;
    // Answers are about this moment: nothing is stored by default. A page or a style sheet may be.
    std::string_view cache_control = "no-store";

    static Response json(int status, std::string body) {
        Response response;
        response.status = status;
        response.body = std::move(body);
        return response;
    }
    static Response no_content() {
        Response response;
        response.status = 204;
        return response;
    }
};

// "OK", "Not Found"; "Unknown" for a status that CALM does not use.
std::string_view status_phrase(int status);

}  // namespace calm::http
