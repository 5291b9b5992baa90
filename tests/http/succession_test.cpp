// A license server that took another one's place takes in the other one's hosts, without a token:
// those that the old one certified, and nobody else.
#include "documents/succession.h"

#include <gtest/gtest.h>

#include "documents/host_auth.h"
#include "documents/host_certificate.h"
#include "documents/node_certificate.h"
#include "http_runner.h"
#include "wire/host_json.h"

namespace calm::testing {
namespace {

struct Succeeding : ::testing::Test {
    HttpRunner runner;
    SecretKey old_identity = SecretKey::from_seed(Seed{61});
    SecretKey old_node = SecretKey::from_seed(Seed{62});
    SecretKey host_key = SecretKey::from_seed(Seed{63});
    LedgerId old = ledger_id_of(old_identity.public_key());

    Succeeding() { prepare(runner, "product files-2026 requires activated temporary 0d\n"); }

    Answer take(std::string_view text) {
        return runner.server().ask({.method = "POST",
                                    .path = "/v1/activations",
                                    .body = std::string(text),
                                    .content_type = "text/plain"});
    }
    std::string succession(const LedgerId& to, const SecretKey& key) {
        return *sign_succession(
            {.from = old, .to = to, .at = runner.now(), .clearinghouse = runner.certificate()},
            key);
    }
    // The vendor has said so, and the server has heard it.
    void replace() {
        const Answer taken = take(succession(runner.id(), runner.clearinghouse()));
        ASSERT_EQ(taken.status, 200) << taken.body;
        EXPECT_TRUE(taken.json().at("refused").as_array().empty()) << taken.body;
    }
    HostCertificate host(std::string name = "ssh1") {
        return {.ledger = old,
                .host = {7},
                .name = std::move(name),
                .key = host_key.public_key(),
                .mode = LicensingMode::per_device,
                .grace_until = runner.now() - days(3),
                .issued_at = runner.now() - days(1)};
    }
    wire::Follow follow_of(const HostCertificate& host) {
        return {.identity = old_identity.public_key().bytes,
                .certificates = {issue_node_certificate(old_identity, old_node.public_key(),
                                                        runner.now() - days(9))},
                .certificate = sign_host_certificate(host, old_node),
                .proof = make_host_token(host_key, host.host, runner.id(), runner.now())};
    }
    Answer follow(const wire::Follow& wish) {
        std::string body;
        wire::write_follow(body, wish);
        return runner.server().ask({.method = "POST", .path = "/v1/hosts/follow", .body = body});
    }
};

TEST_F(Succeeding, AHostOfTheOldServerIsTakenIn) {
    replace();
    const Answer answer = follow(follow_of(host()));
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.json().at("ledger").as_string(), to_string(runner.id()));
    EXPECT_EQ(answer.json().at("mode").as_string(), "per_device");
    // Its initial grace was over at the old server, and does not begin again.
    const Answer shown = runner.server().ask({.path = "/v1/hosts/ssh1"});
    EXPECT_EQ(shown.json().at("grace_until").as_string(), to_rfc3339(runner.now() - days(3)))
        << shown.body;
    // The answer was lost: the same host asks again.
    EXPECT_EQ(follow(follow_of(host())).status, 200);
    // It is a host like others from now on.
    const auto id = static_cast<uint32_t>(answer.json().at("host").as_int64());
    const std::string token = make_host_token(host_key, {id}, runner.id(), runner.now());
    EXPECT_EQ(runner.server().ask({.path = "/v1/revocations", .token = token}).status, 200);
}

TEST_F(Succeeding, ItSaysWhosePlaceItTook) {
    const std::string path = "/v1/succession?of=" + to_string(old);
    EXPECT_EQ(runner.server().ask({.path = path}).code(), "succession_unknown");
    EXPECT_EQ(runner.server().ask({.path = "/v1/succession?of=x"}).code(), "bad_ledger_id");
    replace();
    const Answer answer = runner.server().ask({.path = path});
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto told = wire::parse_successor(answer.json());
    ASSERT_TRUE(told) << told.error().detail;
    EXPECT_EQ(ledger_id_of(PublicKey{told->identity}), runner.id());
    ASSERT_EQ(told->certificates.size(), 1U);
    const auto node = verify_node_certificate(told->certificates[0], PublicKey{told->identity});
    ASSERT_TRUE(node);
    EXPECT_EQ(verify_successor(told->statement, node->node)->ledger, runner.id());
}

TEST_F(Succeeding, OfItselfItSaysWithWhichCertificateItIsFound) {
    const Answer answer =
        runner.server().ask({.path = "/v1/succession?of=" + to_string(runner.id())});
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto told = wire::parse_successor(answer.json());
    ASSERT_TRUE(told) << told.error().detail;
    EXPECT_TRUE(told->succession.empty());
    EXPECT_EQ(ledger_id_of(PublicKey{told->identity}), runner.id());
    const auto node = verify_node_certificate(told->certificates.at(0), PublicKey{told->identity});
    ASSERT_TRUE(node);
    const auto statement = verify_successor(told->statement, node->node);
    ASSERT_TRUE(statement);
    EXPECT_EQ(statement->ledger, runner.id());
    EXPECT_GE(statement->at, runner.now());
}

TEST_F(Succeeding, OnlyTheVendorSaysWhoTookWhosePlace) {
    EXPECT_EQ(follow(follow_of(host())).code(), "succession_unknown");
    const Answer forged = take(succession(runner.id(), old_identity));
    EXPECT_EQ(forged.json().at("refused").at(0).at("code").as_string(), "succession_altered");
    const Answer strayed =
        take(succession(ledger_id_of(host_key.public_key()), runner.clearinghouse()));
    EXPECT_EQ(strayed.json().at("refused").at(0).at("code").as_string(),
              "succession_for_another_server");
    EXPECT_EQ(follow(follow_of(host())).code(), "succession_unknown");
}

TEST_F(Succeeding, OnlyTheOldServersOwnHostsFollow) {
    replace();
    wire::Follow forged = follow_of(host());
    forged.certificate = sign_host_certificate(host(), host_key);
    EXPECT_EQ(follow(forged).code(), "host_certificate_untrusted");

    // A node that another ledger certified.
    wire::Follow foreign = follow_of(host());
    foreign.certificates = {issue_node_certificate(host_key, old_node.public_key(), runner.now())};
    EXPECT_GE(follow(foreign).status, 400);
    EXPECT_LT(follow(foreign).status, 500);

    // Whoever copies a certificate has not its key.
    wire::Follow copied = follow_of(host());
    copied.proof = make_host_token(old_node, {7}, runner.id(), runner.now());
    EXPECT_EQ(follow(copied).code(), "host_token_altered");
    copied.proof = make_host_token(host_key, {8}, runner.id(), runner.now());
    EXPECT_EQ(follow(copied).code(), "host_certificate_untrusted");
    copied.proof = make_host_token(host_key, {7}, old, runner.now());
    EXPECT_EQ(follow(copied).code(), "host_token_foreign");

    HostCertificate away = host();
    away.issued_at = runner.now() - kHostCertificateLife - days(1);
    EXPECT_EQ(follow(follow_of(away)).code(), "host_certificate_expired");
}

TEST_F(Succeeding, AnotherHostsNameIsNotTaken) {
    replace();
    ASSERT_EQ(follow(follow_of(host())).status, 201);
    host_key = SecretKey::from_seed(Seed{64});
    EXPECT_EQ(follow(follow_of(host())).code(), "host_name_taken");
}

TEST_F(Succeeding, AnswersToHostsBringTheirCertificate) {
    replace();
    const Answer enrolled = follow(follow_of(host()));
    const auto id = static_cast<uint32_t>(enrolled.json().at("host").as_int64());
    const std::string token = make_host_token(host_key, {id}, runner.id(), runner.now());
    const Answer contact = runner.server().ask({.path = "/v1/revocations", .token = token});
    const auto told = wire::parse_contact(contact.json());
    ASSERT_TRUE(told) << contact.body;
    const Answer successor = runner.server().ask({.path = "/v1/succession?of=" + to_string(old)});
    const auto identity = PublicKey{wire::parse_successor(successor.json())->identity};
    const auto node = verify_node_certificate(told->certificates.at(0), identity);
    ASSERT_TRUE(node);
    const auto certificate = verify_host_certificate(told->certificate, node->node, runner.now());
    ASSERT_TRUE(certificate) << certificate.error().detail;
    EXPECT_EQ(certificate->name, "ssh1");
    EXPECT_EQ(certificate->host, HostId{id});
    EXPECT_EQ(certificate->key, host_key.public_key());
    EXPECT_LE(certificate->grace_until, runner.now());
}

}  // namespace
}  // namespace calm::testing
