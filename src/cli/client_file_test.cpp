// Which server is asked, and who is told what.
#include "cli/client_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/call.h"
#include "cli/test_terminal.h"

namespace calm::cli {
namespace {

struct Chooser {
    test::Desk desk;
    std::istringstream in;
    std::ostringstream out;
    Terminal terminal{.in = in,
                      .out = out,
                      .err = out,
                      .environment =
                          [this](const std::string& name) {
                              const auto found = desk.environment.find(name);
                              return found == desk.environment.end() ? std::string()
                                                                     : found->second;
                          },
                      .read_secret = {}};
    GlobalOptions options;

    Result<ServerChoice> choose() { return choose_server(terminal, options); }
    std::string server() {
        const auto choice = choose();
        return choice ? to_string(choice->address) : choice.error().code;
    }
};

const std::string kPin(64, 'a');

TEST(ServerChoice, WithoutAnythingItIsTheSocketOfThisMachine) {
    Chooser chooser;
    EXPECT_EQ(chooser.server(), "unix:/run/calm/calmd.sock");
}

TEST(ServerChoice, OptionsBeatTheEnvironmentAndThatBeatsTheFile) {
    Chooser chooser;
    const auto path = client_file_path(chooser.terminal);
    ASSERT_TRUE(write_client_file(path, {.server = "https://file:1"}).has_value());
    EXPECT_EQ(chooser.server(), "https://file:1");
    chooser.desk.environment["CALM_SERVER"] = "https://environment:1";
    EXPECT_EQ(chooser.server(), "https://environment:1");
    chooser.options.server = "https://option:1";
    EXPECT_EQ(chooser.server(), "https://option:1");
}

TEST(ServerChoice, ATokenOfTheFileGoesToItsOwnServerOnly) {
    Chooser chooser;
    const auto path = client_file_path(chooser.terminal);
    ASSERT_TRUE(
        write_client_file(path, {.server = "https://file", .token = "t", .fingerprint = kPin})
            .has_value());
    EXPECT_EQ(chooser.choose()->token, "t");
    EXPECT_TRUE(chooser.choose()->fingerprint.has_value());
    chooser.options.server = "https://file:7443";  // the same, its port written out
    EXPECT_EQ(chooser.choose()->token, "t");
    chooser.options.server = "https://elsewhere";
    EXPECT_EQ(chooser.choose()->token, "");
    EXPECT_FALSE(chooser.choose()->fingerprint.has_value());
}

TEST(ServerChoice, ATokenOfTheEnvironmentGoesToTheChosenServer) {
    Chooser chooser;
    chooser.desk.environment["CALM_TOKEN"] = "t";
    EXPECT_EQ(chooser.choose()->token, "t");
}

TEST(ServerChoice, ABadAddressOrPinIsNamed) {
    Chooser chooser;
    chooser.options.server = "licenses.example.com";
    EXPECT_EQ(chooser.server(), "bad_server_address");
    chooser.options.server = "https://licenses.example.com";
    chooser.options.fingerprint = "ab";
    EXPECT_EQ(chooser.server(), "bad_fingerprint");
}

TEST(ClientFile, WhatIsWrittenIsReadAndOnlyItsOwnerReadsIt) {
    const test::Desk desk;
    const std::string path = desk.file("deep/er/client.toml");
    const ClientFile file{.server = "https://a:1", .token = "quo\"te\\", .ca_file = "/ca.pem"};
    ASSERT_TRUE(write_client_file(path, file).has_value());
    const auto again = read_client_file(path);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(*again, file);
    struct stat about {};
    ASSERT_EQ(stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
}

TEST(ClientFile, AnAbsentFileIsAnEmptyOne) {
    const test::Desk desk;
    EXPECT_EQ(read_client_file(desk.file("none.toml")), ClientFile{});
}

TEST(ClientFile, AKeyThatDoesNotExistIsNamedWithTheOneThatWasMeant) {
    const test::Desk desk;
    const auto file = read_client_file(desk.write("c.toml", "sever = 'https://a'\n"));
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().code, "client_file_malformed");
    EXPECT_NE(file.error().detail.find("did you mean `server`"), std::string::npos);
}

TEST(ClientFile, WhatIsNotTomlIsNamedWithItsLine) {
    const test::Desk desk;
    const auto file = read_client_file(desk.write("c.toml", "server = 'https://a'\nserver ==\n"));
    ASSERT_FALSE(file.has_value());
    EXPECT_NE(file.error().detail.find("line 2"), std::string::npos) << file.error().detail;
    EXPECT_FALSE(read_client_file(desk.write("n.toml", "server = 7\n")).has_value());
}

}  // namespace
}  // namespace calm::cli
