// links: calm_documents
// A pack transfer: any text is one or an error; what reads states the same again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "documents/node_certificate.h"
#include "documents/pack_transfer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    static const SecretKey key = SecretKey::from_seed(Seed{9});
    static const std::string certificate = issue_node_certificate(key, key.public_key(), {1});
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    if (auto read = verify_pack_transfer(text)) {
        if (read->pack.empty() || read->sequence == 0) std::abort();
        read->from = ledger_id_of(key.public_key());
        const std::string again = sign_pack_transfer(*read, key, key.public_key(), certificate);
        if (verify_pack_transfer(again) != read) std::abort();
    }
    return 0;
}
