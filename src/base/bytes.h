// Bytes and their printable forms: hex and base64url (RFC 4648 section 5, no padding).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace calm {

using Hash = std::array<uint8_t, 32>;  // a SHA-256

std::span<const uint8_t> as_bytes(std::string_view text);
std::string_view as_text(std::span<const uint8_t> bytes);

std::string to_hex(std::span<const uint8_t> bytes);
std::string to_base64url(std::span<const uint8_t> bytes);

// Each refuses every form that its writer would not have written (upper-case hex, padding, bits
// behind the last byte). Errors: `bad_encoding`.
Result<std::string> from_hex(std::string_view text);
Result<std::string> from_base64url(std::string_view text);

// The same into memory of the caller's; the value is the number of bytes. Errors: `bad_encoding`,
// also when `out` is too small.
Result<size_t> from_base64url(std::string_view text, std::span<uint8_t> out);

// Reads exactly N bytes of hex. Errors: `bad_encoding`.
template <size_t N>
Result<std::array<uint8_t, N>> array_from_hex(std::string_view text) {
    CALM_TRY_ASSIGN(const std::string bytes, from_hex(text));
    if (bytes.size() != N) return fail("bad_encoding", "wrong number of bytes");
    std::array<uint8_t, N> out;
    for (size_t i = 0; i < N; ++i)
        out[i] = static_cast<uint8_t>(bytes[i]);
    return out;
}

}  // namespace calm
