// Boost.JSON's push parser with a handler of ours: the usual one, and a count of the names.
#include "http/json_body.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <new>
#include <optional>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_stack.hpp>

#include "http/response.h"

namespace calm::http {
namespace {

namespace json = boost::json;
using boost::system::error_code;

// Builds the value. `names` counts every name that was read; an object that has kept fewer had one
// twice.
struct Builder {
    static constexpr size_t max_object_size = json::object::max_size();
    static constexpr size_t max_array_size = json::array::max_size();
    static constexpr size_t max_key_size = json::string::max_size();
    static constexpr size_t max_string_size = json::string::max_size();

    json::value_stack stack;
    size_t names = 0;
    bool finite = true;  // Boost.JSON reads 1e999 as infinity and 0e999 as no number at all

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return true; }
    bool on_object_end(size_t n, error_code&) {
        names += n;
        stack.push_object(n);
        return true;
    }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(size_t n, error_code&) {
        stack.push_array(n);
        return true;
    }
    bool on_key_part(json::string_view text, size_t, error_code&) {
        stack.push_chars(text);
        return true;
    }
    bool on_key(json::string_view text, size_t, error_code&) {
        stack.push_key(text);
        return true;
    }
    bool on_string_part(json::string_view text, size_t, error_code&) {
        stack.push_chars(text);
        return true;
    }
    bool on_string(json::string_view text, size_t, error_code&) {
        stack.push_string(text);
        return true;
    }
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(int64_t number, json::string_view, error_code&) {
        stack.push_int64(number);
        return true;
    }
    bool on_uint64(uint64_t number, json::string_view, error_code&) {
        stack.push_uint64(number);
        return true;
    }
    bool on_double(double number, json::string_view, error_code&) {
        finite = finite && std::isfinite(number);
        stack.push_double(number);
        return true;
    }
    bool on_bool(bool flag, error_code&) {
        stack.push_bool(flag);
        return true;
    }
    bool on_null(error_code&) {
        stack.push_null();
        return true;
    }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }
};

// The depth is bounded by the parser, so this recursion is.
size_t count_names(const json::value& value) {
    size_t names = 0;
    if (const json::object* object = value.if_object()) {
        names += object->size();
        for (const auto& [name, member] : *object) {
            if (member.is_structured()) names += count_names(member);
        }
    } else if (const json::array* array = value.if_array()) {
        for (const json::value& member : *array) {
            if (member.is_structured()) names += count_names(member);
        }
    }
    return names;
}

json::parse_options options() {
    json::parse_options chosen;
    chosen.max_depth = kJsonDepthMax;
    chosen.allow_comments = false;
    chosen.allow_trailing_commas = false;
    chosen.allow_invalid_utf8 = false;
    return chosen;
}

}  // namespace

struct JsonReader::State {
    std::array<unsigned char, 32 * 1024> first_block;
    std::optional<json::monotonic_resource> memory;
    json::basic_parser<Builder> parser{options()};
    std::optional<json::value> value;

    void reset() {
        value.reset();
        parser.handler().stack.reset();  // lets go of what an unfinished parse left behind
        parser.reset();
        // A new one each time: release() gives the blocks back, but the next block would be twice
        // as large as the last one was, and so on until there is no memory for it.
        memory.emplace(first_block.data(), first_block.size());
        parser.handler().stack.reset(&*memory);
        parser.handler().names = 0;
        parser.handler().finite = true;
    }
};

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;

Result<const json::value*> JsonReader::read(std::string_view text) {
    if (text.empty()) return fail("json_malformed", "the body is empty");
    state_->reset();
    error_code error;
    const size_t used = state_->parser.write_some(false, text.data(), text.size(), error);
    if (!error && used < text.size()) error = json::error::extra_data;
    if (error == json::error::too_deep) {
        return fail("json_too_deep", "nested deeper than " + std::to_string(kJsonDepthMax));
    }
    if (error) {
        return fail("json_malformed", "at byte " + std::to_string(used) + ": " + error.message());
    }
    if (!state_->parser.handler().finite) {
        return fail("json_malformed", "a number is too large or has too large an exponent");
    }
    state_->value.emplace(state_->parser.handler().stack.release());
    if (count_names(*state_->value) != state_->parser.handler().names) {
        return fail("json_malformed", "an object has a field twice");
    }
    return &*state_->value;
}

Result<const json::value*> JsonReader::read(const Request& request) {
    const std::string_view type = request.header("content-type");
    std::string_view media = type.substr(0, type.find(';'));
    while (media.ends_with(' ') || media.ends_with('\t'))
        media.remove_suffix(1);
    if (!equal_ignoring_case(media, kJson)) {
        return fail("unsupported_media_type", "the body must be `application/json`");
    }
    return read(request.body);
}

}  // namespace calm::http
