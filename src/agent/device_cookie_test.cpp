// Device cookies: a host knows its own again, and nothing else.
#include "agent/device_cookie.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calm {
namespace {

SecretKey key_of(uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return SecretKey::from_seed(seed);
}

constexpr DeviceNumber kNumber{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xFF};

TEST(DeviceCookie, IsKnownAgain) {
    const SecretKey key = key_of(1);
    const std::string cookie = make_device_cookie(kNumber, key);
    EXPECT_EQ(read_device_cookie(cookie, key.public_key()), kNumber);
    EXPECT_EQ(device_name_of(kNumber), "web-0102030405060708090a0b0c0d0e0fff");
}

TEST(DeviceCookie, AnotherHostsIsNone) {
    const std::string cookie = make_device_cookie(kNumber, key_of(1));
    EXPECT_FALSE(read_device_cookie(cookie, key_of(2).public_key()));
}

TEST(DeviceCookie, AnAlteredOneIsNone) {
    const SecretKey key = key_of(1);
    const std::string cookie = make_device_cookie(kNumber, key);
    for (size_t i = 0; i < cookie.size(); ++i) {
        std::string altered = cookie;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(read_device_cookie(altered, key.public_key())) << i;
        EXPECT_FALSE(read_device_cookie(cookie.substr(0, i), key.public_key())) << i;
    }
    EXPECT_FALSE(read_device_cookie(cookie + "A", key.public_key()));
}

TEST(DeviceCookie, IsFoundAmongOthers) {
    const SecretKey key = key_of(1);
    const std::string cookie = make_device_cookie(kNumber, key);
    const auto device_of = [&](const std::string& cookies) {
        return device_of_cookies(cookies, key.public_key());
    };
    EXPECT_EQ(device_of("calm_device=" + cookie), kNumber);
    EXPECT_EQ(device_of("a=1; calm_device=" + cookie + "; b=2"), kNumber);
    EXPECT_EQ(device_of("calm_device=forged; calm_device=" + cookie), kNumber);
    EXPECT_FALSE(device_of("calm_devices=" + cookie));
    EXPECT_FALSE(device_of("calm_device"));
    EXPECT_FALSE(device_of("; ;;"));
    EXPECT_FALSE(device_of(""));
}

TEST(DeviceCookie, ManyForgedOnesAreNotAllTried) {
    const SecretKey key = key_of(1);
    EXPECT_FALSE(device_of_cookies(
        "calm_device=1; calm_device=2; calm_device=" + make_device_cookie(kNumber, key),
        key.public_key()));
}

TEST(DeviceCookie, IsSetForAWholeSite) {
    const SecretKey key = key_of(1);
    const std::string line = set_device_cookie(kNumber, key, false);
    EXPECT_THAT(line, testing::StartsWith("calm_device=v1."));
    EXPECT_THAT(line, testing::EndsWith("; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax"));
    EXPECT_EQ(device_of_cookies(line.substr(0, line.find(';')), key.public_key()), kNumber);
    EXPECT_EQ(set_device_cookie(kNumber, key, true), line + "; Secure");
}

}  // namespace
}  // namespace calm
