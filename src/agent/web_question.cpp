// Line by line.
#include "agent/web_question.h"

#include <algorithm>

#include <fmt/format.h>

namespace calm {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kLineEnd = "\r\n";

std::unexpected<Error> malformed(std::string_view what) {
    return fail("web_question_malformed", std::string(what));
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return out;
}

bool is_control(char c) {
    return static_cast<uint8_t>(c) < 0x20 || static_cast<uint8_t>(c) == 0x7F;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t'))
        text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t'))
        text.remove_suffix(1);
    return text;
}

std::string_view take_line(std::string_view& head) {
    const size_t end = head.find(kLineEnd);
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(line.size() + kLineEnd.size(), head.size()));
    return line;
}

// What of a header the question keeps.
std::string* place_of(WebQuestion& question, std::string_view name) {
    for (const auto& [each, into] :
         {std::pair("calm-user", &question.user), std::pair("calm-service", &question.service),
          std::pair("calm-product", &question.product),
          std::pair("calm-address", &question.address), std::pair("cookie", &question.cookies),
          std::pair("accept-language", &question.accept_language)}) {
        if (name == each) return into;
    }
    return nullptr;
}

Result<> read_header(WebQuestion& question, std::string_view line, std::vector<std::string>& seen) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return malformed("a line is no header");
    const std::string name = lower_ascii(line.substr(0, colon));
    if (name.find_first_of(" \t") != std::string::npos) {
        return malformed("a blank is in the name of a header");
    }
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (std::ranges::any_of(value, is_control)) return malformed("a control character");
    if (name == "transfer-encoding") return malformed("it has a body");
    if (name == "content-length" && value != "0") return malformed("it has a body");
    if (name == "connection") question.last = question.last || lower_ascii(value) == "close";
    if (name == "calm-scheme") question.https = value == "https";
    // Twice means that a client has added its own to the web server's.
    if (name.starts_with("calm-")) {
        if (std::ranges::find(seen, name) != seen.end()) return malformed(name + " is there twice");
        seen.push_back(name);
    }
    if (std::string* place = place_of(question, name); place != nullptr && !value.empty()) {
        *place = value;
    }
    return {};
}

std::string_view phrase(int status) {
    switch (status) {
        case 204: return "No Content";
        case 400: return "Bad Request";
        case 403: return "Forbidden";
        default: return "Service Unavailable";
    }
}

}  // namespace

size_t web_head_size(std::string_view bytes) {
    const size_t end = bytes.find(kHeadEnd);
    return end == std::string_view::npos ? 0 : end + kHeadEnd.size();
}

Result<WebQuestion> parse_web_question(std::string_view head) {
    if (head.size() > kWebHeadBytesMax) return malformed("it is too long");
    if (head.empty() || web_head_size(head) != head.size())
        return malformed("it does not end where it should");
    head.remove_suffix(kLineEnd.size());
    WebQuestion question;
    const std::string_view request = take_line(head);
    if (!request.starts_with("GET /") && !request.starts_with("HEAD /")) {
        return malformed("it is neither GET nor HEAD");
    }
    if (std::ranges::any_of(request, is_control)) return malformed("a control character");
    if (request.ends_with(" HTTP/1.0")) {
        question.last = true;
    } else if (!request.ends_with(" HTTP/1.1")) {
        return malformed("it is not HTTP/1.1");
    }
    std::vector<std::string> seen;
    while (!head.empty())
        CALM_TRY(read_header(question, take_line(head), seen));
    return question;
}

std::string web_answer(int status, const WebHeaders& headers, bool last) {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", status, phrase(status));
    for (const auto& [name, value] : headers) {
        std::string clean = value;
        std::ranges::replace_if(clean, is_control, ' ');
        fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, clean);
    }
    // 204 has no length to say.
    if (status != 204) out += "Content-Length: 0\r\n";
    if (last) out += "Connection: close\r\n";
    out += kLineEnd;
    return out;
}

}  // namespace calm
