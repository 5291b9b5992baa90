// Values by path.
#include "cli/json_view.h"

#include <boost/json.hpp>

namespace calm::cli {

const boost::json::value* find_at(const boost::json::value& document, std::string_view path) {
    const boost::json::value* value = &document;
    while (true) {
        const size_t dot = path.find('.');
        const auto* const object = value->if_object();
        if (object == nullptr) return nullptr;
        value = object->if_contains(path.substr(0, dot));
        if (value == nullptr || dot == std::string_view::npos) return value;
        path.remove_prefix(dot + 1);
    }
}

std::string cell(Language language, const boost::json::value& document, std::string_view path) {
    const boost::json::value* const value = find_at(document, path);
    if (value == nullptr || value->is_null()) return "-";
    if (value->is_bool()) {
        return std::string(message(language, value->get_bool() ? "cli.word.yes" : "cli.word.no"));
    }
    std::string text = text_at(document, path);
    return text.empty() ? "-" : text;
}

std::string text_at(const boost::json::value& document, std::string_view path) {
    const boost::json::value* const value = find_at(document, path);
    if (value == nullptr || value->is_null()) return {};
    if (value->is_string()) return std::string(value->get_string());
    return boost::json::serialize(*value);
}

int64_t number_at(const boost::json::value& document, std::string_view path) {
    const boost::json::value* const value = find_at(document, path);
    boost::system::error_code error;
    const auto number = value == nullptr ? 0 : value->to_number<int64_t>(error);
    return error ? 0 : number;
}

const boost::json::array& array_at(const boost::json::value& document, std::string_view path) {
    static const boost::json::array kNone;
    const boost::json::value* const value = find_at(document, path);
    return value == nullptr || !value->is_array() ? kNone : value->get_array();
}

}  // namespace calm::cli
