// RegistryPol: the file `Registry.pol` in which Group Policy keeps the registry values that a
// policy sets (facts rd-licensing 3.7; [MS-GPREG] 2.2.1). Reads and writes the file's bytes and
// knows no setting: what a value means to a host is host_policy.h's. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace calm {

// The types that an editor writes; others stand in files, too, and are kept as they are.
enum class RegistryType : uint32_t {
    none = 0,
    sz = 1,
    expand_sz = 2,
    binary = 3,
    dword = 4,
    dword_big_endian = 5,
    multi_sz = 7,
    qword = 11,
};

// One instruction of the file. Names are UTF-16 as the file has them, so that whatever stands in it
// is written again as it was; `data` are raw bytes.
struct PolicyEntry {
    std::u16string key;    // without the hive, which the file's place says
    std::u16string value;  // or a directive such as `**del.NAME`
    RegistryType type = RegistryType::none;
    std::string data;

    bool operator==(const PolicyEntry&) const = default;
};

using RegistryPol = std::vector<PolicyEntry>;

inline constexpr size_t kRegistryPolBytesMax = size_t{4} << 20;
inline constexpr uint32_t kRegistryPolVersion = 1;

// Errors: `registry_pol_malformed`, naming the byte at which it is not as it should be. An entry of
// any type and of any size that the file has room for is read, also beyond the limits of the
// format: it may be somebody else's, and is no reason to lose the others.
Result<RegistryPol> decode_registry_pol(std::string_view bytes);

// ENSURES: decode_registry_pol() of it gives `entries` again. REQUIRES: names without a NUL.
std::string encode_registry_pol(const RegistryPol& entries);

// UTF-8 and UTF-16. What is no character becomes U+FFFD.
std::string utf8_of(std::u16string_view text);
std::u16string utf16_of(std::string_view text);

// Registry names are compared without regard to case; here, that of ASCII letters.
std::u16string folded(std::u16string_view name);
bool same_name(std::u16string_view name, std::string_view other);

PolicyEntry text_entry(std::string_view key, std::string_view value, std::string_view text);
PolicyEntry dword_entry(std::string_view key, std::string_view value, uint32_t number);

// The value of an entry: of a text up to its first NUL. Empty: it has another type, or its data is
// not of that type's form.
std::optional<std::string> text_of(const PolicyEntry& entry);
std::optional<uint32_t> dword_of(const PolicyEntry& entry);

}  // namespace calm
