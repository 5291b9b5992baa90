#include "clearinghouse/form.h"

#include <algorithm>

namespace calm::clearinghouse {
namespace {

constexpr size_t kBoundaryMax = 70;  // RFC 2046 5.1.1
constexpr size_t kFieldNameMax = 64;

std::unexpected<Error> malformed_form(const char* what) {
    return fail("form_malformed", what);
}

char small_letter(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_word(std::string_view text, std::string_view word) {
    return text.size() >= word.size() &&
           std::equal(word.begin(), word.end(), text.begin(),
                      [](char a, char b) { return a == small_letter(b); });
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char small = small_letter(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

Result<std::string> decoded(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return malformed_form("a `%` has no two digits behind it");
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return malformed_form("a `%` has no two digits behind it");
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

Result<std::vector<FormField>> read_urlencoded(std::string_view body) {
    std::vector<FormField> form;
    while (!body.empty()) {
        const size_t end = std::min(body.find('&'), body.size());
        const std::string_view pair = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (form.size() == kFormFieldsMax) return malformed_form("it has too many fields");
        const size_t equals = std::min(pair.find('='), pair.size());
        CALM_TRY_ASSIGN(std::string name, decoded(pair.substr(0, equals)));
        CALM_TRY_ASSIGN(std::string value, decoded(pair.substr(std::min(equals + 1, pair.size()))));
        form.push_back({std::move(name), std::move(value)});
    }
    return form;
}

// `boundary="x"` or `boundary=x` behind the type. Empty: there is none that is allowed.
std::string_view boundary_of(std::string_view content_type) {
    constexpr std::string_view kName = "boundary=";
    size_t at = content_type.find(';');
    while (at != std::string_view::npos) {
        content_type.remove_prefix(at + 1);
        while (content_type.starts_with(' '))
            content_type.remove_prefix(1);
        if (starts_with_word(content_type, kName)) {
            std::string_view value = content_type.substr(kName.size());
            value = value.substr(0, value.find(';'));
            if (value.size() > 1 && value.starts_with('"') && value.ends_with('"'))
                value = value.substr(1, value.size() - 2);
            const bool printable = std::ranges::all_of(
                value, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
            return printable && value.size() <= kBoundaryMax ? value : std::string_view();
        }
        at = content_type.find(';');
    }
    return {};
}

// Of `Content-Disposition: form-data; name="request"`.
Result<std::string> name_in_head(std::string_view head) {
    constexpr std::string_view kLine = "content-disposition: form-data;";
    constexpr std::string_view kName = " name=\"";
    while (!head.empty()) {
        const size_t end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        if (!starts_with_word(line, kLine)) continue;
        const size_t begin = line.find(kName);
        if (begin == std::string_view::npos) break;
        const std::string_view rest = line.substr(begin + kName.size());
        const size_t quote = rest.find('"');
        if (quote == std::string_view::npos || quote > kFieldNameMax) break;
        return std::string(rest.substr(0, quote));
    }
    return malformed_form("a part has no name");
}

Result<std::vector<FormField>> read_multipart(std::string_view boundary, std::string_view body) {
    if (boundary.empty()) return malformed_form("the type names no boundary");
    const std::string delimiter = "\r\n--" + std::string(boundary);
    if (!body.starts_with(std::string_view(delimiter).substr(2)))
        return malformed_form("it does not begin with its boundary");
    body.remove_prefix(delimiter.size() - 2);
    std::vector<FormField> form;
    while (!body.starts_with("--")) {
        if (!body.starts_with("\r\n")) return malformed_form("a boundary has something behind it");
        body.remove_prefix(2);
        if (form.size() == kFormFieldsMax) return malformed_form("it has too many fields");
        const size_t head = body.find("\r\n\r\n");
        if (head == std::string_view::npos || head > kPartHeadMax)
            return malformed_form("a part has no head, or one that is too long");
        const size_t content = head + 4;
        const size_t end = body.find(delimiter, content);
        if (end == std::string_view::npos) return malformed_form("its last boundary is missing");
        CALM_TRY_ASSIGN(std::string name, name_in_head(body.substr(0, head)));
        form.push_back({std::move(name), std::string(body.substr(content, end - content))});
        body.remove_prefix(end + delimiter.size());
    }
    return form;
}

}  // namespace

Result<std::vector<FormField>> read_form(std::string_view content_type, std::string_view body) {
    if (starts_with_word(content_type, "application/x-www-form-urlencoded"))
        return read_urlencoded(body);
    if (starts_with_word(content_type, "multipart/form-data"))
        return read_multipart(boundary_of(content_type), body);
    return malformed_form("it is no form");
}

std::string_view field_of(const std::vector<FormField>& form, std::string_view name) {
    const auto found = std::ranges::find(form, name, &FormField::name);
    return found == form.end() ? std::string_view() : std::string_view(found->value);
}

}  // namespace calm::clearinghouse
