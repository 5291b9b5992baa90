// The license server id notices what people do to such numbers, and says where.
#include "documents/ledger_id.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

LedgerId any_id() {
    PublicKey key;
    key.bytes = *rc::gen::container<std::array<uint8_t, 32>>(rc::gen::arbitrary<uint8_t>());
    return ledger_id_of(key);
}

// `text` with one group after the other, no hyphens.
std::string plain(const LedgerId& id) {
    return std::string(id.characters.data(), id.characters.size());
}

std::string group_named(size_t position) {
    return "group " + std::to_string(position / 5 + 1) + " ";
}

// Fixed for ever: ids are printed on paper.
TEST(LedgerId, the_id_of_a_known_key) {
    const PublicKey key = SecretKey::from_seed(Seed{42}).public_key();
    EXPECT_EQ(to_string(ledger_id_of(key)), "3PP6G-KJHE8-ZTD8G-XC4JD-8JFB2-VVYBT-GW3PV");
}

TEST(LedgerId, people_write_it_as_they_like) {
    const LedgerId id = ledger_id_of(PublicKey{});
    const std::string printed = to_string(id);
    EXPECT_EQ(printed.size(), LedgerId::kPrintedSize);
    EXPECT_EQ(parse_ledger_id(printed), id);
    EXPECT_EQ(parse_ledger_id(plain(id)), id);
    std::string lower = printed;
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return static_cast<char>(c == '-' ? ' ' : std::tolower(static_cast<unsigned char>(c)));
    });
    EXPECT_EQ(parse_ledger_id(lower), id);
}

TEST(LedgerId, missing_and_impossible_characters_are_told) {
    const std::string text = plain(ledger_id_of(PublicKey{}));
    EXPECT_EQ(parse_ledger_id("").error().detail, "it has 0 characters instead of 35");
    EXPECT_EQ(parse_ledger_id(text.substr(1)).error().detail, "it has 34 characters instead of 35");
    EXPECT_EQ(parse_ledger_id(text + "A").error().detail, "it has more than 35 characters");
    std::string look_alike = text;
    look_alike[12] = 'O';
    EXPECT_EQ(parse_ledger_id(look_alike).error().detail,
              "group 3 has `O`, which never occurs in an id");
    look_alike[12] = '\x07';
    EXPECT_EQ(parse_ledger_id(look_alike).error().detail,
              "group 3 has `?`, which never occurs in an id");
    EXPECT_EQ(parse_ledger_id(std::string(1000, '-')).error().code, "bad_ledger_id");
}

RC_GTEST_PROP(LedgerId, any_one_wrong_character_is_noticed_and_its_group_named, ()) {
    const LedgerId id = any_id();
    std::string text = plain(id);
    const auto position = *rc::gen::inRange<size_t>(0, text.size());
    const char other = kAlphabet[*rc::gen::inRange<size_t>(0, kAlphabet.size())];
    if (other == text[position]) return;
    text[position] = other;
    const auto parsed = parse_ledger_id(text);
    RC_ASSERT(!parsed);
    RC_ASSERT(parsed.error().detail.find(group_named(position)) != std::string::npos);
}

RC_GTEST_PROP(LedgerId, any_swap_within_a_group_is_noticed, ()) {
    std::string text = plain(any_id());
    const auto group = *rc::gen::inRange<size_t>(0, 7);
    const auto a = group * 5 + *rc::gen::inRange<size_t>(0, 5);
    const auto b = group * 5 + *rc::gen::inRange<size_t>(0, 5);
    if (text[a] == text[b]) return;
    std::swap(text[a], text[b]);
    const auto parsed = parse_ledger_id(text);
    RC_ASSERT(!parsed);
    RC_ASSERT(parsed.error().detail.find(group_named(a)) != std::string::npos);
}

RC_GTEST_PROP(LedgerId, swapped_groups_are_noticed, ()) {
    std::string text = plain(any_id());
    const auto a = *rc::gen::inRange<size_t>(0, 7);
    const auto b = *rc::gen::inRange<size_t>(0, 7);
    if (a == b) return;
    std::swap_ranges(text.begin() + static_cast<long>(a * 5),
                     text.begin() + static_cast<long>(a * 5 + 5),
                     text.begin() + static_cast<long>(b * 5));
    RC_ASSERT(!parse_ledger_id(text));
}

RC_GTEST_PROP(LedgerId, printing_and_reading_are_inverse, ()) {
    const LedgerId id = any_id();
    RC_ASSERT((parse_ledger_id(to_string(id)) == id));
}

}  // namespace
}  // namespace calm
