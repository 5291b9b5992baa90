// links: calm_messages
// Details of errors into French: names from outside stand in them. English stays as it is, nothing
// vanishes, and what comes out is bounded.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "messages/detail.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (translated_detail(Language::en, text) != text) std::abort();
    const std::string french = translated_detail(Language::fr, text);
    if (french.empty() != text.empty()) std::abort();
    if (size > kDetailTranslatedMax && french != text) std::abort();
    // Each look adds one French sentence at most.
    if (french.size() > size + 64 * 1024) std::abort();
    return 0;
}
