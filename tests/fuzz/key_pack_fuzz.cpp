// links: calm_documents
// Armour, key packs and vendor documents: any text is one of them or an error. A payload that reads
// is signed, wrapped and read again.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "documents/armour.h"
#include "documents/key_pack.h"
#include "documents/vendor.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    static const SecretKey key = SecretKey::from_seed(Seed{9});
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    for (const std::string_view label : {kKeyPackLabel, kVendorLabel}) {
        const auto body = unarmour(label, text);
        if (body && unarmour(label, armour(label, *body)) != body) std::abort();
    }
    const auto pack = inspect_key_pack(text);
    if (pack && verify_key_pack(text, std::array{pack->vendor_key}, pack->not_before) != pack) {
        std::abort();
    }
    if (const auto vendor = read_vendor(text); vendor && vendor->name.empty()) std::abort();

    if (auto read = read_key_pack(text)) {
        read->vendor_key = key.public_key();
        const auto issued = issue_key_pack(*read, key);
        if (!issued || inspect_key_pack(*issued) != read) std::abort();
    }
    return 0;
}
