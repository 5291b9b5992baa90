// Against the vectors of RFC 4226 (appendix D), RFC 6238 (appendix B, SHA-1) and RFC 4648.
#include "http/one_time_code.h"

#include <set>

#include <gtest/gtest.h>

namespace calm::http {
namespace {

constexpr std::string_view kSecret = "12345678901234567890";

TEST(OneTimeCode, is_that_of_rfc_4226_for_each_counter) {
    constexpr std::string_view kCodes[] = {"755224", "287082", "359152", "969429", "338314",
                                           "254676", "287922", "162583", "399871", "520489"};
    for (uint64_t counter = 0; counter < std::size(kCodes); ++counter)
        EXPECT_EQ(hotp(kSecret, counter), kCodes[counter]) << counter;
}

TEST(OneTimeCode, is_that_of_rfc_6238_at_each_time) {
    const std::pair<int64_t, std::string_view> codes[] = {{59, "94287082"},
                                                          {1'111'111'109, "07081804"},
                                                          {1'111'111'111, "14050471"},
                                                          {1'234'567'890, "89005924"},
                                                          {2'000'000'000, "69279037"},
                                                          {20'000'000'000, "65353130"}};
    for (const auto& [seconds, code] : codes)
        EXPECT_EQ(hotp(kSecret, totp_step({seconds}), 8), code) << seconds;
}

TEST(OneTimeCode, counts_one_step_early_or_late_and_no_more) {
    const Instant wall{1'234'567'890};
    const uint64_t now = totp_step(wall);
    for (const uint64_t step : {now - 1, now, now + 1})
        EXPECT_EQ(totp_match(kSecret, hotp(kSecret, step), wall, 0), step);
    EXPECT_FALSE(totp_match(kSecret, hotp(kSecret, now - 2), wall, 0));
    EXPECT_FALSE(totp_match(kSecret, hotp(kSecret, now + 2), wall, 0));
    EXPECT_FALSE(totp_match(kSecret, "", wall, 0));
    EXPECT_FALSE(totp_match(kSecret, hotp(kSecret, now) + "0", wall, 0));
    EXPECT_EQ(totp_match(kSecret, hotp(kSecret, now).insert(3, " "), wall, 0), now);
}

TEST(OneTimeCode, counts_once_and_none_that_is_older) {
    const Instant wall{1'234'567'890};
    const uint64_t now = totp_step(wall);
    EXPECT_FALSE(totp_match(kSecret, hotp(kSecret, now), wall, now));
    EXPECT_FALSE(totp_match(kSecret, hotp(kSecret, now - 1), wall, now));
    EXPECT_EQ(totp_match(kSecret, hotp(kSecret, now + 1), wall, now), now + 1);
}

TEST(OneTimeCode, a_secret_is_written_as_rfc_4648_says) {
    EXPECT_EQ(to_base32(""), "");
    EXPECT_EQ(to_base32("f"), "MY");
    EXPECT_EQ(to_base32("fo"), "MZXQ");
    EXPECT_EQ(to_base32("foo"), "MZXW6");
    EXPECT_EQ(to_base32("foob"), "MZXW6YQ");
    EXPECT_EQ(to_base32("fooba"), "MZXW6YTB");
    EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
    EXPECT_EQ(otpauth_uri("foobar", "anna.b@AAAAA"),
              "otpauth://totp/CALM:anna.b@AAAAA?secret=MZXW6YTBOI&issuer=CALM");
}

TEST(OneTimeCode, a_recovery_code_is_found_again_however_it_is_typed) {
    std::set<std::string> codes;
    for (int i = 0; i < 100; ++i) {
        const std::string code = new_recovery_code();
        EXPECT_EQ(code.size(), 19u) << code;
        codes.insert(code);
    }
    EXPECT_EQ(codes.size(), 100u);
    EXPECT_EQ(recovery_digest("abcd efgh-ijkl mnop"), recovery_digest("ABCD-EFGH-IJKL-MNOP"));
    EXPECT_NE(recovery_digest("ABCD-EFGH-IJKL-MNOQ"), recovery_digest("ABCD-EFGH-IJKL-MNOP"));
    EXPECT_NE(new_totp_secret(), new_totp_secret());
    EXPECT_EQ(new_totp_secret().size(), kTotpSecretBytes);
}

}  // namespace
}  // namespace calm::http
