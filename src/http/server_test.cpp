// The server as a client on a socket meets it: order, framing, refusals.
#include "http/server.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/test_client.h"

namespace calm::http::testing {
namespace {

Route hello() {
    return open_route(Method::get, "/hello", [](const Request&, Responder responder) {
        responder.send(200, kJson, R"({"hello":"world"})");
    });
}

Route echo() {
    return open_route(Method::post, "/echo", [](const Request& request, Responder responder) {
        responder.send(200, kPlainText, request.body);
    });
}

std::string post(std::string_view path, std::string_view body, std::string_view lines = {}) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(lines) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

TEST(Server, answers_over_tcp_and_the_unix_socket) {
    RunningServer running({hello()});
    RawClient tcp(running.port());
    RawClient local(running.unix_path());
    for (RawClient* client : {&tcp, &local}) {
        client->send(kGetHello);
        const Answer answer = client->read_answer();
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, R"({"hello":"world"})");
        EXPECT_EQ(answer.header("Content-Type"), "application/json");
        EXPECT_EQ(answer.header("Cache-Control"), "no-store");
        EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(answer.header("Date").size(), 29u);
        EXPECT_TRUE(client->rest().empty());
    }
}

TEST(Server, says_who_is_at_the_other_end) {
    RunningServer running(
        {open_route(Method::get, "/who", [](const Request& request, Responder responder) {
            const Peer& peer = request.peer();
            responder.send(200, kPlainText,
                           std::string(peer.address) + (peer.loopback ? " loopback " : " ") +
                               std::to_string(peer.uid) + " " + std::to_string(peer.pid));
        })});
    RawClient tcp(running.port());
    tcp.send("GET /who HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(tcp.read_answer().body, "127.0.0.1 loopback 0 0");
    RawClient local(running.unix_path());
    local.send("GET /who HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(local.read_answer().body,
              "unix " + std::to_string(getuid()) + " " + std::to_string(getpid()));
}

TEST(Server, a_connection_serves_many_requests_with_exact_framing) {
    RunningServer running({echo()});
    RawClient client(running.port());
    for (const size_t size : {0u, 1u, 3u, 1000u, 65536u, 7u}) {
        const std::string body(size, 'x');
        client.send(post("/echo", body));
        const Answer answer = client.read_answer();
        EXPECT_EQ(answer.header("Content-Length"), std::to_string(size));
        EXPECT_EQ(answer.body, body);
        EXPECT_TRUE(client.rest().empty());
    }
}

TEST(Server, it_does_not_matter_in_which_pieces_a_request_arrives) {
    RunningServer running({echo()});
    RawClient client(running.port());
    const std::string request = post("/echo", "0123456789");
    for (size_t cut = 1; cut < request.size(); ++cut) {
        client.send(std::string_view(request).substr(0, cut));
        running.on_loop([] {});  // the server has had a turn with the first piece
        client.send(std::string_view(request).substr(cut));
        EXPECT_EQ(client.read_answer().body, "0123456789") << cut;
    }
}

TEST(Server, pipelined_requests_are_answered_in_order_though_the_first_answer_comes_last) {
    std::vector<Responder> kept;
    RunningServer running({open_route(Method::post, "/later",
                                      [&](const Request&, Responder responder) {
                                          kept.push_back(std::move(responder));
                                      }),
                           echo()});
    RawClient client(running.port());
    client.send(post("/later", "") + post("/echo", "two") + post("/later", "") +
                post("/echo", "four"));
    // The echoes are answered by the time that both others wait.
    size_t waiting = 0;
    while (waiting < 2)
        running.on_loop([&] { waiting = kept.size(); });
    running.on_loop([&] { kept[1].send(200, kPlainText, "three"); });
    running.on_loop([&] { kept[0].send(200, kPlainText, "one"); });
    for (const char* expected : {"one", "two", "three", "four"}) {
        EXPECT_EQ(client.read_answer().body, expected);
    }
    running.on_loop([&] { kept.clear(); });
}

TEST(Server, a_thousand_pipelined_requests_are_all_answered_in_order) {
    RunningServer running({echo()});
    RawClient client(running.port());
    std::string burst;
    for (int i = 0; i < 1000; ++i)
        burst += post("/echo", std::to_string(i));
    client.send(burst);
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(client.read_answer().body, std::to_string(i));
}

TEST(Server, more_late_answers_than_may_be_in_work_still_all_come_in_order) {
    std::vector<Responder> kept;
    RunningServer::Options options;
    options.settings.pipelined_max = 4;
    RunningServer running({open_route(Method::post, "/later",
                                      [&](const Request&, Responder responder) {
                                          kept.push_back(std::move(responder));
                                      })},
                          options);
    RawClient client(running.port());
    std::string burst;
    for (int i = 0; i < 10; ++i)
        burst += post("/later", std::string(1000, 'x'));
    client.send(burst);
    for (size_t answered = 0; answered < 10;) {
        running.on_loop([&] {
            EXPECT_LE(kept.size() - answered, 4u);
            if (answered < kept.size()) {
                kept[answered].send(200, kPlainText, std::to_string(answered));
                ++answered;
            }
        });
    }
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(client.read_answer().body, std::to_string(i));
    running.on_loop([&] { kept.clear(); });
}

TEST(Server, an_answer_to_a_client_that_has_gone_is_harmless) {
    std::vector<Responder> kept;
    RunningServer running({open_route(Method::post, "/later",
                                      [&](const Request&, Responder responder) {
                                          kept.push_back(std::move(responder));
                                      }),
                           hello()});
    {
        RawClient client(running.port());
        client.send(post("/later", ""));
        size_t waiting = 0;
        while (waiting < 1)
            running.on_loop([&] { waiting = kept.size(); });
        // An abrupt end, so that both directions are shut.
        const linger now{1, 0};
        setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    while (running.connections() > 0) {
    }
    running.on_loop([&] {
        EXPECT_FALSE(kept.front().connected());
        kept.front().send(200, kPlainText, "nobody reads this");
        kept.clear();
    });
    RawClient next(running.port());
    next.send(kGetHello);
    EXPECT_EQ(next.read_answer().status, 200);
}

TEST(Server, responders_may_outlive_the_server) {
    std::vector<Responder> kept;
    {
        RunningServer running(
            {open_route(Method::post, "/later", [&](const Request&, Responder responder) {
                kept.push_back(std::move(responder));
            })});
        RawClient client(running.port());
        client.send(post("/later", ""));
        size_t waiting = 0;
        while (waiting < 1)
            running.on_loop([&] { waiting = kept.size(); });
    }
    kept.front().send(200, kPlainText, "late");
    EXPECT_FALSE(kept.front().connected());
}

TEST(Server, a_handler_that_forgets_to_answer_answers_500) {
    std::vector<Error> reported;
    RunningServer::Options options;
    options.settings.report = [&](const Error& error) { reported.push_back(error); };
    RunningServer running({open_route(Method::get, "/silent", [](const Request&, Responder) {})},
                          options);
    RawClient client(running.port());
    client.send("GET /silent HTTP/1.1\r\nHost: x\r\n\r\n");
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 500);
    // What went wrong inside is for the log, not for the world.
    EXPECT_EQ(answer.body.find("handler"), std::string::npos);
    running.on_loop([&] { ASSERT_EQ(reported.size(), 1u); });
}

TEST(Server, head_tells_the_length_and_sends_no_body) {
    RunningServer running({hello()});
    RawClient client(running.port());
    client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(kGetHello));
    const Answer head = client.read_answer(true);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.header("Content-Length"), "17");
    EXPECT_EQ(client.read_answer().body, R"({"hello":"world"})");
}

