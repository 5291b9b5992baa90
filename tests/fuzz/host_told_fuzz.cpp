// links: calm_wire
// What hosts tell of themselves: whatever is read is written within a header's bounds, and read as
// the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <boost/json/parse.hpp>

#include "wire/host_told.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    boost::system::error_code error;
    const auto json =
        boost::json::parse(std::string_view(reinterpret_cast<const char*>(data), size), error);
    if (error) return 0;
    const auto told = wire::parse_host_told(json);
    if (!told) return 0;
    const std::string written = wire::write_host_told(*told);
    if (written.size() > wire::kHostToldSizeMax) std::abort();
    const auto again = wire::parse_host_told(boost::json::parse(written));
    if (!again || wire::write_host_told(*again) != written) std::abort();
    return 0;
}
