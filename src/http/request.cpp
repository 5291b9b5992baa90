// Decoding of what a request carries in its address.
#include "http/request.h"

#include "base/assert.h"
#include "http/utf8.h"

namespace calm::http {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus_is_space) c = ' ';
        if (c == '%') {
            if (text.size() - i < 3) return std::nullopt;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
        out += c;
    }
    if (!is_utf8(out)) return std::nullopt;
    return out;
}

std::string_view Request::header(std::string_view name) const {
    const std::string_view* value = head_.find(name);
    return value == nullptr ? std::string_view() : *value;
}

std::string Request::parameter(std::string_view name) const {
    for (size_t i = 0; i < parameters.count; ++i) {
        if (parameters.slots[i].name != name) continue;
        return percent_decode(parameters.slots[i].value, false).value_or("");
    }
    CALM_ASSERT(!"a handler asks for a path parameter that its route does not have");
}

std::optional<std::string> Request::query(std::string_view name) const {
    std::string_view rest = head_.query;
    while (!rest.empty()) {
        const size_t ampersand = rest.find('&');
        const std::string_view pair = rest.substr(0, ampersand);
        const size_t equals = pair.find('=');
        const auto key = percent_decode(pair.substr(0, equals), true);
        if (key && *key == name) {
            if (equals == std::string_view::npos) return "";
            return percent_decode(pair.substr(equals + 1), true);
        }
        if (ampersand == std::string_view::npos) break;
        rest.remove_prefix(ampersand + 1);
    }
    return std::nullopt;
}

}  // namespace calm::http
