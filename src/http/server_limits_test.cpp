// Everything from outside has a maximum: sizes, times, connections.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/metrics.h"
#include "http/server.h"
#include "http/test_client.h"

namespace calm::http::testing {
namespace {

using std::chrono::milliseconds;

Route plain_hello() {
    return open_route(Method::get, "/hello", [](const Request&, Responder responder) {
        responder.send(200, kPlainText, "hello");
    });
}

Route limited_echo(size_t body_bytes_max = kBodyBytesMax) {
    Route route =
        open_route(Method::post, "/echo", [](const Request& request, Responder responder) {
            responder.send(200, kPlainText, std::to_string(request.body.size()));
        });
    route.body_bytes_max = body_bytes_max;
    return route;
}

std::string post_head(size_t length, std::string_view lines = {}) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\n" + std::string(lines) +
           "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

std::string head_of_size(size_t bytes) {
    const std::string empty = "GET /hello HTTP/1.1\r\nHost: x\r\nA: \r\n\r\n";
    return "GET /hello HTTP/1.1\r\nHost: x\r\nA: " + std::string(bytes - empty.size(), 'x') +
           "\r\n\r\n";
}

// All the waiting is for what the server does, so these times only have to be short.
RunningServer::Options impatient() {
    RunningServer::Options options;
    options.settings.header_timeout = milliseconds(50);
    options.settings.body_timeout = milliseconds(50);
    options.settings.idle_timeout = milliseconds(50);
    options.settings.write_timeout = milliseconds(50);
    options.settings.linger_timeout = milliseconds(50);
    return options;
}

TEST(ServerLimits, a_head_of_8_KiB_is_served_and_one_byte_more_is_told_so) {
    RunningServer running({plain_hello()});
    RawClient client(running.port());
    client.send(head_of_size(8192));
    EXPECT_EQ(client.read_answer().status, 200);
    client.send(head_of_size(8193));
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 431);
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(ServerLimits, a_body_of_64_KiB_is_taken_and_one_byte_more_is_told_so) {
    RunningServer running({limited_echo()});
    RawClient client(running.port());
    client.send(post_head(65536) + std::string(65536, 'x'));
    EXPECT_EQ(client.read_answer().body, "65536");
    // The answer arrives though the client never stops to read before it has sent everything.
    client.send(post_head(65537) + std::string(65537, 'x'));
    EXPECT_EQ(client.read_answer().status, 413);
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(ServerLimits, an_import_route_takes_1_MiB) {
    RunningServer running({limited_echo(kImportBytesMax)});
    RawClient client(running.port());
    client.send(post_head(kImportBytesMax) + std::string(kImportBytesMax, 'x'));
    EXPECT_EQ(client.read_answer().body, std::to_string(kImportBytesMax));
    client.send(post_head(kImportBytesMax + 1));
    EXPECT_EQ(client.read_answer().status, 413);
}

TEST(ServerLimits, a_large_body_is_refused_before_it_is_sent_to_who_asks_first) {
    RunningServer running({limited_echo()});
    RawClient client(running.port());
    client.send(post_head(65537, "Expect: 100-continue\r\n"));
    EXPECT_EQ(client.read_answer().status, 413);
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(ServerLimits, a_body_where_none_is_taken_is_refused) {
    RunningServer running({plain_hello()});
    RawClient client(running.port());
    client.send("GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx" +
                std::string(kGetHello));
    EXPECT_EQ(client.read_answer().status, 413);
    EXPECT_EQ(client.read_answer().status, 200);
}

TEST(ServerLimits, malformed_and_chunked_requests_get_their_status_and_end) {
    RunningServer running({plain_hello()});
    const std::pair<std::string, int> cases[] = {
        {"GET /hello HTTP/1.1\nHost: x\n\n", 400},
        {"POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
        {"GET /hello HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        {"GET /hello HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n\r\n", 417},
        {"\x16\x03\x01 this is a TLS hello", 400},
    };
    for (const auto& [request, status] : cases) {
        RawClient client(running.port());
        client.send(request);
        EXPECT_EQ(client.read_answer().status, status) << request;
        EXPECT_EQ(client.read_to_end(), "") << request;
    }
}

TEST(ServerLimits, a_slow_head_gets_408_however_steadily_it_dribbles) {
    RunningServer running({plain_hello()}, impatient());
    RawClient client(running.port());
    while (client.try_send("G")) {
        if (recv(client.fd(), nullptr, 0, MSG_DONTWAIT | MSG_PEEK) == 0) break;  // ended
        char byte;
        if (recv(client.fd(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 1) break;  // answered
        usleep(1000);
    }
    EXPECT_EQ(client.read_answer().status, 408);
}

TEST(ServerLimits, a_body_that_does_not_come_gets_408) {
    RunningServer running({limited_echo()}, impatient());
    RawClient client(running.port());
    client.send(post_head(10) + "12345");
    EXPECT_EQ(client.read_answer().status, 408);
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(ServerLimits, an_idle_connection_is_closed_without_a_word) {
    RunningServer running({plain_hello()}, impatient());
    RawClient fresh(running.port());
    EXPECT_EQ(fresh.read_to_end(), "");
    RawClient used(running.port());
    used.send(kGetHello);
    EXPECT_EQ(used.read_answer().status, 200);
    EXPECT_EQ(used.read_to_end(), "");
}

TEST(ServerLimits, a_handler_may_take_longer_than_any_limit_for_clients) {
    std::vector<Responder> kept;
    RunningServer running({open_route(Method::get, "/later",
                                      [&](const Request&, Responder responder) {
                                          kept.push_back(std::move(responder));
                                      })},
                          impatient());
    RawClient client(running.port());
    client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    RawClient idle(running.port());
    EXPECT_EQ(idle.read_to_end(), "");  // by now a whole idle limit has passed
    running.on_loop([&] {
        ASSERT_EQ(kept.size(), 1u);
        kept[0].send(200, kPlainText, "late");
    });
    EXPECT_EQ(client.read_answer().body, "late");
    running.on_loop([&] { kept.clear(); });
}

TEST(ServerLimits, a_reader_that_does_not_read_is_cut_and_its_requests_wait_unread) {
    uint32_t served = 0;
    RunningServer running({open_route(Method::get, "/big",
                                      [&](const Request&, Responder responder) {
                                          ++served;
                                          responder.send(200, kPlainText,
                                                         std::string(100'000, 'x'));
                                      })},
                          impatient());
    RawClient client(running.port());
    const int small = 4096;
    setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    std::string burst;
    for (int i = 0; i < 1000; ++i)
        burst += "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";
    client.try_send(burst);
    for (bool begun = false; !begun;)
        running.on_loop([&] { begun = served > 0; });
    while (running.connections() > 0) {
    }
    // 100 MB were asked for; what was made is what the socket took and one output buffer.
    running.on_loop([&] { EXPECT_LT(served, 200u); });
}

TEST(ServerLimits, a_connection_too_many_is_told_503_and_the_others_are_served) {
    RunningServer::Options options;
    options.settings.connections_max = 3;
    RunningServer running({plain_hello()}, options);
    std::vector<RawClient> clients;
    for (int i = 0; i < 3; ++i) {
        clients.emplace_back(running.port());
        clients.back().send(kGetHello);
        EXPECT_EQ(clients.back().read_answer().status, 200);
    }
    RawClient extra(running.port());
    const Answer refused = extra.read_answer();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("Retry-After"), "1");
    extra.close();
    for (RawClient& client : clients) {
        client.send(kGetHello);
        EXPECT_EQ(client.read_answer().status, 200);
    }
    clients.pop_back();
    while (running.connections() > 2) {
    }
    RawClient next(running.port());
    next.send(kGetHello);
    EXPECT_EQ(next.read_answer().status, 200);
}

TEST(ServerLimits, a_thousand_open_connections_get_no_5xx) {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    ASSERT_GE(files.rlim_cur, 2100u);
    RunningServer running({plain_hello()});
    std::vector<RawClient> clients;
    for (int i = 0; i < 1000; ++i)
        clients.emplace_back(running.port());
    for (int round = 0; round < 3; ++round) {
        for (RawClient& client : clients)
            client.send(kGetHello);
        for (RawClient& client : clients)
            ASSERT_EQ(client.read_answer().status, 200);
    }
    EXPECT_EQ(running.connections(), 1000u);
}

TEST(ServerLimits, a_process_without_descriptors_turns_away_and_recovers) {
    RunningServer running({plain_hello()});
    RawClient before(running.port());
    before.send(kGetHello);
    EXPECT_EQ(before.read_answer().status, 200);
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    {
        const int next = dup(before.fd());  // the lowest free number
        close(next);
        // Room for the other end of the client, and none for the server's.
        rlimit scarce = files;
        scarce.rlim_cur = static_cast<rlim_t>(next) + 1;
        ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &scarce), 0);
        RawClient refused(running.port());
        EXPECT_EQ(refused.read_to_end(), "");
        ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
    }
    RawClient after(running.port());
    for (RawClient* client : {&before, &after}) {
        client->send(kGetHello);
        EXPECT_EQ(client->read_answer().status, 200);
    }
}

TEST(ServerLimits, an_address_that_asks_too_often_waits_and_is_served_again) {
    RunningServer::Options options;
    options.settings.limit_loopback = true;
    options.settings.requests_per_second = 20;
    options.settings.requests_burst = 3;
    RunningServer running({plain_hello(), limited_echo()}, options);
    RawClient client(running.port());
    RawClient local(running.unix_path());
    std::string burst;
    for (int i = 0; i < 10; ++i)
        burst += post_head(4) + "body";
    client.send(burst);
    int served = 0;
    for (int i = 0; i < 10; ++i) {
        const Answer answer = client.read_answer();
        if (answer.status == 200) ++served;
        if (answer.status == 200) continue;
        EXPECT_EQ(answer.status, 429);
        EXPECT_EQ(answer.header("Retry-After"), "1");
    }
    EXPECT_EQ(served, 3);
    local.send(kGetHello);
    EXPECT_EQ(local.read_answer().status, 200);
    // Steady asking does not keep it out.
    for (int status = 429; status != 200;) {
        client.send(kGetHello);
        status = client.read_answer().status;
    }
}

TEST(ServerLimits, one_address_has_so_many_connections_and_no_more) {
    RunningServer::Options options;
    options.settings.limit_loopback = true;
    options.settings.connections_per_peer_max = 2;
    RunningServer running({plain_hello()}, options);
    RawClient first(running.port());
    RawClient second(running.port());
    for (RawClient* client : {&first, &second}) {
        client->send(kGetHello);
        EXPECT_EQ(client->read_answer().status, 200);
    }
    RawClient third(running.port());
    EXPECT_EQ(third.read_to_end(), "");
    RawClient local(running.unix_path());
    local.send(kGetHello);
    EXPECT_EQ(local.read_answer().status, 200);
    second.close();
    while (running.connections() > 2) {
    }
    RawClient fourth(running.port());
    fourth.send(kGetHello);
    EXPECT_EQ(fourth.read_answer().status, 200);
}

TEST(ServerLimits, few_slow_requests_at_once_and_the_next_is_told_to_wait) {
    std::vector<Responder> kept;
    Route slow = open_route(Method::get, "/export", [&](const Request&, Responder responder) {
        kept.push_back(std::move(responder));
    });
    slow.flags |= kSlow;
    RunningServer::Options options;
    options.settings.slow_requests_max = 1;
    RunningServer running({slow, plain_hello()}, options);
    constexpr std::string_view kExport = "GET /export HTTP/1.1\r\nHost: x\r\n\r\n";
    RawClient first(running.unix_path());
    first.send(kExport);
    size_t waiting = 0;
    while (waiting < 1)
        running.on_loop([&] { waiting = kept.size(); });
    RawClient second(running.port());
    second.send(kExport);
    const Answer refused = second.read_answer();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("Retry-After"), "1");
    first.close();  // its place is free again, although nobody has answered it
    while (running.connections() > 1) {
    }
    second.send(kExport);
    waiting = 0;
    while (waiting < 2)
        running.on_loop([&] { waiting = kept.size(); });
    running.on_loop([&] { kept[1].send(200, kPlainText, "exported"); });
    EXPECT_EQ(second.read_answer().body, "exported");
    running.on_loop([&] { kept.clear(); });
}

TEST(ServerLimits, clients_that_vanish_in_every_state_leave_nothing_behind) {
    Metrics metrics;
    RunningServer::Options options;
    options.metrics = &metrics;
    RunningServer running({limited_echo()}, options);
    const std::string request = post_head(10) + "0123456789";
    for (size_t sent = 0; sent <= request.size(); ++sent) {
        RawClient client(running.port());
        client.send(std::string_view(request).substr(0, sent));
    }
    const std::string accepted =
        "\ncalm_http_connections_accepted_total " + std::to_string(request.size() + 1) + "\n";
    for (bool over = false; !over;) {
        running.on_loop([&] {
            const std::string text = metrics.text();
            over = text.find(accepted) != std::string::npos &&
                   text.find("\ncalm_http_connections 0\n") != std::string::npos;
        });
    }
    // Whoever sent a whole request was served, or was gone before the answer was written.
    running.on_loop([&] { EXPECT_EQ(metrics.text().find("5xx"), std::string::npos); });
}

}  // namespace
}  // namespace calm::http::testing
