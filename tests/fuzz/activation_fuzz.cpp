// links: calm_documents
// Activation requests and answers: any text is one or an error; a request that reads is one again
// when its server signs it.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "documents/activation.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    static const SecretKey identity = SecretKey::from_seed(Seed{33});
    static const std::array vendors{SecretKey::from_seed(Seed{31}).public_key()};
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    if (auto read = read_activation_request(text)) {
        const auto again = sign_activation_request(*read, identity);
        if (!again) std::abort();
        auto second = read_activation_request(*again);
        read->identity = identity.public_key();
        read->server = ledger_id_of(read->identity);
        if (second != read) std::abort();
    }
    if (const auto verified = verify_activation(text, vendors)) {
        if (verified->vendor != vendors[0] || verified->activation.serial == 0) std::abort();
    }
    return 0;
}
