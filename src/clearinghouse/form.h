// What a browser sends of a form: application/x-www-form-urlencoded, or multipart/form-data when
// there is a file in it (RFC 7578). Read strictly and within bounds. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace calm::clearinghouse {

inline constexpr size_t kFormFieldsMax = 16;
inline constexpr size_t kPartHeadMax = 1024;  // bytes before a part's content

struct FormField {
    std::string name;
    std::string value;  // as sent: any bytes

    bool operator==(const FormField&) const = default;
};

// Errors: `form_malformed`.
Result<std::vector<FormField>> read_form(std::string_view content_type, std::string_view body);

// The first field of the name; empty when there is none.
std::string_view field_of(const std::vector<FormField>& form, std::string_view name);

}  // namespace calm::clearinghouse