TEST(Server, a_204_has_neither_body_nor_length) {
    RunningServer running(
        {open_route(Method::get, "/check", [](const Request&, Responder responder) {
            responder.send(204, {}, {}, "X-CALM-Verdict: allow\r\n");
        })});
    RawClient client(running.port());
    client.send("GET /check HTTP/1.1\r\nHost: x\r\n\r\n");
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.header("Content-Length"), "");
    EXPECT_EQ(answer.header("X-CALM-Verdict"), "allow");
}

TEST(Server, unknown_paths_and_verbs_get_a_problem_in_the_language_of_the_reader) {
    RunningServer running({hello()});
    RawClient client(running.port());
    client.send("GET /nowhere HTTP/1.1\r\nHost: x\r\nAccept-Language: fr\r\n\r\n");
    const Answer unknown = client.read_answer();
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.header("Content-Type"), "application/problem+json");
    EXPECT_NE(unknown.body.find("\"Il n'y a rien à cette adresse\""), std::string::npos);
    client.send("DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    const Answer verb = client.read_answer();
    EXPECT_EQ(verb.status, 405);
    EXPECT_EQ(verb.header("Allow"), "GET, HEAD");
    EXPECT_NE(verb.body.find("\"code\":\"method_not_allowed\""), std::string::npos);
    client.send(kGetHello);
    EXPECT_EQ(client.read_answer().status, 200);
}

