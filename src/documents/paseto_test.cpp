// The specification's own vectors for v4.public (github.com/paseto-standard/test-vectors, v4.json),
// and the bounds.
#include "documents/paseto.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

constexpr size_t kSizeMax = 4096;
constexpr std::string_view kPayload =
    R"({"data":"this is a signed message","exp":"2022-01-01T00:00:00+00:00"})";
constexpr std::string_view kFooter = R"({"kid":"zVhMiPBP9fRf2snEcT7gFTioeA9COcNy9DfgL1W60haN"})";

SecretKey secret_key() {
    return SecretKey::from_seed(
        *array_from_hex<32>("b4cbfb43df4ce210727d953e4a713307fa19bb7d9f85041438d9e11b942a3774"));
}

struct Vector {
    const char* name;
    std::string_view token;
    std::string_view footer;
    std::string_view implicit_assertion;
};

constexpr Vector kVectors[] = {
    {"4-S-1",
     "v4.public."
     "eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDo"
     "wMCJ9bg_XBBzds8lTZShVlwwKSgeKpLT3yukTw6JUz3W4h_ExsQV-P0V54zemZDcAxFaSeef1QlXEFtkqxT1ciiQEDA",
     "", ""},
    {"4-S-2",
     "v4.public."
     "eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDo"
     "wMCJ9v3Jt8mx_TdM2ceTGoqwrh4yDFn0XsHvvV_D0DtwQxVrJEBMl0F2caAdgnpKlt4p7xBnx1HcO-SPo8FPp214HDw"
     ".eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
     kFooter, ""},
    {"4-S-3",
     "v4.public."
     "eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDo"
     "wMCJ9NPWciuD3d0o5eXJXG5pJy-DiVEoyPYWs1YSTwWHNJq6DZD3je5gf-0M4JR9ipdUSJbIovzmBECeaWmaqcaP0DQ"
     ".eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
     kFooter, R"({"test-vector":"4-S-3"})"},
};

TEST(Paseto, signs_as_the_specification_does) {
    for (const auto& vector : kVectors) {
        EXPECT_EQ(paseto_sign(secret_key(), kPayload, vector.footer, vector.implicit_assertion),
                  vector.token)
            << vector.name;
    }
}

TEST(Paseto, verifies_what_the_specification_signed) {
    for (const auto& vector : kVectors) {
        const auto parts = paseto_verify(vector.token, secret_key().public_key(),
                                         vector.implicit_assertion, kSizeMax);
        ASSERT_TRUE(parts) << vector.name;
        EXPECT_EQ(parts->message, kPayload);
        EXPECT_EQ(parts->footer, vector.footer);
    }
}

// 4-F-1 and 4-F-3 are tokens of another purpose and of another version; 4-F-2 is a public token for
// a reader that holds another key.
TEST(Paseto, refuses_what_the_specification_says_must_fail) {
    constexpr Vector kFailing[] = {
        {"4-F-1",
         "v4.local.vngXfCISbnKgiP6VWGuOSlYrFYU300fy9ijW33rznDYgxHNPwWluAY2Bgb0z54CUs6aYYkIJ-"
         "bOOOmJHPuX_34Agt_"
         "IPlNdGDpRdGNnBz2MpWJvB3cttheEc1uyCEYltj7wBQQYX."
         "YXJiaXRyYXJ5LXN0cmluZy10aGF0LWlzbid0LWpzb24",
         "", R"({"test-vector":"4-F-1"})"},
        {"4-F-2",
         "v4.public.eyJpbnZhbGlkIjoidGhpcyBzaG91bGQgbmV2ZXIgZGVjb2RlIn22Sp4gjCaUw0c7EH84ZSm_jN_"
         "Qr41MrgLNu5LIBCzUr1pn3Z-Wukg9h3ceplWigpoHaTLcwxj0NsI1vjTh67YB"
         ".eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
         "", R"({"test-vector":"4-F-2"})"},
        {"4-F-3",
         "v3.local.23e_2PiqpQBPvRFKzB0zHhjmxK3sKo2grFZRRLM-"
         "U7L0a8uHxuF9RlVz3Ic6WmdUUWTxCaYycwWV1yM8gKbZB2JhygDM"
         "KvHQ7eBf8GtF0r3K0Q_gF1PXOxcOgztak1eD1dPe9rLVMSgR0nHJXeIGYVuVrVoLWQ."
         "YXJiaXRyYXJ5LXN0cmluZy10aGF0LWlzbi"
         "d0LWpzb24",
         "", R"({"test-vector":"4-F-3"})"},
    };
    const PublicKey reader = SecretKey::from_seed(Seed{0x70, 0x71}).public_key();
    for (const auto& vector : kFailing) {
        EXPECT_FALSE(paseto_verify(vector.token, reader, vector.implicit_assertion, kSizeMax))
            << vector.name;
    }
}

// The examples of the specification's section on authentication padding.
TEST(Paseto, pre_authentication_encoding) {
    using namespace std::string_view_literals;
    EXPECT_EQ(paseto_pae({}), "\0\0\0\0\0\0\0\0"sv);
    EXPECT_EQ(paseto_pae({""}), "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv);
    EXPECT_EQ(paseto_pae({"test"}), "\1\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0test"sv);
    EXPECT_NE(paseto_pae({"ab", "c"}), paseto_pae({"a", "bc"}));
}

TEST(Paseto, the_implicit_assertion_is_part_of_what_is_signed) {
    const std::string token = paseto_sign(secret_key(), "{}", "", "calm.key-pack.v1");
    const PublicKey key = secret_key().public_key();
    EXPECT_TRUE(paseto_verify(token, key, "calm.key-pack.v1", kSizeMax));
    EXPECT_EQ(paseto_verify(token, key, "calm.vendor.v1", kSizeMax).error().code,
              "document_altered");
}

TEST(Paseto, a_token_over_the_limit_is_not_looked_into) {
    const std::string token = paseto_sign(secret_key(), "{}", "", "");
    EXPECT_TRUE(paseto_split(token, token.size()));
    EXPECT_EQ(paseto_split(token, token.size() - 1).error().code, "document_too_large");
}

TEST(Paseto, each_token_has_one_spelling) {
    const std::string token = paseto_sign(secret_key(), "{}", "", "");
    for (const std::string& other : {token + ".", token + ".Zg.", token + "=", token + "\n",
                                     " " + token, std::string("v4.public."), std::string()}) {
        EXPECT_FALSE(paseto_verify(other, secret_key().public_key(), "", kSizeMax)) << other;
    }
}

RC_GTEST_PROP(Paseto, what_is_signed_is_read_back,
              (const std::string& message, const std::string& footer, const std::string& kind)) {
    const auto parts = paseto_verify(paseto_sign(secret_key(), message, footer, kind),
                                     secret_key().public_key(), kind, 1 << 20);
    RC_ASSERT(parts.has_value());
    RC_ASSERT(parts->message == message);
    RC_ASSERT(parts->footer == footer);
}

RC_GTEST_PROP(Paseto, what_splits_joins_to_the_same_token, (const std::string& tail)) {
    const std::string token = std::string(kPasetoHeader) + to_base64url(as_bytes(tail));
    const auto parts = paseto_split(token, 1 << 20);
    if (parts) RC_ASSERT(paseto_join(*parts) == token);
}

}  // namespace
}  // namespace calm
