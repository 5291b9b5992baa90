// Passwords, tokens and sessions.
#include "http/credentials.h"

#include <gtest/gtest.h>

#include "http/sessions.h"

namespace calm::http {
namespace {

constexpr std::string_view kPassword = "correct horse battery";

TEST(Credentials, a_password_is_known_by_its_hash_and_no_other_is) {
    const std::string hash = hash_password(kPassword, PasswordCost::cheap).value();
    EXPECT_TRUE(hash.starts_with("$argon2id$"));
    EXPECT_EQ(hash.find(kPassword), std::string::npos);
    EXPECT_TRUE(verify_password(hash, kPassword, PasswordCost::cheap));
    EXPECT_FALSE(verify_password(hash, "correct horse batterz", PasswordCost::cheap));
    EXPECT_FALSE(verify_password(hash, "", PasswordCost::cheap));
    EXPECT_NE(hash,
              hash_password(kPassword, PasswordCost::cheap).value());  // each with its own salt
}

TEST(Credentials, no_account_no_entry) {
    EXPECT_FALSE(verify_password("", kPassword, PasswordCost::cheap));
    EXPECT_FALSE(verify_password("not a hash", kPassword, PasswordCost::cheap));
    EXPECT_FALSE(verify_password(std::string(1000, '$'), kPassword, PasswordCost::cheap));
}

TEST(Credentials, passwords_have_12_to_256_bytes) {
    EXPECT_EQ(hash_password(std::string(11, 'x'), PasswordCost::cheap).error().code,
              "bad_password");
    EXPECT_EQ(hash_password(std::string(257, 'x'), PasswordCost::cheap).error().code,
              "bad_password");
    EXPECT_TRUE(hash_password(std::string(12, 'x'), PasswordCost::cheap));
    const std::string longest(256, 'x');
    const std::string hash = hash_password(longest, PasswordCost::cheap).value();
    EXPECT_TRUE(verify_password(hash, longest, PasswordCost::cheap));
    EXPECT_FALSE(verify_password(hash, longest + "x", PasswordCost::cheap));
}

TEST(Credentials, tokens_are_long_random_and_found_by_their_hash) {
    const SecretToken token = make_secret_token("calm_api");
    EXPECT_TRUE(token.text.starts_with("calm_api_"));
    EXPECT_EQ(token.text.size(), std::string_view("calm_api_").size() + 43);
    EXPECT_EQ(token.hash, token_hash(token.text));
    EXPECT_NE(token.text, make_secret_token("calm_api").text);
    // SHA-256 of "abc", FIPS 180-2 appendix B.1.
    EXPECT_EQ(to_hex(token_hash("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Credentials, only_a_bearer_header_has_a_token) {
    EXPECT_EQ(bearer_token("Bearer abc"), "abc");
    EXPECT_EQ(bearer_token("bearer abc"), "abc");
    for (const char* other : {"", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearerabc"}) {
        EXPECT_EQ(bearer_token(other), "") << other;
    }
}

struct Sessions : ::testing::Test {
    SessionTable table;
    Instant now{1'800'000'000};
    std::string token = table.begin(Caller{4, 7}, now);
};

TEST_F(Sessions, a_token_finds_its_session_until_it_is_ended) {
    ASSERT_NE(table.find(token, now), nullptr);
    EXPECT_EQ(table.find(token, now)->caller.id, 7u);
    EXPECT_EQ(table.find("calm_session_other", now), nullptr);
    EXPECT_TRUE(table.end(token));
    EXPECT_EQ(table.find(token, now), nullptr);
    EXPECT_FALSE(table.end(token));
}

TEST_F(Sessions, ends_after_15_minutes_without_use) {
    for (int i = 0; i < 10; ++i) {
        now = now + minutes(14);
        EXPECT_NE(table.find(token, now), nullptr);
    }
    EXPECT_EQ(table.find(token, now + minutes(15)), nullptr);
    EXPECT_EQ(table.find(token, now), nullptr);  // what is over stays over
}

TEST_F(Sessions, ends_after_12_hours_however_busy) {
    const Instant begun = now;
    for (; now < begun + hours(12); now = now + minutes(10))
        EXPECT_NE(table.find(token, now), nullptr);
    EXPECT_EQ(table.find(token, now), nullptr);
}

TEST_F(Sessions, a_clock_that_goes_back_lengthens_nothing) {
    EXPECT_NE(table.find(token, now + minutes(10)), nullptr);
    EXPECT_NE(table.find(token, now - hours(1)), nullptr);
    EXPECT_EQ(table.find(token, now + minutes(25)), nullptr);
}

TEST_F(Sessions, all_of_one_account_can_be_ended) {
    const std::string second = table.begin(Caller{4, 7}, now);
    const std::string other = table.begin(Caller{4, 8}, now);
    table.end_all_of(7);
    EXPECT_EQ(table.find(token, now), nullptr);
    EXPECT_EQ(table.find(second, now), nullptr);
    EXPECT_NE(table.find(other, now), nullptr);
}

TEST_F(Sessions, one_is_spared_when_the_others_of_its_account_end) {
    const std::string second = table.begin(Caller{4, 7}, now);
    table.end_all_of(7, second);
    EXPECT_EQ(table.find(token, now), nullptr);
    EXPECT_NE(table.find(second, now), nullptr);
}

TEST_F(Sessions, a_new_role_reaches_those_that_are_open) {
    const std::string other = table.begin(Caller{4, 8}, now);
    table.set_role_of(7, 5);
    EXPECT_EQ(table.find(token, now)->caller.role, 5u);
    EXPECT_EQ(table.find(other, now)->caller.role, 4u);
}

TEST_F(Sessions, the_idlest_makes_room_when_there_are_too_many) {
    SessionTable::Limits limits;
    limits.sessions_max = 2;
    SessionTable small(limits);
    const std::string first = small.begin(Caller{1, 1}, now);
    const std::string second = small.begin(Caller{1, 2}, now);
    small.find(first, now + minutes(1));
    const std::string third = small.begin(Caller{1, 3}, now + minutes(1));
    EXPECT_EQ(small.size(), 2u);
    EXPECT_NE(small.find(first, now + minutes(1)), nullptr);
    EXPECT_EQ(small.find(second, now + minutes(1)), nullptr);
    EXPECT_NE(small.find(third, now + minutes(1)), nullptr);
}

TEST_F(Sessions, sweeping_forgets_what_is_over) {
    table.begin(Caller{1, 2}, now + minutes(10));
    table.sweep(now + minutes(20));
    EXPECT_EQ(table.size(), 1u);
}

}  // namespace
}  // namespace calm::http
