// links: calm_documents
// Lines of the log: what decodes, encodes to the same bytes, and its decoder stays within the line.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "documents/entry_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const auto entry = calm::decode_entry(line);
    if (entry && calm::encode_entry(*entry) != line) std::abort();
    if (!entry && entry.error().code != "entry_malformed") std::abort();
    return 0;
}
