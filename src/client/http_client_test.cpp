// The client against a server that says exactly what the test wrote.
#include "client/http_client.h"

#include <filesystem>
#include <fstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "client/scripted_server.h"
#include "client/servers.h"

namespace calm {
namespace {

using test::http_answer;
using test::ScriptedServer;
using Transport = ScriptedServer::Transport;

HttpClientSettings settings_of(const ScriptedServer& server, bool tls = false) {
    HttpClientSettings settings;
    settings.server = {.kind = tls ? ServerAddress::Kind::https : ServerAddress::Kind::http,
                       .host = "localhost",
                       .port = static_cast<uint16_t>(server.port())};
    return settings;
}

std::string code_of(const Result<boost::json::value>& result) {
    return result ? "" : result.error().code;
}

class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = std::filesystem::temp_directory_path() / "calm-client-XXXXXX";
        CALM_ASSERT(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    std::string file(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

TEST(HttpClient, JsonGoesOutAndComesBack) {
    ScriptedServer server(Transport::tcp);
    server.will_answer(http_answer(200, R"({"token":"t"})", "ETag: \"7\"\r\n"));
    HttpClientSettings settings = settings_of(server);
    settings.bearer_token = "secret";
    settings.accept_language = "fr";
    HttpClient client(settings);
    const auto answer = client.send({.method = "POST",
                                     .path = "/v1/x",
                                     .body = R"({"a":1})",
                                     .idempotency_key = "k1",
                                     .if_match = "\"6\""});
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, R"({"token":"t"})");
    EXPECT_EQ(answer->etag, "\"7\"");
    const std::string request = server.requests().at(0);
    EXPECT_TRUE(request.starts_with("POST /v1/x HTTP/1.1\r\n")) << request;
    EXPECT_TRUE(request.ends_with("\r\n\r\n{\"a\":1}")) << request;
    for (const auto* line :
         {"Authorization: Bearer secret\r\n", "Accept-Language: fr\r\n", "Idempotency-Key: k1\r\n",
          "If-Match: \"6\"\r\n", "Content-Type: application/json\r\n"}) {
        EXPECT_NE(request.find(line), std::string::npos) << line << request;
    }
    EXPECT_EQ(request.find("Expect:"), std::string::npos);
}

TEST(HttpClient, ABodyWithoutTextHasALengthOfZero) {
    ScriptedServer server(Transport::tcp);
    server.will_answer(http_answer(204, ""));
    HttpClient client(settings_of(server));
    const auto value = client.json({.method = "POST", .path = "/v1/clock/accept"});
    ASSERT_TRUE(value.has_value());
    EXPECT_TRUE(value->is_null());
    EXPECT_NE(server.requests().at(0).find("Content-Length: 0\r\n"), std::string::npos);
}

TEST(HttpClient, TheServersClockIsReadWhenItIsThere) {
    ScriptedServer server(Transport::tcp);
    server.will_answer(http_answer(204, "", "Date: Sat, 21 Nov 2026 18:24:21 GMT\r\n"));
    server.will_answer(http_answer(204, "", "Date: soon\r\n"));
    server.will_answer(http_answer(204, ""));
    HttpClient client(settings_of(server));
    EXPECT_EQ(client.send({.path = "/livez"})->date, parse_rfc3339("2026-11-21T18:24:21Z").value());
    EXPECT_EQ(client.send({.path = "/livez"})->date, std::nullopt);
    EXPECT_EQ(client.send({.path = "/livez"})->date, std::nullopt);
}

TEST(HttpClient, AConnectionIsKeptAcrossVerbs) {
    ScriptedServer server(Transport::tcp);
    HttpClient client(settings_of(server));
    for (const auto* method : {"GET", "POST", "PUT", "DELETE", "GET"}) {
        server.will_answer(http_answer(200, "{}"));
        ASSERT_TRUE(client.json({.method = method, .path = "/v1/x"}).has_value());
        EXPECT_TRUE(server.requests().back().starts_with(method));
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, AKeptConnectionThatTheServerClosedIsOpenedAgain) {
    ScriptedServer server(Transport::tcp);
    HttpClient client(settings_of(server));
    server.will_answer(http_answer(200, "{}", "Connection: close\r\n"));
    server.will_answer(http_answer(200, "{}"));
    ASSERT_TRUE(client.json({.path = "/v1/x"}).has_value());
    ASSERT_TRUE(client.json({.path = "/v1/x"}).has_value());
    EXPECT_EQ(server.connections(), 2U);
}

TEST(HttpClient, AProblemBecomesItsError) {
    ScriptedServer server(Transport::tcp);
    server.will_answer(http_answer(
        404, R"({"type":"/problems/cal_unknown","status":404,"code":"cal_unknown","detail":"`9`"})",
        "Content-Type: application/problem+json\r\n"));
    HttpClient client(settings_of(server));
    const auto value = client.json({.path = "/v1/cals/9"});
    ASSERT_FALSE(value.has_value());
    EXPECT_EQ(value.error(), (Error{"cal_unknown", "`9`"}));
    EXPECT_EQ(client.last_status(), 404);
}

TEST(HttpClient, AProxysFailureCountsAsNoServer) {
    ScriptedServer server(Transport::tcp);
    HttpClient client(settings_of(server));
    server.will_answer(http_answer(502, "<html>Bad Gateway</html>"));
    EXPECT_EQ(code_of(client.json({.path = "/v1/x"})), "server_unreachable");
    server.will_answer(http_answer(302, "", "Location: http://127.0.0.1:1/\r\n"));
    EXPECT_EQ(code_of(client.json({.path = "/v1/x"})), "answer_malformed");
}

TEST(HttpClient, WhatIsNotJsonOrNotHttpIsRefused) {
    ScriptedServer server(Transport::tcp);
    HttpClient client(settings_of(server));
    server.will_answer(http_answer(200, "<html>"));
    EXPECT_EQ(code_of(client.json({.path = "/v1/x"})), "answer_malformed");
    server.will_answer("220 mail.example.com ESMTP\r\n");
    EXPECT_EQ(code_of(client.json({.path = "/v1/x"})), "answer_malformed");
    server.will_answer(http_answer(200, std::string(4000, '[')));
    EXPECT_EQ(code_of(client.json({.path = "/v1/x"})), "answer_malformed");
}

TEST(HttpClient, AnAnswerHasAMaximum) {
    ScriptedServer server(Transport::tcp);
    server.will_answer(http_answer(200, std::string(1001, ' ')));
    HttpClientSettings settings = settings_of(server);
    settings.answer_bytes_max = 1000;
    HttpClient client(settings);
    EXPECT_EQ(code_of(client.json({.path = "/v1/x"})), "answer_too_large");
}

TEST(HttpClient, NobodyListeningIsUnreachable) {
    uint16_t port = 0;
    {
        ScriptedServer gone(Transport::tcp);
        port = static_cast<uint16_t>(gone.port());
    }
    HttpClientSettings settings;
    settings.server = {.kind = ServerAddress::Kind::http, .host = "127.0.0.1", .port = port};
    HttpClient client(settings);
    EXPECT_EQ(code_of(client.json({.path = "/v1/x"})), "server_unreachable");
    EXPECT_EQ(client.last_status(), 0);
    EXPECT_FALSE(client.last_left());

    settings.server = {.socket_path = "/nonexistent/calmd.sock"};
    HttpClient local(settings);
    EXPECT_EQ(code_of(local.json({.path = "/v1/x"})), "server_unreachable");
}

TEST(HttpClient, ASilentServerIsUnreachableAndTheRequestMayBeShorterThanTheSettings) {
    ScriptedServer server(Transport::tcp);
    server.will_answer(ScriptedServer::kHang);
    HttpClient client(settings_of(server));
    EXPECT_EQ(code_of(client.json({.path = "/v1/x", .timeout = std::chrono::milliseconds(50)})),
              "server_unreachable");
}

TEST(HttpClient, WhetherAQuestionWithoutAnAnswerMayHaveArrivedIsTold) {
    ScriptedServer server(Transport::tcp);
    server.will_answer(ScriptedServer::kHang);
    HttpServers servers({settings_of(server)});
    const auto answer =
        servers.send(0, {.path = "/v1/x", .timeout = std::chrono::milliseconds(500)}, "");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "answer_lost");
}

TEST(HttpClient, AConnectionCutInsideAnAnswerIsUnreachable) {
    ScriptedServer server(Transport::tcp);
    server.will_answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{}",
                       true);
    HttpClient client(settings_of(server));
    EXPECT_EQ(code_of(client.json({.path = "/v1/x"})), "server_unreachable");
}

TEST(HttpClient, AUnixSocketIsAskedLikeAnyServer) {
    const TemporaryDirectory directory;
    ScriptedServer server(Transport::unix_socket, directory.file("s"));
    server.will_answer(http_answer(200, R"({"a":1})"));
    HttpClientSettings settings;
    settings.server = *parse_server_address("unix:" + directory.file("s"));
    HttpClient client(settings);
    const auto value = client.json({.path = "/v1/status"});
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(value->at("a").as_int64(), 1);
}

TEST(HttpClient, APinnedCertificateIsTrustedAndNoOther) {
    ScriptedServer server(Transport::tls);
    server.will_answer(http_answer(200, "{}"));
    HttpClientSettings settings = settings_of(server, true);
    settings.server.host = "127.0.0.1";  // a name that the certificate does not have
    settings.pinned_certificate = server.certificate.fingerprint();
    {
        HttpClient client(settings);
        EXPECT_TRUE(client.json({.path = "/v1/x"}).has_value());
        EXPECT_EQ(client.seen_certificate(), server.certificate.fingerprint());
    }

    settings.pinned_certificate = test::TestCertificate().fingerprint();
    HttpClient other(settings);
    EXPECT_EQ(code_of(other.json({.path = "/v1/x"})), "server_untrusted");
    EXPECT_EQ(other.seen_certificate(), server.certificate.fingerprint());
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HttpClient, AnAuthorityOfAFileIsTrustedForItsNames) {
    const TemporaryDirectory directory;
    ScriptedServer server(Transport::tls);
    std::ofstream(directory.file("ca.pem")) << server.certificate.pem();
    HttpClientSettings settings = settings_of(server, true);
    settings.ca_file = directory.file("ca.pem");
    server.will_answer(http_answer(200, "{}"));
    {
        HttpClient client(settings);
        EXPECT_TRUE(client.json({.path = "/v1/x"}).has_value());
    }

    settings.server.host = "127.0.0.1";
    HttpClient other_name(settings);
    EXPECT_EQ(code_of(other_name.json({.path = "/v1/x"})), "server_untrusted");
}

TEST(HttpClient, WithoutPinAndAuthorityASelfMadeCertificateIsNotTrusted) {
    ScriptedServer server(Transport::tls);
    HttpClient client(settings_of(server, true));
    EXPECT_EQ(code_of(client.json({.path = "/v1/x"})), "server_untrusted");
}

TEST(HttpClient, ADownloadGoesToItsSinkBeyondTheAnswersMaximum) {
    ScriptedServer server(Transport::tcp);
    server.will_answer(http_answer(200, std::string(100'000, 'x')));
    HttpClientSettings settings = settings_of(server);
    settings.answer_bytes_max = 10;
    HttpClient client(settings);
    size_t got = 0;
    const auto done = client.download({.path = "/v1/backup"}, [&](std::string_view piece) {
        got += piece.size();
        return Result<>();
    });
    EXPECT_TRUE(done.has_value());
    EXPECT_EQ(got, 100'000U);
}

TEST(HttpClient, AFailedDownloadGivesTheSinkNothing) {
    ScriptedServer server(Transport::tcp);
    server.will_answer(http_answer(403, R"({"code":"forbidden","detail":"d"})"));
    HttpClient client(settings_of(server));
    size_t calls = 0;
    const auto done = client.download({.path = "/v1/backup"}, [&](std::string_view) {
        ++calls;
        return Result<>();
    });
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, "forbidden");
    EXPECT_EQ(calls, 0U);
}

TEST(HttpClient, ASinksErrorEndsTheDownload) {
    ScriptedServer server(Transport::tcp);
    server.will_answer(http_answer(200, std::string(100'000, 'x')));
    HttpClient client(settings_of(server));
    const auto done = client.download({.path = "/v1/backup"}, [&](std::string_view) -> Result<> {
        return fail("disk_full", "here");
    });
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, "disk_full");
}

TEST(HttpClient, ADownloadThatEndsEarlyIsAnError) {
    ScriptedServer server(Transport::tcp);
    server.will_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true);
    HttpClient client(settings_of(server));
    const auto done =
        client.download({.path = "/v1/backup"}, [](std::string_view) { return Result<>(); });
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, "server_unreachable");
}

TEST(HttpClient, AHeaderCannotBeSmuggledIn) {
    ScriptedServer server(Transport::tcp);
    HttpClientSettings settings = settings_of(server);
    settings.bearer_token = "a\r\nX-Evil: 1";
    HttpClient client(settings);
    EXPECT_EQ(code_of(client.json({.path = "/v1/x"})), "bad_field");
    EXPECT_EQ(server.connections(), 0U);
}

TEST(UrlEscape, NamesOfPeopleAreSafeInAQuery) {
    EXPECT_EQ(url_escape("anna"), "anna");
    EXPECT_EQ(url_escape("Zoé & co/ü?"), "Zo%C3%A9%20%26%20co%2F%C3%BC%3F");
}

}  // namespace
}  // namespace calm
