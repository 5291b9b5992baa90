// Commands that ask a server: what they send, what they make of its answers. The server says what
// the test wrote; tests/cli asks the real one.
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "cli/test_terminal.h"
#include "client/scripted_server.h"
#include "client/server_address.h"

namespace calm::cli {
namespace {

using ::calm::cli::test::Desk;
using ::calm::cli::test::Ran;
using ::calm::test::http_answer;
using ::calm::test::ScriptedServer;
using Transport = ScriptedServer::Transport;

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

struct Asked {
    Desk desk;
    ScriptedServer server{Transport::tcp};

    Asked() {
        desk.environment["CALM_SERVER"] = "http://127.0.0.1:" + std::to_string(server.port());
    }
    Ran run(const std::vector<std::string>& arguments, const std::vector<std::string>& answers) {
        for (const std::string& answer : answers)
            server.will_answer(answer);
        return desk.run(arguments);
    }
    std::string request(size_t i = 0) const { return server.requests().at(i); }
    boost::json::value body(size_t i = 0) const {
        const std::string whole = request(i);
        return boost::json::parse(whole.substr(whole.find("\r\n\r\n") + 4));
    }
};

std::string problem(int status, const std::string& code, const std::string& detail) {
    return http_answer(status, R"({"code":")" + code + R"(","detail":")" + detail + R"("})");
}

const std::string kOneHost = R"({"hosts":[{"host":7,"name":"fs1"}]})";

TEST(Admit, ADenialIsAnAnswerAndHasItsOwnExitCode) {
    Asked asked;
    const Ran ran =
        asked.run({"admit", "sql-2012", "--user", "anna"},
                  {http_answer(200, kOneHost),
                   http_answer(200, R"({"verdict":"deny","reason":"no_cal_available"})")});
    EXPECT_EQ(ran.code, Exit::no_cal);
    EXPECT_TRUE(has(ran.out, "no_cal_available")) << ran.out;
    EXPECT_TRUE(has(ran.err, "calm pack add")) << ran.err;
    const auto body = asked.body(1);
    EXPECT_EQ(body.at("host").as_int64(), 7);
    EXPECT_EQ(body.at("user").as_string(), "anna");
    EXPECT_EQ(body.at("request_id").as_string().size(), 32U);
}

TEST(Admit, AReasonOfANewerServerStillHasAnExitCode) {
    Asked asked;
    const Ran ran = asked.run({"admit", "sql-2012", "--user", "anna", "--json"},
                              {http_answer(200, kOneHost),
                               http_answer(200, R"({"verdict":"deny","reason":"moon_phase"})")});
    EXPECT_EQ(ran.code, Exit::denied);
    EXPECT_EQ(ran.out, "{\"verdict\":\"deny\",\"reason\":\"moon_phase\"}\n");
}

TEST(Admit, WithSeveralHostsOneMustBeNamed) {
    Asked asked;
    const Ran ran = asked.run({"admit", "sql-2012", "--user", "anna"},
                              {http_answer(200, R"({"hosts":[{"host":1},{"host":2}]})")});
    EXPECT_EQ(ran.code, Exit::usage);
    EXPECT_TRUE(has(ran.err, "--host")) << ran.err;
}

TEST(CalList, PagesAreFollowedAndNamesCannotSteerTheTerminal) {
    Asked asked;
    const Ran ran = asked.run(
        {"cal", "list", "--holder", "Zoé & co", "--limit", "2"},
        {http_answer(200, R"({"cals":[],"cursor":"1024"})"),
         http_answer(200,
                     R"({"cals":[{"cal":1,"state":"active","holder":{"name":"a\u001b[2J"}}]})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(has(asked.request(0), "limit=2&holder=Zo%C3%A9%20%26%20co ")) << asked.request(0);
    EXPECT_TRUE(has(asked.request(1), "&cursor=1024 ")) << asked.request(1);
    EXPECT_TRUE(has(ran.out, "a\\x1b[2J")) << ran.out;
}

TEST(CalList, WhatIsLeftIsSaid) {
    Asked asked;
    const Ran ran = asked.run({"cal", "list", "--limit", "1", "--json"},
                              {http_answer(200, R"({"cals":[{"cal":1}],"cursor":"1"})")});
    EXPECT_EQ(ran.out, "{\"cals\":[{\"cal\":1}],\"cursor\":\"1\"}\n");
}

TEST(AlertList, PagesAreFollowedAndNoNewsIsSaid) {
    Asked asked;
    const Ran ran = asked.run(
        {"alert", "list", "--state", "all", "--limit", "2"},
        {http_answer(200, R"({"alerts":[],"cursor":"40"})"),
         http_answer(200, R"({"alerts":[{"alert":7,"state":"open","sentence":"a\u001b[2J"}]})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(has(asked.request(0), "/v1/alerts?limit=2&state=all ")) << asked.request(0);
    EXPECT_TRUE(has(asked.request(1), "&cursor=40 ")) << asked.request(1);
    EXPECT_TRUE(has(ran.out, "a\\x1b[2J")) << ran.out;
    Asked quiet;
    EXPECT_TRUE(has(quiet.run({"alert", "list"}, {http_answer(200, R"({"alerts":[]})")}).err,
                    "nothing to warn of"));
}

TEST(AlertShow, TellsWhyAMailFailed) {
    Asked asked;
    const Ran ran = asked.run(
        {"alert", "show", "7"},
        {http_answer(200, R"({"alert":7,"state":"open","sentence":"It is so.","remedy":"Do it.",)"
                          R"("deliveries":[{"receiver":"mail","state":"failed","tries":6,)"
                          R"("why":"Connection refused"}]})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    for (const char* part : {"It is so.", "Do it.", "mail", "failed", "6", "Connection refused"})
        EXPECT_TRUE(has(ran.out, part)) << part << ran.out;
}

TEST(AlertTest, AReceiverThatCouldNotBeToldIsAnError) {
    Asked asked;
    const Ran ran =
        asked.run({"alert", "test"},
                  {http_answer(200, R"({"receivers":[{"receiver":"mail","sent":false,"why":"550"},)"
                                    R"({"receiver":"hook","sent":true}]})")});
    EXPECT_EQ(ran.code, Exit::error);
    EXPECT_TRUE(has(ran.out, "550")) << ran.out;
    EXPECT_TRUE(asked.request(0).starts_with("POST /v1/alerts/test ")) << asked.request(0);
}

TEST(Forecast, NamesTheDayAndWhatItAssumes) {
    Asked asked;
    const Ran ran = asked.run(
        {"forecast", "sql-2012"},
        {http_answer(200, R"({"forecasts":[{"product":"sql-2012","kind":"per_user","used":60,)"
                          R"("seats":100,"outcome":"runs_out","day":"2027-03-01","samples":20,)"
                          R"("history_days":30,"growth_per_day":1.25,)"
                          R"("packs":[{"at":"2027-02-01T00:00:00Z","seats":-25}]}]})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(has(asked.request(0), "/v1/forecast?product=sql-2012 ")) << asked.request(0);
    for (const char* part : {"2027-03-01", "1.25", "30 days", "2027-02-01: -25"})
        EXPECT_TRUE(has(ran.out, part)) << part << ran.out;
}

TEST(HostLicense, SaysHowManyTheHostHasFromNowOn) {
    Asked asked;
    const Ran ran = asked.run(
        {"host", "license", "db1", "sql-2012", "core", "--quantity", "8"},
        {http_answer(200, R"({"host":7,"name":"db1","licenses":[{"pack":3,"product":"sql-2012",)"
                          R"("kind":"core","quantity":8}]})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(has(ran.out, "sql-2012 core 8")) << ran.out;
    EXPECT_TRUE(asked.request().starts_with("PUT /v1/hosts/db1/licenses "));
    EXPECT_EQ(asked.body().at("kind").as_string(), "core");
    EXPECT_EQ(asked.body().at("quantity").as_int64(), 8);
}

TEST(PackAssign, NamesTheHostOrNone) {
    Asked asked;
    const std::string pack = R"({"pack":4,"product":"files-1","kind":"per_user","quantity":20,)"
                             R"("metric":"per_server","host":7})";
    const Ran ran = asked.run({"pack", "assign", "4", "fs1"}, {http_answer(200, pack)});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(has(ran.out, "per_server")) << ran.out;
    EXPECT_TRUE(asked.request().starts_with("PUT /v1/packs/4/host ")) << asked.request();
    EXPECT_EQ(asked.body().at("host").as_string(), "fs1");
    Asked none;
    none.run({"pack", "assign", "4", "-"}, {http_answer(200, pack)});
    EXPECT_TRUE(none.body().as_object().empty());
}

TEST(PackList, TellsTheMetricWhereSomePackHasOneOfItsOwn) {
    const std::string named = R"({"pack":3,"product":"cad-1","kind":"per_user","quantity":5})";
    const std::string floating =
        R"({"pack":4,"product":"cad-1","kind":"per_user","quantity":2,"metric":"concurrent"})";
    const Ran ran = Asked().run(
        {"pack", "list"}, {http_answer(200, R"({"packs":[)" + named + "," + floating + "]}")});
    EXPECT_TRUE(has(ran.out, "COUNTED BY")) << ran.out;
    EXPECT_TRUE(has(ran.out, "concurrent")) << ran.out;
    const Ran plain =
        Asked().run({"pack", "list"}, {http_answer(200, R"({"packs":[)" + named + "]}")});
    EXPECT_TRUE(has(plain.out, "cad-1")) << plain.out;
    EXPECT_FALSE(has(plain.out, "COUNTED BY")) << plain.out;
}

TEST(CalList, TellsWhatIsLentAndWhoStandsIn) {
    const Ran ran = Asked().run(
        {"cal", "list"},
        {http_answer(200,
                     R"({"cals":[{"cal":17,"state":"active","lent":{"cal":18}},)"
                     R"({"cal":18,"state":"active","of":17},{"cal":19,"state":"temporary"}]})")});
    for (const char* part : {"lent", "on_loan", "temporary"})
        EXPECT_TRUE(has(ran.out, part)) << part << ran.out;
    EXPECT_FALSE(has(ran.out, "active")) << ran.out;
}

TEST(QueueList, ShowsWhoWaits) {
    Asked asked;
    const Ran ran = asked.run(
        {"queue", "list", "--product", "cad-1"},
        {http_answer(200, R"({"waiting":[{"product":"cad-1","kind":"per_user","place":1,)"
                          R"("since":"2027-01-01T00:00:00Z","holder":{"name":"bruno"}}]})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(asked.request().starts_with("GET /v1/queue?product=cad-1 ")) << asked.request();
    for (const char* part : {"bruno", "cad-1", "PLACE"})
        EXPECT_TRUE(has(ran.out, part)) << part << ran.out;
}

TEST(Admit, WhoWaitsIsToldItsPlace) {
    Asked asked;
    const Ran ran =
        asked.run({"admit", "cad-1", "--user", "anna", "--wait"},
                  {http_answer(200, kOneHost),
                   http_answer(200, R"({"verdict":"deny","reason":"seat_queued","place":3})")});
    EXPECT_EQ(ran.code, Exit::no_cal);
    EXPECT_TRUE(asked.body(1).at("wait").as_bool());
    EXPECT_TRUE(has(ran.out, "3")) << ran.out;
}

TEST(HostList, TellsWhichHostsLackTheirLicense) {
    Asked asked;
    const Ran ran = asked.run(
        {"host", "list"},
        {http_answer(200,
                     R"({"hosts":[{"host":7,"name":"db1","unlicensed":[{"product":)"
                     R"("sql-2012","kind":"server","missing":1}]},{"host":8,"name":"db2"}]})")});
    EXPECT_TRUE(has(ran.out, "sql-2012 server 1")) << ran.out;
    EXPECT_TRUE(has(ran.out, "WITHOUT LICENSE")) << ran.out;
    const Ran none = Asked().run({"host", "list"}, {http_answer(200, kOneHost)});
    EXPECT_FALSE(has(none.out, "WITHOUT LICENSE")) << none.out;
}

TEST(Install, ASecondComputerIsRefusedWithItsOwnReason) {
    Asked asked;
    const Ran ran = asked.run({"install", "claim", "windows-7", "pc-2"},
                              {problem(409, "installation_taken", "bound to other computers: 1")});
    EXPECT_NE(ran.code, Exit::ok);
    EXPECT_TRUE(has(ran.err, "belongs to another computer")) << ran.err;
    EXPECT_TRUE(has(ran.err, "calm install move")) << ran.err;
    EXPECT_EQ(asked.body().at("computer").as_string(), "pc-2");
}

TEST(CalLend, TheLastDayIsLentWhole) {
    Asked asked;
    const Ran ran = asked.run(
        {"cal", "lend", "17", "--to", "bruno", "--until", "2027-03-31", "--because", "repair"},
        {http_answer(200, R"({"cal":17,"lent":{"cal":18,"until":"2027-04-01T00:00:00Z"}})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(asked.request().starts_with("POST /v1/cals/17/lend ")) << asked.request();
    EXPECT_EQ(asked.body(), boost::json::parse(
                                R"({"to":"bruno","until":"2027-04-01T00:00:00Z","why":"repair"})"));
    EXPECT_TRUE(has(ran.err, "CAL 17 is lent to bruno")) << ran.err;
}

TEST(CalLend, NeedsAStandInAndADay) {
    Asked asked;
    EXPECT_EQ(asked.run({"cal", "lend", "17", "--to", "bruno"}, {}).code, Exit::usage);
    EXPECT_EQ(asked.run({"cal", "lend", "17", "--until", "2027-03-31"}, {}).code, Exit::usage);
    EXPECT_EQ(asked.run({"cal", "lend", "17", "--to", "b", "--until", "soon"}, {}).code,
              Exit::usage);
}

TEST(CalRecall, WhatIsNotLentIsAConflictThatSaysWhatToDo) {
    Asked asked;
    const Ran ran = asked.run({"cal", "recall", "17"}, {problem(409, "loan_unknown", "CAL 17")});
    EXPECT_EQ(ran.code, Exit::conflict);
    EXPECT_TRUE(has(ran.err, "calm cal show")) << ran.err;
}

TEST(CalBorrow, TheLastDayIsTheHoldersWhole) {
    Asked asked;
    const Ran ran = asked.run(
        {"cal", "borrow", "41", "--until", "2027-03-31"},
        {http_answer(200, R"({"cal":41,"borrowed":true,"expires_at":"2027-04-01T00:00:00Z"})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(asked.request().starts_with("POST /v1/cals/41/borrow ")) << asked.request();
    EXPECT_EQ(asked.body(), boost::json::parse(R"({"until":"2027-04-01T00:00:00Z"})"));
    EXPECT_TRUE(has(ran.err, "CAL 41 is borrowed until")) << ran.err;
    EXPECT_EQ(asked.run({"cal", "borrow", "41"}, {}).code, Exit::usage);
}

TEST(CalBorrow, TooLongIsRefusedWithTheRuleThatSaysSo) {
    Asked asked;
    const Ran ran = asked.run({"cal", "borrow", "41", "--until", "2099-03-31"},
                              {problem(400, "borrow_too_long", "for 30 days")});
    EXPECT_NE(ran.code, Exit::ok);
    EXPECT_TRUE(has(ran.err, "--borrow-days-max")) << ran.err;
}

TEST(Device, MergesAndListsByName) {
    Asked asked;
    const Ran merged = asked.run({"device", "merge", "pc-1", "pc-2"}, {http_answer(204, "")});
    EXPECT_EQ(merged.code, Exit::ok) << merged.err;
    EXPECT_EQ(asked.body(), boost::json::parse(R"({"device":"pc-1","other":"pc-2"})"));
    EXPECT_TRUE(has(merged.err, "pc-2 is another name of pc-1")) << merged.err;
    Asked other;
    const Ran list = other.run(
        {"device", "list"},
        {http_answer(200, R"({"names":[{"device":{"subject":2,"name":"pc-2"},)"
                          R"("machine":{"subject":1,"name":"pc-1"}}],"look_alikes":[{"device":)"
                          R"({"subject":3,"name":"pc-3"},"like":{"subject":1,"name":"pc-1"},)"
                          R"("since":"2026-01-01T00:00:00Z"}]})")});
    EXPECT_TRUE(has(list.out, "pc-3")) << list.out;
    EXPECT_TRUE(has(list.out, "looks like")) << list.out;
}

TEST(ProductSet, SendsTheTagThatItSaw) {
    Asked asked;
    const Ran ran =
        asked.run({"product", "set", "sql-2012", "--overuse", "refuse", "--prevent-upgrade", "yes"},
                  {http_answer(200, R"({"product":"sql-2012"})", "ETag: \"abc\"\r\n"),
                   http_answer(200, R"({"product":"sql-2012","overuse":"refuse"})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(asked.request(1).starts_with("PUT /v1/products/sql-2012 ")) << asked.request(1);
    EXPECT_TRUE(has(asked.request(1), "If-Match: \"abc\"\r\n")) << asked.request(1);
    EXPECT_EQ(asked.body(1), boost::json::parse(R"({"overuse":"refuse","prevent_upgrade":true})"));
}

TEST(ProductSet, SomebodyFasterIsAConflict) {
    Asked asked;
    const Ran ran = asked.run({"product", "set", "sql-2012", "--overuse", "refuse"},
                              {http_answer(200, "{}", "ETag: \"abc\"\r\n"),
                               problem(412, "precondition_failed", "it has changed")});
    EXPECT_EQ(ran.code, Exit::conflict);
}

TEST(ProductSet, NothingToChangeAsksNobody) {
    Asked asked;
    EXPECT_EQ(asked.run({"product", "set", "sql-2012"}, {}).code, Exit::usage);
    EXPECT_EQ(asked.server.connections(), 0U);
}

TEST(Errors, HaveTheExitCodeOfTheirKind) {
    const auto code = [](const std::string& answer) {
        Asked asked;
        return asked.run({"status"}, {answer}).code;
    };
    EXPECT_EQ(code(problem(401, "not_signed_in", "")), Exit::denied);
    EXPECT_EQ(code(problem(403, "forbidden", "")), Exit::denied);
    EXPECT_EQ(code(problem(404, "no_such_route", "")), Exit::not_found);
    EXPECT_EQ(code(problem(409, "conflict", "")), Exit::conflict);
    EXPECT_EQ(code(problem(503, "unavailable", "")), Exit::unreachable);
    EXPECT_EQ(code(http_answer(502, "Bad Gateway")), Exit::unreachable);
    EXPECT_EQ(code(http_answer(200, "<html>")), Exit::error);
    EXPECT_EQ(code("SSH-2.0-OpenSSH_9.2p1\r\n"), Exit::error);
}

TEST(Errors, ACodeOfANewerServerIsShownAsItIs) {
    Asked asked;
    const Ran ran = asked.run({"status"}, {problem(409, "moon_phase", "it is full")});
    EXPECT_EQ(ran.code, Exit::conflict);
    EXPECT_TRUE(has(ran.err, "`moon_phase`")) << ran.err;
    EXPECT_TRUE(has(ran.err, "it is full")) << ran.err;
}

TEST(Login, TheSessionIsKeptForItsServerAndForgottenAtLogout) {
    Asked asked;
    asked.desk.secrets = {"swordfish"};
    const Ran in = asked.run(
        {"login", "--account", "anna"},
        {http_answer(200, R"({"live":true})"),
         http_answer(200,
                     R"({"token":"tok","role":"owner","expires_at":"2026-11-21T18:24:21Z"})")});
    ASSERT_EQ(in.code, Exit::ok) << in.err;
    EXPECT_EQ(asked.body(1), boost::json::parse(R"({"account":"anna","password":"swordfish"})"));
    EXPECT_FALSE(has(in.out + in.err, "tok"));
    EXPECT_TRUE(has(asked.desk.read(".config/calm/client.toml"), "tok"));

    asked.run({"status"}, {http_answer(200, "{}")});
    EXPECT_TRUE(has(asked.server.requests().back(), "Authorization: Bearer tok\r\n"));

    const Ran out = asked.run({"logout"}, {http_answer(204, "")});
    EXPECT_EQ(out.code, Exit::ok) << out.err;
    EXPECT_TRUE(asked.server.requests().back().starts_with("DELETE /v1/session "));
    EXPECT_FALSE(has(asked.desk.read(".config/calm/client.toml"), "tok"));
}

TEST(Subject, IsErasedForAReasonOnly) {
    Asked asked;
    EXPECT_EQ(asked.run({"subject", "erase", "user", "anna", "--yes"}, {}).code, Exit::usage);
    const Ran ran = asked.run({"subject", "erase", "user", "anna", "--because", "left", "--yes"},
                              {http_answer(200, R"({"subject":3,"cals_returned":2})")});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_EQ(asked.body(0), boost::json::parse(R"({"kind":"user","name":"anna","why":"left"})"));
    EXPECT_TRUE(has(ran.err, "CALs returned: 2")) << ran.err;
}

TEST(Login, ACodeIsAskedForWhereTheServerWantsOne) {
    Asked asked;
    asked.desk.secrets = {"swordfish"};
    asked.desk.is_tty = true;
    asked.desk.typed = "492039\n";
    const Ran in = asked.run({"login", "--account", "anna"},
                             {http_answer(200, R"({"live":true})"),
                              problem(401, "code_needed", "the account asks for a code"),
                              http_answer(200, R"({"token":"tok","role":"owner"})")});
    ASSERT_EQ(in.code, Exit::ok) << in.err;
    EXPECT_EQ(asked.body(2),
              boost::json::parse(R"({"account":"anna","password":"swordfish","code":"492039"})"));
}

TEST(Account, TheSecretOfASecondStepIsShownAndItsFirstCodeBringsTheRecoveryCodes) {
    Asked asked;
    asked.desk.secrets = {"swordfish"};
    asked.desk.is_tty = true;
    asked.desk.typed = "492039\n";
    const Ran ran =
        asked.run({"account", "add-factor"},
                  {http_answer(200, R"({"secret":"MZXW6YTBOI","uri":"otpauth://totp/CALM:anna"})"),
                   http_answer(200, R"({"recovery_codes":["AAAA-BBBB","CCCC-DDDD"]})")});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_EQ(ran.out, "MZXW6YTBOI\notpauth://totp/CALM:anna\nAAAA-BBBB\nCCCC-DDDD\n");
    EXPECT_EQ(asked.body(1), boost::json::parse(R"({"code":"492039"})"));
}

TEST(Login, ANewCertificateIsShownBeforeThePasswordIsAskedFor) {
    Desk desk;
    ScriptedServer server(Transport::tls);
    desk.environment["CALM_SERVER"] = "https://127.0.0.1:" + std::to_string(server.port());
    desk.secrets = {"swordfish"};
    const Ran ran = desk.run({"login", "--account", "anna"});
    EXPECT_EQ(ran.code, Exit::usage);  // nobody can be asked
    EXPECT_TRUE(has(ran.err, to_fingerprint(server.certificate.fingerprint()))) << ran.err;
    EXPECT_EQ(desk.secrets.size(), 1U);
    EXPECT_TRUE(server.requests().empty());
}

TEST(Login, AnAgreedCertificateIsPinned) {
    Desk desk;
    ScriptedServer server(Transport::tls);
    desk.environment["CALM_SERVER"] = "https://127.0.0.1:" + std::to_string(server.port());
    desk.secrets = {"swordfish"};
    server.will_answer(http_answer(200, R"({"token":"tok","role":"owner"})"));
    const Ran ran = desk.run({"login", "--account", "anna", "--yes"});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(has(desk.read(".config/calm/client.toml"),
                    to_fingerprint(server.certificate.fingerprint())));
}

TEST(Backup, AFileThatIsNoDatabaseIsNotKept) {
    Asked asked;
    const std::string file = asked.desk.file("b.db");
    const Ran ran = asked.run({"backup", file}, {http_answer(200, "not a database")});
    EXPECT_EQ(ran.code, Exit::error);
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_FALSE(std::filesystem::exists(file + ".part"));
}

TEST(Backup, AnExistingFileIsNotTouched) {
    Asked asked;
    const std::string file = asked.desk.write("b.db", "mine");
    EXPECT_EQ(asked.run({"backup", file}, {}).code, Exit::conflict);
    EXPECT_EQ(asked.desk.read("b.db"), "mine");
    EXPECT_EQ(asked.server.connections(), 0U);
}

TEST(ExportSqlite, TheFileIsWhatTheServerSent) {
    Asked asked;
    const std::string file = asked.desk.file("e.db");
    const Ran ran = asked.run({"export", "sqlite", file}, {http_answer(200, "whatever it is")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_EQ(asked.desk.read("e.db"), "whatever it is");
}

TEST(Status, PoolsAreShownWithTheirShare) {
    Asked asked;
    const Ran ran = asked.run(
        {"status"},
        {http_answer(200, R"({"license_server_id":"ABCDE","issuing":true,"clock":{"state":"agrees"},
            "products":[{"product":"sql-2012","requires":"activated","owned":50,"used":45}]})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(has(ran.out, "90 %")) << ran.out;
    EXPECT_TRUE(has(ran.out, "ABCDE")) << ran.out;
}

TEST(SubjectErase, ADryRunForgetsNothing) {
    Asked asked;
    const Ran ran = asked.run({"subject", "erase", "user", "anna", "--dry-run"},
                              {http_answer(200, R"({"subject":3,"cals":[]})")});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_TRUE(asked.request().starts_with("POST /v1/subjects/export "));
    EXPECT_EQ(ran.out, "{\n  \"subject\": 3,\n  \"cals\": []\n}\n");
}

}  // namespace
}  // namespace calm::cli
