// Reading the JSON of a body within bounds. What the fields mean is read by the layers that know
// them (wire/fields.h is the strict reader of one object).
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "base/result.h"
#include "http/request.h"

namespace calm::http {

inline constexpr size_t kJsonDepthMax = 16;  // objects and arrays in each other (design.md 7)

// One per loop: its memory is used again for every body. Not thread-safe.
class JsonReader {
  public:
    JsonReader();
    ~JsonReader();
    JsonReader(const JsonReader&) = delete;
    JsonReader& operator=(const JsonReader&) = delete;

    // Reads one JSON document (RFC 8259) in UTF-8 with nothing before or behind it. The value is
    // valid until the next read(). Errors: `json_malformed` (also for a name that is twice in one
    // object: two programs would read it in two ways), `json_too_deep`.
    Result<const boost::json::value*> read(std::string_view text);

    // The same for the body of a request, which must say that it is JSON: a form of another site
    // can make a browser send text, but not this type. Errors: also `unsupported_media_type`.
    Result<const boost::json::value*> read(const Request& request);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace calm::http
