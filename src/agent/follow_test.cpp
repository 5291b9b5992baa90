// A license server with another certificate is believed on its own key's word, and on nothing older
// than the last contact.
#include "agent/follow.h"

#include <gtest/gtest.h>

#include "client/scripted_server.h"
#include "documents/node_certificate.h"
#include "documents/succession.h"

namespace calm {
namespace {

using ::calm::test::ScriptedServer;

constexpr Instant kContact{1'795'996'800};  // 2026-11-30T00:00:00Z
constexpr Hash kPinned{1};
constexpr Hash kShown{2};

struct Following : ::testing::Test {
    ScriptedServer server{ScriptedServer::Transport::tcp};
    SecretKey identity = SecretKey::from_seed(Seed{71});
    SecretKey node = SecretKey::from_seed(Seed{72});
    LedgerId ledger = ledger_id_of(identity.public_key());
    LedgerId other = ledger_id_of(node.public_key());
    OldServer old{.host = {7}, .identity = identity.public_key(), .state = {}};
    ServerConfig place{
        .address = *parse_server_address("http://127.0.0.1:" + std::to_string(server.port())),
        .fingerprint = kPinned,
        .ca_file = {}};

    Following() { old.state.last_contact = kContact; }

    // What comes of a server that says this of itself.
    Result<Followed> told(const Hash& certificate, Instant at, const SecretKey& signer) {
        const wire::Successor successor{
            .succession = {},
            .identity = identity.public_key().bytes,
            .certificates = {issue_node_certificate(identity, node.public_key(), kContact)},
            .statement =
                sign_successor({.ledger = ledger, .certificate = certificate, .at = at}, signer)};
        std::string body;
        wire::write_successor(body, successor);
        server.will_answer("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                           std::to_string(body.size()) + "\r\n\r\n" + body);
        return follow_at(place, old, "/nonexistent", kContact);
    }
    static std::string code_of(const Result<Followed>& followed) {
        return followed ? "fine" : followed.error().code;
    }
};

TEST_F(Following, the_servers_own_key_says_which_certificate_is_its_own) {
    const auto followed = told(kShown, kContact + seconds(1), node);
    ASSERT_TRUE(followed) << followed.error().detail;
    EXPECT_EQ(followed->from, ledger);
    EXPECT_EQ(followed->server.fingerprint, kShown);
    EXPECT_EQ(followed->server.license_server, ledger);
}

TEST_F(Following, what_was_said_before_the_last_contact_says_nothing) {
    EXPECT_EQ(code_of(told(kShown, kContact - seconds(1), node)), "successor_untrusted");
    EXPECT_EQ(code_of(told(kShown, kContact, node)), "fine");
}

TEST_F(Following, nobody_else_says_it) {
    EXPECT_EQ(code_of(told(kShown, kContact, SecretKey::from_seed(Seed{73}))),
              "successor_untrusted");
}

TEST_F(Following, what_changes_nothing_is_not_followed) {
    EXPECT_EQ(code_of(told(kPinned, kContact, node)), "succession_unknown");
    place.fingerprint.reset();
    EXPECT_EQ(code_of(told(kShown, kContact, node)), "succession_unknown");
}

TEST_F(Following, the_address_is_one_of_this_server) {
    place.license_server = other;
    EXPECT_EQ(code_of(told(kShown, kContact, node)), "succession_unknown");
    place.license_server.reset();
    old.first = false;
    EXPECT_EQ(code_of(told(kShown, kContact, node)), "succession_unknown");
    place.license_server = ledger;
    EXPECT_EQ(code_of(told(kShown, kContact, node)), "fine");
}

TEST_F(Following, a_new_certificate_is_that_of_one_address) {
    ServerConfig second = place;
    second.address = *parse_server_address("http://127.0.0.1:1");
    ServerConfig again = place;
    again.license_server = ledger;
    again.fingerprint = kShown;
    const auto after =
        after_following({place, second}, {{.from = ledger, .server = again}}, ledger);
    ASSERT_EQ(after.size(), 2U);
    EXPECT_EQ(after[0].fingerprint, kShown);
    EXPECT_EQ(after[0].license_server, std::nullopt);
    EXPECT_EQ(after[1], second);
    // Of another license server it is none.
    EXPECT_EQ(after_following({place}, {{.from = ledger, .server = again}}, other),
              std::vector{place});
    // A successor takes the place of all its addresses, also after that.
    ServerConfig next = second;
    next.license_server = other;
    const auto replaced = after_following(
        {place, second}, {{.from = ledger, .server = again}, {.from = ledger, .server = next}},
        ledger);
    EXPECT_EQ(replaced, std::vector{next});
}

}  // namespace
}  // namespace calm
