// What license servers may ask, and what is refused.
#include "clearinghouse/office_kit.h"

namespace calm::clearinghouse::testing {
namespace {

using Purpose = ActivationPurpose;

class ActivationTest : public OfficeTest {};

TEST_F(ActivationTest, a_server_is_certified_and_its_key_redeemed_in_one_request) {
    CustomerServer server(50);
    const auto drawn = keys(1);
    const auto answer = ask(server, Purpose::activate, drawn);
    ASSERT_TRUE(answer) << answer.error().detail;
    const auto certified = activation(*answer);
    ASSERT_TRUE(certified);
    EXPECT_EQ(to_string(certified->server), server.id());
    EXPECT_EQ(certified->serial, 1U);
    EXPECT_EQ(certified->until, now + days(366));
    const auto sold = packs(*answer);
    ASSERT_EQ(sold.size(), 1U);
    EXPECT_EQ(sold[0].quantity, 25U);
    EXPECT_EQ(to_string(*sold[0].license_server), server.id());
    EXPECT_EQ(sold[0].product.rules.overuse, OverUse::refuse);
    EXPECT_TRUE(status(*answer).revoked.empty());
    EXPECT_EQ(to_string(*status(*answer).server), server.id());
}

TEST_F(ActivationTest, serials_grow_over_all_servers) {
    CustomerServer one(50);
    CustomerServer two(51);
    EXPECT_EQ(activation(*ask(one, Purpose::activate))->serial, 1U);
    EXPECT_EQ(activation(*ask(two, Purpose::activate))->serial, 2U);
    EXPECT_EQ(activation(*ask(one, Purpose::reactivate))->serial, 3U);
}

TEST_F(ActivationTest, the_same_request_gets_the_same_answer_and_another_of_its_number_none) {
    CustomerServer server(50);
    ActivationRequest request = server.request(now, Purpose::activate);
    request.keys = keys(1);
    const auto first = activations.answer(server.sign(request), {}, "192.0.2.1");
    ASSERT_TRUE(first);
    now = now + days(3);
    // As a mail program sends it on.
    std::string again = server.sign(request);
    for (size_t at = again.find('\n'); at != std::string::npos; at = again.find('\n', at + 2))
        again.replace(at, 1, "\r\n");
    EXPECT_EQ(activations.answer(again, {}, "198.51.100.7"), first);
    request.company = "Somebody else";
    EXPECT_EQ(code(activations.answer(server.sign(request), {}, "192.0.2.1")),
              "activation_request_used");
}

TEST_F(ActivationTest, a_key_is_one_servers_and_says_so_to_the_next) {
    CustomerServer one(50);
    CustomerServer two(51);
    const auto drawn = keys(1);
    ASSERT_TRUE(ask(one, Purpose::activate, drawn));
    EXPECT_EQ(code(ask(two, Purpose::activate, drawn)), "product_key_used");
    EXPECT_EQ(events("product_key_used"), 1);
    // Nothing of the refused request is kept.
    EXPECT_EQ(*office.books.number("SELECT count(*) FROM servers WHERE id = ?", two.id()), 0);
    // Asked again by its own server, whose answer was lost: the same pack, not another one.
    const auto again = ask(one, Purpose::packs, drawn);
    ASSERT_TRUE(again);
    EXPECT_EQ(packs(*again).size(), 1U);
    EXPECT_FALSE(activation(*again));
}

TEST_F(ActivationTest, guessing_keys_ends_for_the_hour_and_for_the_address_only) {
    CustomerServer server(50);
    ASSERT_TRUE(ask(server, Purpose::activate));
    for (uint8_t guess = 0; guess < 10; ++guess) {
        EXPECT_EQ(code(ask(server, Purpose::packs, {product_key_of({guess, 7})})),
                  "product_key_unknown");
    }
    const auto drawn = keys(1);
    EXPECT_EQ(code(ask(server, Purpose::packs, drawn)), "too_many_wrong_keys");
    EXPECT_EQ(activations.wait_of("192.0.2.1"), 3600U);
    EXPECT_TRUE(ask(server, Purpose::packs));  // no key is guessed
    now = now + hours(1);
    EXPECT_TRUE(ask(server, Purpose::packs, drawn));
    EXPECT_EQ(code(ask(server, Purpose::packs, {product_key_of({99})}, "2001:db8::1")),
              "product_key_unknown");
}

TEST_F(ActivationTest, a_log_that_goes_backwards_is_a_clones) {
    CustomerServer server(50);
    CustomerServer clone(50);
    clone.asked = 100;
    server.size = 500;
    ASSERT_TRUE(ask(server, Purpose::activate));
    now = now + hours(1);
    EXPECT_EQ(code(ask(clone, Purpose::packs)), "server_cloned");
    EXPECT_EQ(events("server_cloned"), 1);
    EXPECT_TRUE(ask(server, Purpose::packs));
    // A restored server counts on in a new epoch.
    server.epoch = 2;
    server.size = 20;
    EXPECT_TRUE(ask(server, Purpose::packs));
    // One that was set up anew says so.
    server.epoch = 1;
    server.size = 3;
    ActivationRequest anew = server.request(now, Purpose::reactivate);
    anew.why = ReactivationReason::redeployed;
    EXPECT_TRUE(activations.answer(server.sign(anew), {}, "192.0.2.1"));
}

TEST_F(ActivationTest, a_file_that_was_overtaken_is_old_and_accuses_nobody) {
    CustomerServer server(50);
    const std::string early = server.sign(server.request(now, Purpose::activate));
    now = now + hours(1);
    ASSERT_TRUE(ask(server, Purpose::activate));
    EXPECT_EQ(code(activations.answer(early, {}, "192.0.2.1")), "activation_request_older");
    EXPECT_EQ(events("server_cloned"), 0);
}

TEST_F(ActivationTest, deactivation_gives_up_and_what_asks_for_activation_then_waits) {
    CustomerServer server(50);
    EXPECT_EQ(code(ask(server, Purpose::deactivate)), "server_not_activated");
    EXPECT_EQ(code(ask(server, Purpose::packs)), "server_not_activated");
    ASSERT_TRUE(ask(server, Purpose::activate, keys(1)));
    const auto given_up = ask(server, Purpose::deactivate);
    ASSERT_TRUE(given_up);
    EXPECT_FALSE(activation(*given_up));
    EXPECT_TRUE(packs(*given_up).empty());
    EXPECT_EQ(status(*given_up).number, 1U);
    EXPECT_EQ(code(ask(server, Purpose::packs)), "server_not_activated");
    EXPECT_EQ(packs(*ask(server, Purpose::reactivate)).size(), 1U);
}

TEST_F(ActivationTest, fetching_packs_renews_a_certificate_that_has_run_out) {
    CustomerServer server(50);
    ASSERT_TRUE(ask(server, Purpose::activate));
    now = now + days(100);
    EXPECT_FALSE(activation(*ask(server, Purpose::packs)));
    office.rules.activation_days = 30;
    ASSERT_TRUE(ask(server, Purpose::reactivate));
    now = now + days(31);
    EXPECT_TRUE(activation(*ask(server, Purpose::packs)));
}

TEST_F(ActivationTest, what_is_altered_or_for_another_vendor_is_refused) {
    CustomerServer server(50);
    ActivationRequest request = server.request(now, Purpose::activate);
    request.vendor = SecretKey::from_seed(Seed{77}).public_key();
    EXPECT_EQ(code(activations.answer(server.sign(request), {}, "a")),
              "clearinghouse_other_vendor");
    std::string altered = server.sign(server.request(now, Purpose::activate));
    const size_t at = altered.rfind("\n-----END") - 120;
    altered[at] = altered[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(activations.answer(altered, {}, "a"));
    EXPECT_EQ(code(activations.answer("hello", {}, "a")), "activation_malformed");
}

TEST_F(ActivationTest, keys_typed_beside_the_request_are_redeemed_with_it) {
    CustomerServer server(50);
    ASSERT_TRUE(ask(server, Purpose::activate));
    const auto drawn = keys(2);
    const std::string request = server.sign(server.request(now, Purpose::packs));
    const auto answer = activations.answer(request, drawn, "a");
    ASSERT_TRUE(answer);
    EXPECT_EQ(packs(*answer).size(), 2U);
    EXPECT_EQ(activations.answer(request, drawn, "a"), answer);
    EXPECT_EQ(code(activations.answer(request, keys(1), "a")), "activation_request_used");
}

TEST_F(ActivationTest, what_is_kept_survives_a_new_start) {
    CustomerServer server(50);
    ASSERT_TRUE(ask(server, Purpose::activate, keys(1)));
    store::TemporaryDirectory other;
    office.books = *Books::open(other.path() / "b");  // gives the first one back
    office.books = *Books::open(directory.path() / "books");
    EXPECT_EQ(packs(*ask(server, Purpose::packs)).size(), 1U);
    EXPECT_EQ(activation(*ask(server, Purpose::reactivate))->serial, 2U);
}

TEST_F(ActivationTest, nothing_is_signed_when_the_certificate_has_ended) {
    CustomerServer server(50);
    now = now + days(366);
    EXPECT_EQ(code(ask(server, Purpose::activate)), "clearinghouse_expired");
}

}  // namespace
}  // namespace calm::clearinghouse::testing
