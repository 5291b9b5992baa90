// Boost.JSON does the parsing; what it throws ends here.
#include "documents/json_fields.h"

#include <algorithm>

#include <boost/json/parse.hpp>

namespace calm {
namespace {

bool has_control_character(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<uint8_t>(text[i]);
        if (byte < 0x20 || byte == 0x7f) return true;
        // U+0080 to U+009F in UTF-8
        if (byte == 0xc2 && i + 1 < text.size() && static_cast<uint8_t>(text[i + 1]) < 0xa0) {
            return true;
        }
    }
    return false;
}

}  // namespace

Result<JsonFields> JsonFields::parse(std::string_view json, std::string error_code) {
    JsonFields fields;
    fields.error_code_ = std::move(error_code);
    boost::json::parse_options options;
    options.max_depth = kJsonDepthMax;
    boost::json::error_code error;
    try {
        boost::json::value value = boost::json::parse(json, error, {}, options);
        if (error || !value.is_object()) {
            return fail(fields.error_code_, "what was signed is not a JSON object");
        }
        fields.object_ = std::move(value.as_object());
    } catch (const std::exception&) {  // out of memory
        return fail(fields.error_code_, "it is too large to read");
    }
    return fields;
}

bool JsonFields::has(std::string_view name) const {
    return object_.contains(name);
}

void JsonFields::refuse(std::string_view name, std::string_view what) {
    if (error_) return;
    error_ = "`";
    *error_ += name;
    *error_ += "` ";
    *error_ += what;
}

const boost::json::value* JsonFields::find(std::string_view name) {
    asked_.emplace_back(name);
    const boost::json::value* const value = object_.if_contains(name);
    if (value == nullptr) refuse(name, "is missing");
    return value;
}

std::string JsonFields::text(std::string_view name, size_t size_min, size_t size_max) {
    const boost::json::value* const value = find(name);
    if (value == nullptr) return {};
    if (!value->is_string()) {
        refuse(name, "is not a string");
        return {};
    }
    const std::string_view text(value->get_string().data(), value->get_string().size());
    if (text.size() < size_min || text.size() > size_max) {
        refuse(name, "is too short or too long");
        return {};
    }
    if (has_control_character(text)) {
        refuse(name, "has a control character in it");
        return {};
    }
    return std::string(text);
}

uint64_t JsonFields::number(std::string_view name, uint64_t min, uint64_t max) {
    const boost::json::value* const value = find(name);
    if (value == nullptr) return min;
    uint64_t number = 0;
    if (value->is_int64() && value->get_int64() >= 0) {
        number = static_cast<uint64_t>(value->get_int64());
    } else if (value->is_uint64()) {
        number = value->get_uint64();
    } else {
        refuse(name, "is not a whole number");
        return min;
    }
    if (number < min || number > max) {
        refuse(name, "is out of range");
        return min;
    }
    return number;
}

Instant JsonFields::time(std::string_view name) {
    const auto time = parse_rfc3339(text(name, 20, 20));
    if (!time || *time > kInstantMax) {
        refuse(name, "is not a time like 2026-11-21T18:24:21Z");
        return {};
    }
    return *time;
}

PublicKey JsonFields::key(std::string_view name) {
    const auto key = parse_public_key(text(name, 43, 43));
    if (!key) refuse(name, "is not a public key");
    return key ? *key : PublicKey{};
}

Hash JsonFields::hash(std::string_view name) {
    return hex<32>(name);
}

LedgerId JsonFields::ledger(std::string_view name) {
    const std::string value = text(name, LedgerId::kPrintedSize, LedgerId::kPrintedSize);
    const auto id = parse_ledger_id(value);
    if (!id || to_string(*id) != value) {
        refuse(name, "is not a license server id");
        return {};
    }
    return *id;
}

std::vector<uint32_t> JsonFields::ids(std::string_view name, size_t count_max) {
    const boost::json::value* const value = find(name);
    std::vector<uint32_t> ids;
    if (value == nullptr) return ids;
    if (!value->is_array() || value->get_array().size() > count_max) {
        refuse(name, "is not a list, or is too long");
        return ids;
    }
    ids.reserve(value->get_array().size());
    for (const auto& each : value->get_array()) {
        const int64_t id = each.is_int64() ? each.get_int64() : 0;
        if (id <= (ids.empty() ? 0 : int64_t{ids.back()}) || id > UINT32_MAX) {
            refuse(name, "is not a list of ascending ids");
            return {};
        }
        ids.push_back(static_cast<uint32_t>(id));
    }
    return ids;
}

std::vector<std::string> JsonFields::texts(std::string_view name, size_t count_max,
                                           size_t size_max) {
    const boost::json::value* const value = find(name);
    std::vector<std::string> texts;
    if (value == nullptr) return texts;
    if (!value->is_array() || value->get_array().empty() || value->get_array().size() > count_max) {
        refuse(name, "is not a list, is empty or is too long");
        return texts;
    }
    for (const auto& each : value->get_array()) {
        if (!each.is_string() || each.get_string().empty() || each.get_string().size() > size_max) {
            refuse(name, "is not a list of short texts");
            return {};
        }
        texts.emplace_back(each.get_string());
    }
    return texts;
}

bool JsonFields::flag(std::string_view name) {
    const boost::json::value* const value = find(name);
    if (value == nullptr) return false;
    if (!value->is_bool()) refuse(name, "is neither true nor false");
    return value->is_bool() && value->get_bool();
}

JsonFields JsonFields::object(std::string_view name) {
    JsonFields inner;
    inner.error_code_ = error_code_;
    const boost::json::value* const value = find(name);
    if (value == nullptr) return inner;
    if (value->is_object()) {
        inner.object_ = value->get_object();
    } else {
        refuse(name, "is not an object");
    }
    return inner;
}

Result<> JsonFields::finish() const {
    if (error_) return fail(error_code_, *error_);
    for (const auto& field : object_) {
        const std::string_view name(field.key().data(), field.key().size());
        if (std::ranges::find(asked_, name) == asked_.end()) {
            return fail(error_code_, "`" + std::string(name.substr(0, 64)) + "` is not known here");
        }
    }
    return {};
}

void append_json_string(std::string& out, std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<uint8_t>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += "\\u00";
            out += kDigits[byte >> 4];
            out += kDigits[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

}  // namespace calm
