// Answers by hand: a few copies into one string.
#include "http/response_writer.h"

#include <charconv>
#include <cstdio>

#include "base/assert.h"
#include "http/response.h"

namespace calm::http {
namespace {

void append_number(std::string& out, uint64_t number, int base = 10) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
    out.append(digits, end);
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// RFC 9110 6.4.1: these have no body and say no length.
bool is_bodiless(int status) {
    return status == 204 || status == 304;
}

}  // namespace

std::string_view status_phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 301: return "Moved Permanently";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 411: return "Length Required";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 428: return "Precondition Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        case 507: return "Insufficient Storage";
        default: return "Unknown";
    }
}

HeaderLines& HeaderLines::add(std::string_view name, std::string_view value) {
    CALM_ASSERT(!name.empty());
    text_ += name;
    text_ += ": ";
    for (const char c : value)
        text_ += is_control(c) ? ' ' : c;
    text_ += "\r\n";
    return *this;
}

void append_answer_head(std::string& out, const AnswerHead& head, std::string_view date) {
    CALM_ASSERT(head.status >= 200 && head.status <= 599);
    out += "HTTP/1.1 ";
    append_number(out, static_cast<uint64_t>(head.status));
    out += ' ';
    out += status_phrase(head.status);
    out += "\r\nDate: ";
    out += date;
    out += "\r\nCache-Control: ";
    out += head.cache_control;
    out += "\r\n";
    if (!head.content_type.empty()) {
        out += "X-Content-Type-Options: nosniff\r\nContent-Type: ";
        out += head.content_type;
        out += "\r\n";
    }
    if (head.framing == Framing::chunked) {
        out += "Transfer-Encoding: chunked\r\n";
    } else if (head.framing == Framing::length && !is_bodiless(head.status)) {
        out += "Content-Length: ";
        append_number(out, head.length);
        out += "\r\n";
    }
    if (head.close) {
        out += "Connection: close\r\n";
    } else if (!head.http_1_1) {
        out += "Connection: keep-alive\r\n";
    }
    out += head.header_lines;
    out += "\r\n";
}

void append_chunk(std::string& out, std::string_view bytes) {
    if (bytes.empty()) return;  // an empty chunk would end the body
    append_number(out, bytes.size(), 16);
    out += "\r\n";
    out += bytes;
    out += "\r\n";
}

std::string_view DateCache::at(std::time_t now) {
    if (now != second_) {
        second_ = now;
        std::tm utc{};
        CALM_ASSERT(gmtime_r(&now, &utc) != nullptr);
        // Names by hand: strftime would follow the locale.
        static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        const int length =
            std::snprintf(text_, sizeof text_, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                          kDays[utc.tm_wday], utc.tm_mday, kMonths[utc.tm_mon],
                          (utc.tm_year + 1900) % 10000, utc.tm_hour, utc.tm_min, utc.tm_sec);
        CALM_ASSERT(length == 29);
    }
    return text_;
}

}  // namespace calm::http
