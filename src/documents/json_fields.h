// JsonFields: strict reading of one JSON object, field by field. Every field that the object has
// must be asked for, each value has bounds, and the first thing wrong is what finish() reports. For
// the payloads of documents; the log has its own, faster reader (entry_codec.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/bytes.h"
#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

inline constexpr size_t kJsonDepthMax = 4;

class JsonFields {
  public:
    // `error_code` is the code of every error, of this call and of finish(). Refuses text that is
    // not one JSON object, is nested deeper than kJsonDepthMax or is not UTF-8.
    static Result<JsonFields> parse(std::string_view json, std::string error_code);

    bool has(std::string_view name) const;

    // Each returns a harmless value after an error. Text has no control characters; its size is in
    // bytes of UTF-8.
    std::string text(std::string_view name, size_t size_min, size_t size_max);
    uint64_t number(std::string_view name, uint64_t min, uint64_t max);
    Instant time(std::string_view name);  // not after kInstantMax
    PublicKey key(std::string_view name);
    Hash hash(std::string_view name);
    LedgerId ledger(std::string_view name);
    std::vector<uint32_t> ids(std::string_view name, size_t count_max);  // ascending, none twice
    // 1 to count_max texts of 1 to size_max bytes.
    std::vector<std::string> texts(std::string_view name, size_t count_max, size_t size_max);
    bool flag(std::string_view name);
    JsonFields object(std::string_view name);  // its own finish() must be called too

    template <size_t N>
    std::array<uint8_t, N> hex(std::string_view name) {
        const auto bytes = array_from_hex<N>(text(name, 2 * N, 2 * N));
        if (!bytes) refuse(name, "is not hex");
        return bytes ? *bytes : std::array<uint8_t, N>{};
    }

    template <class E>
    E name(std::string_view name_) {
        const auto value = from_name<E>(text(name_, 1, 64));
        if (!value) refuse(name_, "has a value that is not known here");
        return value.value_or(NamesOf<E>::value.front().first);
    }

    void refuse(std::string_view name, std::string_view what);

    // Errors: the first of all; else a field that nobody asked for.
    Result<> finish() const;

  private:
    const boost::json::value* find(std::string_view name);

    boost::json::object object_;
    std::vector<std::string> asked_;
    std::string error_code_;
    std::optional<std::string> error_;
};

// Appends `text` as a JSON string, quotes included. REQUIRES: UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace calm
