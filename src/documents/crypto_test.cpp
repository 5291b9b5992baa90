// SHA-256 and Ed25519 against published vectors, and what keys promise.
#include "documents/crypto.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace calm {
namespace {

Seed seed_of(std::string_view hex) {
    return *array_from_hex<32>(hex);
}

TEST(Sha256, vectors_of_fips_180) {
    EXPECT_EQ(to_hex(sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, parts_hash_as_their_concatenation) {
    EXPECT_EQ(sha256({as_bytes("ab"), as_bytes(""), as_bytes("c")}), sha256("abc"));
}

TEST(Sha256, threads_do_not_disturb_each_other) {
    std::vector<Hash> hashes(4);
    std::vector<std::thread> threads;
    for (size_t i = 0; i < hashes.size(); ++i) {
        threads.emplace_back([&hashes, i] {
            Hash hash = sha256("start");
            for (int round = 0; round < 1000; ++round)
                hash = sha256(hash);
            hashes[i] = hash;
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(std::ranges::count(hashes, hashes[0]), 4);
    EXPECT_NE(hashes[0], sha256("start"));
}

// RFC 8032, section 7.1, tests 1 and 3.
TEST(Ed25519, vectors_of_rfc8032) {
    const auto first = SecretKey::from_seed(
        seed_of("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
    EXPECT_EQ(to_hex(first.public_key().bytes),
              "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    EXPECT_EQ(to_hex(first.sign({}).bytes),
              "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
              "39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    const auto third = SecretKey::from_seed(
        seed_of("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));
    EXPECT_EQ(to_hex(third.sign(as_bytes("\xaf\x82")).bytes),
              "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67"
              "f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
}

TEST(Ed25519, any_changed_bit_is_noticed) {
    const auto key = SecretKey::from_seed(Seed{1});
    const std::string message = "two CALs";
    const Signature signature = key.sign(as_bytes(message));
    EXPECT_TRUE(verify(key.public_key(), as_bytes(message), signature));
    EXPECT_FALSE(verify(key.public_key(), as_bytes("ten CALs"), signature));
    for (size_t bit = 0; bit < 512; ++bit) {
        Signature other = signature;
        other.bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        EXPECT_FALSE(verify(key.public_key(), as_bytes(message), other)) << bit;
    }
}

TEST(Ed25519, the_all_zero_key_verifies_nothing) {
    EXPECT_FALSE(verify(PublicKey{}, as_bytes("x"), Signature{}));
}

TEST(SecretKey, a_moved_key_is_wiped_where_it_was) {
    auto key = SecretKey::from_seed(Seed{7});
    const PublicKey known = key.public_key();
    const SecretKey moved = std::move(key);
    EXPECT_EQ(moved.public_key(), known);
    EXPECT_EQ(moved.seed(), Seed{7});
    EXPECT_EQ(key.seed(), Seed{});  // NOLINT(bugprone-use-after-move): the point of the test
}

TEST(PublicKey, its_text_is_read_back) {
    const PublicKey key = SecretKey::from_seed(Seed{3}).public_key();
    EXPECT_EQ(to_text(key).size(), 43U);
    EXPECT_EQ(parse_public_key(to_text(key)), key);
    EXPECT_FALSE(parse_public_key(to_text(key).substr(1)));
    EXPECT_FALSE(parse_public_key(to_text(key) + "="));
}

TEST(PublicKey, id_and_fingerprint_begin_alike) {
    const PublicKey key = SecretKey::from_seed(Seed{3}).public_key();
    EXPECT_EQ(key_id(key).size(), 16U);
    std::string joined = fingerprint(key, "\n");
    EXPECT_EQ(joined.size(), 64U + 15U);
    EXPECT_EQ(std::ranges::count(joined, '\n'), 3);
    std::erase_if(joined, [](char c) { return c == ' ' || c == '\n'; });
    EXPECT_TRUE(joined.starts_with(key_id(key)));
    EXPECT_EQ(joined, to_hex(sha256(key.bytes)));
}

}  // namespace
}  // namespace calm
