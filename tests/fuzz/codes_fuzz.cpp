// links: calm_documents
// Codes that people type: product keys, license server ids, read-out codes. What reads is printed
// in one form, and reads as the same again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "documents/product_key.h"
#include "documents/readout.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    static const SecretKey key = SecretKey::from_seed(Seed{32});
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    if (const auto read = parse_product_key(text)) {
        if (read->printed.size() != kProductKeySize || parse_product_key(read->printed) != read)
            std::abort();
    }
    if (const auto read = parse_ledger_id(text)) {
        if (parse_ledger_id(to_string(*read)) != read) std::abort();
    }
    if (const auto read = parse_readout_request(text)) {
        if (parse_readout_request(readout_request(*read)) != read) std::abort();
    }
    const LedgerId server = ledger_id_of(key.public_key());
    if (const auto read = read_activation_code(text, server, {}, key.public_key())) {
        if (read->serial == 0) std::abort();
    }
    return 0;
}
