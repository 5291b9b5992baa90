// links: calm_documents
// The signature of a report: any text is one or an error; what reads states its own bytes' size.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "documents/node_certificate.h"
#include "documents/report_statement.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    static const SecretKey key = SecretKey::from_seed(Seed{9});
    static const std::string certificate = issue_node_certificate(key, key.public_key(), {1});
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    if (auto read = verify_report_signature(text)) {
        if (read->file.empty() || read->size == 0) std::abort();
        read->ledger = ledger_id_of(key.public_key());
        const std::string again = sign_report(*read, key, key.public_key(), certificate);
        if (verify_report_signature(again) != read) std::abort();
    }
    return 0;
}
