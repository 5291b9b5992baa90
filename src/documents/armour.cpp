// Line by line; a line outside the block is looked at only for what explains a failure.
#include "documents/armour.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/assert.h"

namespace calm {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

bool is_body(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

std::string_view trim(std::string_view line) {
    constexpr std::string_view kBlank = " \t\r";
    const size_t first = line.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(kBlank) - first + 1);
}

// The label of a BEGIN or END line.
std::optional<std::string_view> label_of(std::string_view line, std::string_view head) {
    if (!line.starts_with(head) || !line.ends_with(kDashes) ||
        line.size() < head.size() + kDashes.size()) {
        return std::nullopt;
    }
    return line.substr(head.size(), line.size() - head.size() - kDashes.size());
}

std::string_view next_line(std::string_view& text) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return trim(line);
}

std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 40))
        out += c >= 0x20 && c < 0x7f ? c : '?';
    return out;
}

std::unexpected<Error> damaged(size_t line, std::string_view what) {
    return fail("armour_damaged", fmt::format("line {}: {}", line, what));
}

}  // namespace

std::string armour(std::string_view label, std::string_view body) {
    CALM_ASSERT(!body.empty() && std::ranges::all_of(body, is_body));
    std::string out = fmt::format("{}{}{}\n", kBegin, label, kDashes);
    for (size_t i = 0; i < body.size(); i += kArmourColumns) {
        out += body.substr(i, kArmourColumns);
        out += '\n';
    }
    out += fmt::format("{}{}{}\n", kEnd, label, kDashes);
    return out;
}

Result<std::string> unarmour(std::string_view label, std::string_view text) {
    if (text.size() > kArmouredSizeMax) {
        return fail("document_too_large", "the text is longer than any document");
    }
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    std::string body;
    std::string_view other_label;
    bool inside = false;
    bool complete = false;
    for (size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = next_line(text);
        const auto begin = label_of(line, kBegin);
        const auto end = label_of(line, kEnd);
        if (begin && *begin != label && !inside) {
            other_label = *begin;
        } else if (begin) {
            if (inside) return damaged(number, "a second BEGIN line before the END line");
            if (complete) return damaged(number, "there is more than one document in the text");
            inside = true;
        } else if (inside && end) {
            if (*end != label)
                return damaged(number, "the END line names another kind of document");
            inside = false;
            complete = true;
        } else if (inside) {
            const auto wrong = std::ranges::find_if_not(line, is_body);
            if (line.starts_with('>') || line.starts_with('|')) {
                return damaged(number, "it begins with a quoting sign; remove those signs");
            }
            if (wrong != line.end()) {
                return damaged(number, fmt::format("`{}` does not belong there",
                                                   shown(std::string_view(&*wrong, 1))));
            }
            body += line;
        } else if (line.starts_with('>') && line.find(kBegin) != std::string_view::npos) {
            return damaged(number, "it begins with a quoting sign; remove those signs");
        }
    }
    if (inside)
        return fail("armour_missing",
                    fmt::format("there is no `{}{}{}` line", kEnd, label, kDashes));
    if (!complete && !other_label.empty()) {
        return fail("armour_wrong_kind",
                    fmt::format("it is a `{}`, not a `{}`", shown(other_label), label));
    }
    if (!complete) {
        return fail("armour_missing",
                    fmt::format("there is no `{}{}{}` line", kBegin, label, kDashes));
    }
    if (body.empty()) return fail("armour_damaged", "there is nothing between BEGIN and END");
    return body;
}

Result<std::vector<std::string_view>> armour_blocks(std::string_view text) {
    std::vector<std::string_view> blocks;
    for (size_t at = text.find(kBegin); at != std::string_view::npos;) {
        if (blocks.size() == kArmourBlocksMax)
            return fail("document_too_large", "there are too many documents in it");
        const size_t next = text.find(kBegin, at + kBegin.size());
        blocks.push_back(text.substr(at, next - at));
        at = next;
    }
    return blocks;
}

std::string_view armour_block(std::string_view label, std::string_view text) {
    const auto blocks = armour_blocks(text);
    if (!blocks) return text;
    const std::string begin = "-----BEGIN " + std::string(label) + "-----";
    const auto own = std::ranges::find_if(
        *blocks, [&](std::string_view block) { return block.starts_with(begin); });
    return own == blocks->end() ? text : *own;
}

}  // namespace calm
