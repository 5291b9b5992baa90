// Fields: strict reading of one JSON object. Every field that is there must be asked for, and have
// the right type; otherwise finish() says which is wrong.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"

namespace calm::wire {

class Fields {
  public:
    // `value` must outlive the reader.
    explicit Fields(const boost::json::value& value);

    // Each leaves `into` as it is when the field is absent; true when it was there.
    bool text(std::string_view name, std::string& into, size_t bytes_max = 1024);
    bool flag(std::string_view name, bool& into);
    bool number(std::string_view name, uint32_t& into, uint32_t max = 0xFFFF'FFFF);
    bool number(std::string_view name, uint16_t& into, uint16_t max = 0xFFFF);
    bool number(std::string_view name, uint8_t& into, uint8_t max = 0xFF);
    bool time(std::string_view name, std::optional<Instant>& into);
    // A list of texts, none empty.
    bool texts(std::string_view name, std::vector<std::string>& into, size_t count_max,
               size_t bytes_max);
    // A list of at most N positive numbers; zeros fill what it leaves.
    template <size_t N>
    bool numbers(std::string_view name, std::array<uint32_t, N>& into, uint32_t max) {
        return number_list(name, into, max);
    }
    const boost::json::value* any(std::string_view name);

    // A name of an enumeration.
    template <class E>
    bool choice(std::string_view name, E& into) {
        std::string text_value;
        if (!text(name, text_value)) return false;
        if (const auto value = from_name<E>(text_value)) {
            into = *value;
            return true;
        }
        std::string all;
        for (const auto& [each, spelling] : NamesOf<E>::value) {
            all += all.empty() ? "" : ", ";
            all += spelling;
        }
        complain(name, "is none of " + all);
        return false;
    }

    void require(std::string_view name);
    void complain(std::string_view name, std::string_view what);

    // A server refuses fields that it does not know; a client ignores them, since a newer server
    // may say more.
    enum class Unknown { refused, ignored };

    // Errors: `bad_field`, `missing_field`: the first thing that was wrong.
    Result<> finish(Unknown unknown = Unknown::refused);

  private:
    const boost::json::value* take(std::string_view name);
    bool number_list(std::string_view name, std::span<uint32_t> into, uint32_t max);

    const boost::json::object* object_ = nullptr;
    // Names asked for, for the complaint about one that was not. No object has more.
    static constexpr size_t kKnownMax = 48;
    std::array<std::string_view, kKnownMax> known_;
    size_t known_count_ = 0;
    size_t taken_ = 0;
    std::optional<Error> error_;
};

// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace calm::wire
