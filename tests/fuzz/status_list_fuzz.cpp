// links: calm_documents
// Status lists and clearinghouse certificates: any text is one or an error; what reads is in order.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "documents/clearinghouse_certificate.h"
#include "documents/status_list.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    static const std::array vendors{SecretKey::from_seed(Seed{31}).public_key()};
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    if (const auto verified = verify_status_list(text, vendors)) {
        const auto& revoked = verified->list.revoked;
        if (verified->list.number == 0 || revoked.size() > kRevokedPacksMax ||
            std::ranges::adjacent_find(revoked, std::greater_equal()) != revoked.end()) {
            std::abort();
        }
    }
    if (const auto certificate = read_clearinghouse(text)) {
        if (certificate->expires_at <= certificate->not_before) std::abort();
    }
    return 0;
}
