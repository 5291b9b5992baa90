// Reading objects strictly; the first complaint wins.
#include "wire/fields.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"
#include "base/closest.h"

namespace calm::wire {

Fields::Fields(const boost::json::value& value) : object_(value.if_object()) {
    if (object_ == nullptr) error_ = Error{"bad_field", "the body is not a JSON object"};
}

const boost::json::value* Fields::take(std::string_view name) {
    CALM_ASSERT(known_count_ < kKnownMax);
    known_[known_count_++] = name;
    if (object_ == nullptr) return nullptr;
    const auto* found = object_->if_contains(name);
    if (found != nullptr) ++taken_;
    return found;
}

bool Fields::text(std::string_view name, std::string& into, size_t bytes_max) {
    const auto* value = take(name);
    if (value == nullptr) return false;
    const auto* string = value->if_string();
    if (string == nullptr) {
        complain(name, "is not a text");
        return false;
    }
    if (string->size() > bytes_max) {
        complain(name, fmt::format("is longer than {} bytes", bytes_max));
        return false;
    }
    into.assign(string->data(), string->size());
    return true;
}

bool Fields::flag(std::string_view name, bool& into) {
    const auto* value = take(name);
    if (value == nullptr) return false;
    if (!value->is_bool()) {
        complain(name, "is neither true nor false");
        return false;
    }
    into = value->get_bool();
    return true;
}

bool Fields::number(std::string_view name, uint32_t& into, uint32_t max) {
    const auto* value = take(name);
    if (value == nullptr) return false;
    if (!value->is_int64() || value->get_int64() < 0 || value->get_int64() > max) {
        complain(name, fmt::format("is not a whole number from 0 to {}", max));
        return false;
    }
    into = static_cast<uint32_t>(value->get_int64());
    return true;
}

bool Fields::number(std::string_view name, uint16_t& into, uint16_t max) {
    uint32_t wide = into;
    if (!number(name, wide, uint32_t{max})) return false;
    into = static_cast<uint16_t>(wide);
    return true;
}

bool Fields::number(std::string_view name, uint8_t& into, uint8_t max) {
    uint32_t wide = into;
    if (!number(name, wide, uint32_t{max})) return false;
    into = static_cast<uint8_t>(wide);
    return true;
}

bool Fields::time(std::string_view name, std::optional<Instant>& into) {
    std::string spelt;
    if (!text(name, spelt)) return false;
    const auto at = parse_rfc3339(spelt);
    if (!at) {
        complain(name, at.error().detail);
        return false;
    }
    into = *at;
    return true;
}

bool Fields::texts(std::string_view name, std::vector<std::string>& into, size_t count_max,
                   size_t bytes_max) {
    const boost::json::value* value = take(name);
    if (value == nullptr) return false;
    const auto* list = value->if_array();
    if (list == nullptr || list->size() > count_max) {
        complain(name, fmt::format("is not a list of at most {} texts", count_max));
        return false;
    }
    into.clear();
    for (const auto& each : *list) {
        const auto* text_value = each.if_string();
        if (text_value == nullptr || text_value->empty() || text_value->size() > bytes_max) {
            complain(name, fmt::format("is not a list of texts of 1 to {} bytes", bytes_max));
            return false;
        }
        into.emplace_back(*text_value);
    }
    return true;
}

bool Fields::number_list(std::string_view name, std::span<uint32_t> into, uint32_t max) {
    const boost::json::value* value = take(name);
    if (value == nullptr) return false;
    const auto* list = value->if_array();
    const auto fits = [max](const boost::json::value& each) {
        const auto* number = each.if_int64();
        return number != nullptr && *number > 0 && *number <= max;
    };
    if (list == nullptr || list->size() > into.size() || !std::ranges::all_of(*list, fits)) {
        complain(name,
                 fmt::format("is not a list of at most {} numbers from 1 to {}", into.size(), max));
        return false;
    }
    std::ranges::fill(into, 0U);
    std::ranges::transform(*list, into.begin(), [](const boost::json::value& each) {
        return static_cast<uint32_t>(each.get_int64());
    });
    return true;
}

const boost::json::value* Fields::any(std::string_view name) {
    return take(name);
}

void Fields::require(std::string_view name) {
    if (error_ || object_->if_contains(name) != nullptr) return;
    error_ = Error{"missing_field", fmt::format("`{}` is missing", name)};
}

void Fields::complain(std::string_view name, std::string_view what) {
    if (!error_) error_ = Error{"bad_field", fmt::format("`{}` {}", name, what)};
}

Result<> Fields::finish(Unknown unknown) {
    if (!error_ && unknown == Unknown::refused && taken_ != object_->size()) {
        const auto known = std::span(known_).first(known_count_);
        for (const auto& [key, value] : *object_) {
            const std::string_view name(key.data(), key.size());
            if (std::ranges::find(known, name) != known.end()) continue;
            const std::string_view meant = closest(name, known);
            error_ =
                Error{"bad_field",
                      fmt::format("`{}` is not a field here{}", name.substr(0, 40),
                                  meant.empty() ? "" : fmt::format("; did you mean `{}`?", meant))};
            break;
        }
    }
    if (error_) return std::unexpected(*error_);
    return {};
}

void append_json_string(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<uint8_t>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

}  // namespace calm::wire