TEST(Server, the_gate_is_asked_before_the_body_is_read) {
    Route guarded = echo();
    guarded.flags = kNoFlags;
    guarded.right = Right{7};
    RunningServer::Options options;
    options.gate = [](const Request& request, const Route& route) -> Result<Caller> {
        EXPECT_EQ(route.right, Right{7});
        EXPECT_TRUE(request.body.empty());
        if (!request.has_header("authorization")) return fail("not_signed_in", "no token");
        if (request.header("authorization") != "Bearer good")
            return fail("forbidden", "a viewer may not");
        return Caller{3, 42};
    };
    std::vector<Caller> callers;
    guarded.handler = [&](const Request& request, Responder responder) {
        callers.push_back(request.caller);
        responder.send(200, kPlainText, request.body);
    };
    RunningServer running({guarded, hello()}, options);
    RawClient client(running.port());
    client.send(post("/echo", "secret"));
    const Answer anonymous = client.read_answer();
    EXPECT_EQ(anonymous.status, 401);
    EXPECT_EQ(anonymous.header("WWW-Authenticate"), "Bearer");
    client.send(post("/echo", "secret", "Authorization: Bearer bad\r\n"));
    EXPECT_EQ(client.read_answer().status, 403);
    // The refused bodies were thrown away, and the connection is still good.
    client.send(post("/echo", "secret", "Authorization: Bearer good\r\n"));
    EXPECT_EQ(client.read_answer().body, "secret");
    client.send(kGetHello);  // an open route: the gate is not asked
    EXPECT_EQ(client.read_answer().status, 200);
    running.on_loop([&] {
        ASSERT_EQ(callers.size(), 1u);
        EXPECT_EQ(callers[0].id, 42u);
    });
}

// The status and body of every answer to `input` sent in these pieces, and whether the connection
// ended.
std::string conversation(RunningServer& running, std::string_view input,
                         const std::vector<size_t>& pieces) {
    RawClient client(running.unix_path());
    size_t sent = 0;
    for (const size_t piece : pieces) {
        const size_t bytes = std::min(piece, input.size() - sent);
        if (!client.try_send(input.substr(sent, bytes))) break;
        running.on_loop([] {});
        sent += bytes;
    }
    client.try_send(input.substr(std::min(sent, input.size())));
    client.shut_down_sending();
    std::string said;
    while (true) {
        const Answer answer = client.read_answer();
        if (answer.status == 0) break;
        said += std::to_string(answer.status) + " " + answer.header("Connection") + " " +
                answer.body + "\n";
    }
    return said + std::string(client.rest());
}

RC_GTEST_PROP(Server, a_conversation_does_not_depend_on_how_it_was_cut_into_pieces, ()) {
    static const std::vector<std::string> parts = {
        std::string(kGetHello),
        post("/echo", "body"),
        post("/echo", std::string(3000, 'x')),
        post("/nowhere", "thrown away"),
        post("/hello", "no such verb"),
        "GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
        "GET /hello HTTP/1.1\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        "nonsense",
    };
    static RunningServer running({hello(), echo()});
    std::string input;
    const int requests = *rc::gen::inRange(1, 6);
    for (int i = 0; i < requests; ++i)
        input += *rc::gen::elementOf(parts);
    const auto pieces = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(1, 60));
    RC_ASSERT(conversation(running, input, pieces) == conversation(running, input, {}));
}

TEST(Server, connection_close_is_kept_and_what_follows_is_not_read) {
    RunningServer running({hello()});
    RawClient client(running.port());
    client.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" +
                std::string(kGetHello));
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(Server, http_1_0_is_answered_and_closed_unless_it_asks_to_stay) {
    RunningServer running({hello()});
    RawClient proxy(running.port());
    proxy.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(proxy.read_answer().header("Connection"), "keep-alive");
    proxy.send("GET /hello HTTP/1.0\r\n\r\n");
    EXPECT_EQ(proxy.read_answer().header("Connection"), "close");
    EXPECT_EQ(proxy.read_to_end(), "");
}

TEST(Server, a_client_that_has_said_all_still_gets_its_answers) {
    RunningServer running({hello()});
    RawClient client(running.unix_path());
    client.send(std::string(kGetHello) + std::string(kGetHello));
    client.shut_down_sending();
    EXPECT_EQ(client.read_answer().status, 200);
    EXPECT_EQ(client.read_answer().status, 200);
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(Server, who_asks_for_100_continue_gets_it_before_sending_and_in_order) {
    std::vector<Responder> kept;
    RunningServer running(
        {echo(), open_route(Method::post, "/later", [&](const Request&, Responder responder) {
             kept.push_back(std::move(responder));
         })});
    RawClient client(running.port());
    client.send(
        post("/later", "") +
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    size_t waiting = 0;
    while (waiting < 1)
        running.on_loop([&] { waiting = kept.size(); });
    running.on_loop([&] { kept[0].send(200, kPlainText, "first"); });
    EXPECT_EQ(client.read_answer().body, "first");
    EXPECT_EQ(client.read_answer().status, 100);
    client.send("body");
    EXPECT_EQ(client.read_answer().body, "body");
    running.on_loop([&] { kept.clear(); });
}

}  // namespace
}  // namespace calm::http::testing
