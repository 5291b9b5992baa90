// links: calm_documents
// License server ids: what is read, is printed in the one form, and that form is read as the same
// id.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "documents/ledger_id.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm;
    const auto id = parse_ledger_id({reinterpret_cast<const char*>(data), size});
    if (!id) return 0;
    const std::string printed = to_string(*id);
    if (printed.size() != LedgerId::kPrintedSize || parse_ledger_id(printed) != id) std::abort();
    return 0;
}
