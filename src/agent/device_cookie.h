// The device cookie: by it a browser is the same device at its next visit. The host signs it with
// its key, so that nobody makes one or turns theirs into another device's; copied whole it is the
// device that it was copied from. Pure: randomness is an argument.
//
//   calm_device=v1.<16 bytes>.<Ed25519 signature>     both base64url
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "documents/crypto.h"

namespace calm {

inline constexpr std::string_view kDeviceCookieName = "calm_device";

using DeviceNumber = std::array<uint8_t, 16>;

// The cookie's value.
std::string make_device_cookie(const DeviceNumber& number, const SecretKey& key);

// The device of a value that this key has signed; nullopt for every other text.
std::optional<DeviceNumber> read_device_cookie(std::string_view value, const PublicKey& key);

// The same from what a browser sends ("a=1; calm_device=…; b=2"): of the first one that is signed.
std::optional<DeviceNumber> device_of_cookies(std::string_view cookies, const PublicKey& key);

// The name that license servers know it by.
std::string device_name_of(const DeviceNumber& number);

// The whole value of a Set-Cookie header. `secure`: only over TLS.
std::string set_device_cookie(const DeviceNumber& number, const SecretKey& key, bool secure);

}  // namespace calm
