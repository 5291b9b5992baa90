// `calm report verify`: whose signature counts, and what it is told about.
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "cli/test_terminal.h"
#include "documents/node_certificate.h"
#include "documents/report_statement.h"

namespace calm::cli {
namespace {

using ::calm::cli::test::Desk;
using ::calm::cli::test::Ran;

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

class Reports : public testing::Test {
  protected:
    Desk desk;
    SecretKey identity = SecretKey::from_seed(Seed{1});
    SecretKey node = SecretKey::from_seed(Seed{2});
    std::string id = to_string(ledger_id_of(identity.public_key()));
    std::string bytes = "product,short\r\nts-2022,6\r\n";

    void SetUp() override {
        const ReportStatement statement{.file = "position-2026-01-31.csv",
                                        .sha256 = sha256(bytes),
                                        .bytes = bytes.size(),
                                        .ledger = ledger_id_of(identity.public_key()),
                                        .size = 9,
                                        .at = {1'769'903'999},
                                        .made_at = {1'769'904'000}};
        desk.write("position.csv", bytes);
        desk.write("position.csv.sig",
                   sign_report(statement, node, identity.public_key(),
                               issue_node_certificate(identity, node.public_key(), {1})));
    }
    Ran verify(std::vector<std::string> more) {
        std::vector<std::string> arguments{"report", "verify", desk.file("position.csv")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return desk.run(arguments);
    }
};

TEST_F(Reports, AreVerifiedWithTheServersIdAlone) {
    const Ran ran = verify({"--server-id", id, "--json"});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    const auto said = boost::json::parse(ran.out);
    EXPECT_TRUE(said.at("verified").as_bool());
    EXPECT_EQ(said.at("license_server_id").as_string(), id);
    EXPECT_EQ(said.at("entries").to_number<int>(), 9);
    EXPECT_EQ(said.at("at").as_string(), "2026-01-31T23:59:59Z");
}

TEST_F(Reports, OfAServerThatNobodyNamedProveNothing) {
    const Ran ran = verify({});
    EXPECT_EQ(ran.code, Exit::error);
    EXPECT_TRUE(has(ran.err, id)) << ran.err;
    EXPECT_TRUE(has(ran.err, "--server-id")) << ran.err;
}

TEST_F(Reports, OfAnotherServerAreRefused) {
    const Ran ran =
        verify({"--server-id", to_string(ledger_id_of(node.public_key())), "--lang", "fr"});
    EXPECT_EQ(ran.code, Exit::error);
    EXPECT_TRUE(has(ran.err, "Un autre serveur de licences")) << ran.err;
    EXPECT_EQ(verify({"--server-id", "ABC"}).code, Exit::usage);
}

TEST_F(Reports, WithAnotherByteAreRefused) {
    desk.write("position.csv", bytes + "\n");
    const Ran longer = verify({"--server-id", id});
    EXPECT_EQ(longer.code, Exit::error);
    EXPECT_TRUE(has(longer.err, "altered")) << longer.err;
    bytes[3] ^= 1;
    desk.write("position.csv", bytes);
    EXPECT_EQ(verify({"--server-id", id}).code, Exit::error);
}

TEST_F(Reports, NeedTheirSignature) {
    desk.write("elsewhere", desk.read("position.csv.sig"));
    desk.write("position.csv.sig", "nothing");
    EXPECT_EQ(verify({"--server-id", id}).code, Exit::error);
    EXPECT_EQ(verify({"--server-id", id, "--signature", desk.file("elsewhere")}).code, Exit::ok);
    EXPECT_EQ(verify({"--server-id", id, "--signature", desk.file("nowhere")}).code,
              Exit::not_found);
}

}  // namespace
}  // namespace calm::cli
