// links: calm_clearinghouse
// Forms that browsers send: the first line of the input is the content type, the rest the body.
// What is read is bounded, and a field that is sent again in the simplest form reads as the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "clearinghouse/form.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace calm::clearinghouse;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const size_t line = text.find('\n');
    if (line == std::string_view::npos) return 0;
    const auto form = read_form(text.substr(0, line), text.substr(line + 1));
    if (!form) return 0;
    if (form->size() > kFormFieldsMax) std::abort();
    std::string again;
    constexpr char kDigits[] = "0123456789ABCDEF";
    const auto append = [&](std::string_view part) {
        for (const char c : part) {
            const auto byte = static_cast<unsigned char>(c);
            again += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
        }
    };
    for (const FormField& field : *form) {
        if (field.name.size() + field.value.size() > size) std::abort();
        if (&field != &form->front()) again += '&';
        append(field.name);
        again += '=';
        append(field.value);
    }
    const auto once_more = read_form("application/x-www-form-urlencoded", again);
    if (!once_more || *once_more != *form) std::abort();
    return 0;
}
