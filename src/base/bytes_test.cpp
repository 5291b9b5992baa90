// Hex and base64url: round trips, and every form that the writer would not have written is refused.
#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

RC_GTEST_PROP(Bytes, round_trip_through_hex, (const std::string& bytes)) {
    RC_ASSERT((from_hex(to_hex(as_bytes(bytes))) == bytes));
}

RC_GTEST_PROP(Bytes, round_trip_through_base64url, (const std::string& bytes)) {
    RC_ASSERT((from_base64url(to_base64url(as_bytes(bytes))) == bytes));
}

RC_GTEST_PROP(Bytes, what_base64url_accepts_is_canonical, (const std::string& text)) {
    const auto bytes = from_base64url(text);
    if (bytes) RC_ASSERT(to_base64url(as_bytes(*bytes)) == text);
}

TEST(Bytes, base64url_vectors_of_rfc4648) {
    EXPECT_EQ(to_base64url(as_bytes("")), "");
    EXPECT_EQ(to_base64url(as_bytes("f")), "Zg");
    EXPECT_EQ(to_base64url(as_bytes("fo")), "Zm8");
    EXPECT_EQ(to_base64url(as_bytes("foobar")), "Zm9vYmFy");
    EXPECT_EQ(to_base64url(as_bytes("\xfb\xff\xfe")), "-__-");
}

TEST(Bytes, base64url_fits_the_memory_it_is_given_or_is_refused) {
    std::array<uint8_t, 3> memory{};
    EXPECT_EQ(from_base64url("Zm9v", memory), 3U);
    EXPECT_EQ(as_text(memory), "foo");
    EXPECT_EQ(from_base64url("Zg", memory), 1U);
    EXPECT_FALSE(from_base64url("Zm9vYg", memory));
}

TEST(Bytes, other_spellings_are_refused) {
    EXPECT_FALSE(from_hex("AB"));
    EXPECT_FALSE(from_hex("abc"));
    EXPECT_FALSE(from_base64url("Zg=="));
    EXPECT_FALSE(from_base64url("Zh"));  // bits behind the last byte
    EXPECT_FALSE(from_base64url("Z"));
    EXPECT_FALSE(from_base64url("a+b/"));
}

}  // namespace
}  // namespace calm
