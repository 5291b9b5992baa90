// Two parts and a version.
#include "agent/device_cookie.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"

namespace calm {
namespace {

constexpr std::string_view kVersion = "v1.";
constexpr size_t kNumberChars = 22;
constexpr size_t kSignatureChars = 86;
constexpr size_t kCookieSize = kVersion.size() + kNumberChars + 1 + kSignatureChars;
// Each try costs a verification; browsers send one.
constexpr int kTriesMax = 2;
// 400 days: the most that browsers keep one for.
constexpr int64_t kMaxAgeSeconds = int64_t{400} * 24 * 60 * 60;

// So that no other signature of the host passes for one of a cookie.
std::string signed_text(const DeviceNumber& number) {
    return fmt::format("calm.device-cookie.v1.{}", to_hex(number));
}

}  // namespace

std::string make_device_cookie(const DeviceNumber& number, const SecretKey& key) {
    const Signature signature = key.sign(as_bytes(signed_text(number)));
    return fmt::format("{}{}.{}", kVersion, to_base64url(number), to_base64url(signature.bytes));
}

std::optional<DeviceNumber> read_device_cookie(std::string_view value, const PublicKey& key) {
    if (value.size() != kCookieSize || !value.starts_with(kVersion)) return {};
    value.remove_prefix(kVersion.size());
    if (value[kNumberChars] != '.') return {};
    DeviceNumber number{};
    Signature signature;
    const auto number_size = from_base64url(value.substr(0, kNumberChars), number);
    const auto signature_size = from_base64url(value.substr(kNumberChars + 1), signature.bytes);
    if (number_size != number.size() || signature_size != signature.bytes.size()) return {};
    if (!verify(key, as_bytes(signed_text(number)), signature)) return {};
    return number;
}

std::optional<DeviceNumber> device_of_cookies(std::string_view cookies, const PublicKey& key) {
    int tries = 0;
    while (!cookies.empty() && tries < kTriesMax) {
        const size_t end = std::min(cookies.find(';'), cookies.size());
        std::string_view cookie = cookies.substr(0, end);
        cookies.remove_prefix(std::min(end + 1, cookies.size()));
        while (cookie.starts_with(' '))
            cookie.remove_prefix(1);
        if (!cookie.starts_with(kDeviceCookieName)) continue;
        cookie.remove_prefix(kDeviceCookieName.size());
        if (!cookie.starts_with('=')) continue;
        if (const auto number = read_device_cookie(cookie.substr(1), key)) return number;
        ++tries;
    }
    return {};
}

std::string device_name_of(const DeviceNumber& number) {
    return "web-" + to_hex(number);
}

std::string set_device_cookie(const DeviceNumber& number, const SecretKey& key, bool secure) {
    return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", kDeviceCookieName,
                       make_device_cookie(number, key), kMaxAgeSeconds, secure ? "; Secure" : "");
}

}  // namespace calm
