// links: calm_agent
// The cookies that a browser sends: what this host has not signed names no device.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/device_cookie.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const calm::SecretKey key = calm::SecretKey::from_seed(calm::Seed{7});
    const std::string_view cookies(reinterpret_cast<const char*>(data), size);
    const auto number = calm::device_of_cookies(cookies, key.public_key());
    // There is one way to write a device, so it stands in the cookies as it would be made again.
    if (number && cookies.find(calm::make_device_cookie(*number, key)) == std::string_view::npos) {
        std::abort();
    }
    if (calm::read_device_cookie(cookies, key.public_key()) &&
        calm::make_device_cookie(*calm::read_device_cookie(cookies, key.public_key()), key) !=
            cookies) {
        std::abort();
    }
    return 0;
}
