// links: calm_messages
// Details of errors into French: names from outside stand in them. English stays as it is, nothing
// vanishes, and what comes out is bounded.
#include <algorithm>
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
    // A line becomes so many French sentences at most; no sentence is longer than this.
    const auto lines = static_cast<size_t>(std::ranges::count(text, '\n')) + 1;
    if (french.size() > size + lines * 64 * 512) std::abort();
    return 0;
}
