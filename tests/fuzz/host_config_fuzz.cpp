// links: calm_agent
// host.toml: any text is settings or an error that says where; settings are read again as written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/host_config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto config = calm::parse_host_config(text);
    if (!config) {
        if (!config.error().code.starts_with("setting") || config.error().detail.empty())
            std::abort();
        return 0;
    }
    const auto again = calm::parse_host_config(calm::to_toml(*config));
    if (!again || *again != *config) std::abort();
    return 0;
}
