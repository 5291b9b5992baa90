// links: calm_wire
// What a license server tells a host's doctor: any JSON is a checkup, which is written as it was
// read, or an error.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/json/parse.hpp>

#include "wire/checkup_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    boost::system::error_code error;
    const auto json =
        boost::json::parse(std::string_view(reinterpret_cast<const char*>(data), size), error);
    if (error) return 0;
    const auto checkup = calm::wire::parse_checkup(json);
    if (!checkup) {
        if (checkup.error().detail.empty()) std::abort();
        return 0;
    }
    std::string text;
    calm::wire::write_checkup(text, *checkup);
    const auto again = calm::wire::parse_checkup(boost::json::parse(text));
    if (!again || *again != *checkup) std::abort();
    return 0;
}
