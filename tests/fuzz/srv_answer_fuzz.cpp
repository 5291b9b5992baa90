// links: calm_client
// A name server's answer: whatever it says, it is read or refused, in bounds.
#include <cstdint>

#include "base/assert.h"
#include "client/discovery.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto answer = calm::parse_srv_answer({data, size});
    if (!answer) return 0;
    CALM_ASSERT(answer->records.size() <= calm::kSrvRecordsMax);
    const auto order = calm::srv_order(answer->records, [](uint32_t n) { return n / 2; });
    CALM_ASSERT(order.size() == answer->records.size());
    CALM_ASSERT(calm::servers_in_domain(order, "example.org").size() <= calm::kDiscoveredMax);
    return 0;
}
