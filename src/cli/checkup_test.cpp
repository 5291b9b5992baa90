// What the doctor finds.
#include "cli/checkup.h"

#include <algorithm>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/test_terminal.h"
#include "client/scripted_server.h"
#include "messages/messages.h"

namespace calm::cli {
namespace {

using Level = Finding::Level;

const Finding& found(const Findings& findings, std::string_view check) {
    const auto at = std::ranges::find(findings, check, &Finding::check);
    EXPECT_NE(at, findings.end()) << check;
    return *at;
}

Findings status_with(const std::string& json) {
    return check_status(boost::json::parse(json));
}

TEST(Checkup, AMissingDataDirectoryIsBad) {
    const Findings findings = check_data_directory("/nonexistent/calm");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].level, Level::bad);
}

TEST(Checkup, ADirectoryThatOthersMayReadIsBad) {
    const test::Desk desk;
    ASSERT_EQ(chmod(desk.file("").c_str(), 0755), 0);
    EXPECT_EQ(found(check_data_directory(desk.file("")), "permissions").level, Level::bad);
    ASSERT_EQ(chmod(desk.file("").c_str(), 0750), 0);
    EXPECT_EQ(found(check_data_directory(desk.file("")), "permissions").level, Level::good);
}

TEST(Checkup, NothingIsLeftBehindInTheDirectory) {
    const test::Desk desk;
    check_data_directory(desk.file(""));
    EXPECT_TRUE(std::filesystem::is_empty(desk.file("")));
}

TEST(Checkup, ACertificatesEndIsSeenComing) {
    const test::Desk desk;
    const calm::test::TestCertificate certificate;  // valid for an hour
    const std::string file = desk.write("c.pem", certificate.pem());
    const Instant now{std::time(nullptr)};
    const auto level = [&](Instant at) { return check_certificate(file, at)[0].level; };
    EXPECT_EQ(level(now - days(40)), Level::good);
    EXPECT_EQ(level(now), Level::warning);
    EXPECT_EQ(level(now + days(1)), Level::bad);
    EXPECT_EQ(check_certificate(desk.write("x.pem", "x"), now)[0].level, Level::bad);
    EXPECT_EQ(check_certificate(desk.file("none"), now)[0].level, Level::note);
}

TEST(Checkup, TheServerMustShowTheCertificateOfItsFile) {
    const test::Desk desk;
    calm::test::ScriptedServer server(calm::test::ScriptedServer::Transport::tls);
    const auto port = static_cast<uint16_t>(server.port());
    const auto hash = certificate_hash(desk.write("c.pem", server.certificate.pem()));
    ASSERT_EQ(hash, server.certificate.fingerprint());
    server.will_answer(calm::test::http_answer(200, "{}"));
    EXPECT_EQ(check_tls("0.0.0.0", port, *hash).level, Level::good);
    EXPECT_EQ(check_tls("127.0.0.1", port, Hash{}).key, "tls_other");
    EXPECT_EQ(check_tls("127.0.0.1", 1, *hash).key, "tls_silent");
    EXPECT_FALSE(certificate_hash(desk.write("x.pem", "x")).has_value());
}

TEST(Checkup, ASocketMustBeOne) {
    const test::Desk desk;
    EXPECT_EQ(check_socket(desk.file("none")).level, Level::bad);
    EXPECT_EQ(check_socket(desk.write("file", "")).level, Level::bad);
    const calm::test::ScriptedServer server(calm::test::ScriptedServer::Transport::unix_socket,
                                            desk.file("s"));
    EXPECT_EQ(check_socket(desk.file("s")).level, Level::good);
}

TEST(Checkup, APoolWarnsAt80And90AndIsBadAt100) {
    const auto level = [](int used, const char* requirement) {
        return found(status_with(R"({"products":[{"product":"p","requires":")" +
                                 std::string(requirement) + R"(","owned":100,"used":)" +
                                 std::to_string(used) + "}]}"),
                     "pool")
            .level;
    };
    EXPECT_EQ(level(79, "activated"), Level::good);
    EXPECT_EQ(level(80, "activated"), Level::warning);
    EXPECT_EQ(level(99, "activated"), Level::warning);
    EXPECT_EQ(level(100, "activated"), Level::bad);
    EXPECT_EQ(level(100, "trusted"), Level::warning);
    EXPECT_EQ(level(100, "none"), Level::good);
}

TEST(Checkup, OverUseIsAFullPoolWhateverItsSeatsSay) {
    const auto findings = status_with(
        R"({"products":[{"product":"p","requires":"activated","owned":100,"used":10,"overuse":1}]})");
    EXPECT_EQ(found(findings, "pool").level, Level::bad);
}

TEST(Checkup, AClockThatRanAheadNamesTheMend) {
    EXPECT_EQ(found(status_with(R"({"clock":{"state":"ahead"}})"), "ledger_time").level,
              Level::bad);
    EXPECT_EQ(found(status_with(R"({"clock":{"state":"behind"}})"), "ledger_time").level,
              Level::warning);
    EXPECT_EQ(found(status_with(R"({"clock":{"state":"agrees"}})"), "ledger_time").level,
              Level::good);
    EXPECT_EQ(found(status_with(R"({"issuing":false})"), "issuing").level, Level::bad);
}

TEST(Doctor, EveryFindingHasItsTextAndItsMendInBothLanguages) {
    for (const auto* key : {"clock_unsynchronised",
                            "sqlite_old",
                            "directory_missing",
                            "directory_open",
                            "file_system_remote",
                            "file_system_unknown",
                            "disk_low",
                            "disk_unreadable",
                            "sync_slow",
                            "sync_skipped",
                            "sync_failed",
                            "certificate_ends_soon",
                            "certificate_expired",
                            "certificate_unreadable",
                            "certificate_malformed",
                            "tls_other",
                            "tls_silent",
                            "socket_missing",
                            "socket_closed",
                            "server_silent",
                            "server_refuses",
                            "server_unknown",
                            "issuing_stopped",
                            "ledger_time_stands",
                            "ledger_time_ahead",
                            "alerts_open",
                            "pool_filling",
                            "pool_overused"}) {
        for (const Language language : {Language::en, Language::fr}) {
            const std::string name = "cli.doctor." + std::string(key);
            EXPECT_TRUE(has_message(language, name)) << name;
            EXPECT_TRUE(has_message(language, name + "_mend")) << name;
        }
    }
}

TEST(Doctor, AServerThatDoesNotAnswerIsBadAndTheMendIsNamed) {
    test::Desk desk;
    const test::Ran ran =
        desk.run({"doctor", "--config",
                  desk.write("calmd.toml", "[data]\ndirectory = '" + desk.file("data") + "'\n"),
                  "--server", "unix:" + desk.file("s")});
    EXPECT_EQ(ran.code, Exit::error);
    EXPECT_NE(ran.out.find("systemctl start calmd"), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("calm init"), std::string::npos) << ran.out;
}

}  // namespace
}  // namespace calm::cli
