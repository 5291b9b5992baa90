// links: calm_agent
// Registry.pol: any bytes are entries or an error that says where; entries are written as they were
// read, a host finds its settings in them, and an edit leaves every other entry alone.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/effective.h"
#include "policy/policy_edit.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    auto entries = decode_registry_pol(bytes);
    if (!entries) {
        if (entries.error().code != "registry_pol_malformed" || entries.error().detail.empty())
            std::abort();
        return 0;
    }
    if (encode_registry_pol(*entries) != bytes) std::abort();
    const EffectiveHost host = put_in_force({}, read_host_policy(*entries), "rds1.example.org");
    if (effective_values(host, LicensingMode::either).size() != policy_items().size()) std::abort();
    if (host.config.servers.size() > kServersMax) std::abort();

    // The first entry's first byte says which setting is edited.
    const PolicyItem& item = policy_items()[(size > 10 ? data[10] : 0) % policy_items().size()];
    const size_t others = count_others(*entries);
    set_disabled(*entries, item);
    set_not_configured(*entries, item);
    if (count_others(*entries) != others) std::abort();
    if (decode_registry_pol(encode_registry_pol(*entries)) != *entries) std::abort();
    return 0;
}
