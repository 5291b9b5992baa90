// The licensing mode that a host goes by: its policy's, else the license server's, else its file's.
#include "client/mode.h"

#include "client/test_client.h"

namespace calm::test {
namespace {

TEST(Mode, ThePolicyComesFirstThenTheServerThenTheFile) {
    const ModeWishes both{.policy = LicensingMode::per_device, .file = LicensingMode::per_user};
    const ModeWishes file{.policy = {}, .file = LicensingMode::per_user};
    EXPECT_EQ(mode_in_force(both, LicensingMode::either),
              (ModeInForce{LicensingMode::per_device, SettingSource::policy}));
    EXPECT_EQ(mode_in_force(file, LicensingMode::either),
              (ModeInForce{LicensingMode::either, SettingSource::license_server}));
    EXPECT_EQ(mode_in_force(file, LicensingMode::not_configured),
              (ModeInForce{LicensingMode::per_user, SettingSource::file}));
    EXPECT_EQ(mode_in_force({}, LicensingMode::not_configured), ModeInForce{});
}

using ModeOfAClient = ClientTest;

TEST_F(ModeOfAClient, AQuestionNamesThePolicysModeAndNoneThatTheServerKnows) {
    servers.terms.mode = LicensingMode::per_user;
    const auto client = make_client();
    client->keep();
    ask(*client, kAnna);
    EXPECT_EQ(servers.questions.back().mode, std::nullopt);
    client->go_by(OfflinePolicy::refuse, {.policy = LicensingMode::either, .file = {}});
    ask(*client, kAnna);
    EXPECT_EQ(servers.questions.back().mode, LicensingMode::either);
    client->go_by(OfflinePolicy::refuse, {.policy = {}, .file = LicensingMode::either});
    ask(*client, kAnna);
    EXPECT_EQ(servers.questions.back().mode, std::nullopt);
    servers.terms.mode = LicensingMode::not_configured;
    contact(*client);
    ask(*client, kAnna);
    EXPECT_EQ(servers.questions.back().mode, LicensingMode::either);
}

TEST_F(ModeOfAClient, ThePolicysModeSaysWhoseTokenCountsOffline) {
    settings.mode.policy = LicensingMode::per_user;
    const auto client = make_client();
    client->keep();
    ask(*client, kAnna);
    servers.set_mood(FakeServers::Mood::down);
    EXPECT_EQ(ask(*client, kAnna), Reason::offline_token);
    client->go_by(OfflinePolicy::refuse, {.policy = LicensingMode::per_device, .file = {}});
    EXPECT_EQ(ask(*client, kAnna), Reason::offline_outage);
    EXPECT_EQ(client->status().mode.mode, LicensingMode::per_device);
    pass(days(8));
    EXPECT_EQ(ask(*client, kAnna), Reason::server_unreachable);
    client->go_by(OfflinePolicy::admit, {.policy = LicensingMode::per_device, .file = {}});
    EXPECT_EQ(ask(*client, kAnna), Reason::offline_policy);
}

}  // namespace
}  // namespace calm::test
