// links: calm_documents
// Successions, what a successor says of itself, and hosts' certificates: any text is one or an
// error, and what reads is in order.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "documents/host_certificate.h"
#include "documents/succession.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    static const std::array vendors{SecretKey::from_seed(Seed{31}).public_key()};
    static const PublicKey node = SecretKey::from_seed(Seed{35}).public_key();
    constexpr Instant kToday{1'795'996'800};  // of the corpus: a certificate ends some day
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    if (const auto verified = verify_succession(text, vendors)) {
        if (verified->succession.from == verified->succession.to) std::abort();
    }
    (void)verify_successor(text, node);
    if (const auto host = verify_host_certificate(text, node, kToday)) {
        if (host->name.empty() || !host->host) std::abort();
    }
    return 0;
}
