// links: calm_http
// The reader of JSON bodies, with Boost.JSON's own parser as its oracle: both accept the same
// documents, except those that name a field twice, and read the same values.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "http/json_body.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static calm::http::JsonReader reader;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = reader.read(text);

    boost::json::parse_options options;
    options.max_depth = calm::http::kJsonDepthMax;
    boost::system::error_code error;
    const boost::json::value expected =
        boost::json::parse({text.data(), text.size()}, error, {}, options);
    if (!read) {
        require(error.failed() || read.error().detail == "an object has a field twice" ||
                read.error().detail.starts_with("a number is too large"));
        return 0;
    }
    require(!error && **read == expected);
    // What it accepts can be written and read again. (Not compared: Boost.JSON 1.81 rounds a long
    // number in its last digit.)
    require(reader.read(boost::json::serialize(expected)).has_value());
    return 0;
}
