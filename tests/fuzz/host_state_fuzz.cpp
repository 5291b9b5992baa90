// links: calm_client
// What calm-hostd keeps over a restart: any text is a state or none, and a state is read again as
// written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "client/host_state.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto state = calm::parse_host_state(text);
    if (!state) {
        if (state.error().code != "host_state_malformed" || state.error().detail.empty())
            std::abort();
        return 0;
    }
    if (state->sessions.size() > calm::HostState::kSessionsMax) std::abort();
    const auto again = calm::parse_host_state(calm::to_json(*state));
    if (!again || *again != *state) std::abort();
    return 0;
}
