// Stopping: what is in work is answered, the rest is let go, and nobody waits for ever.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/server.h"
#include "http/test_client.h"

namespace calm::http::testing {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kLater = "GET /later HTTP/1.1\r\nHost: x\r\n\r\n";

struct Stopping : ::testing::Test {
    std::vector<Responder> kept;
    RunningServer running{
        {open_route(
             Method::get, "/later",
             [this](const Request&, Responder responder) { kept.push_back(std::move(responder)); }),
         open_route(Method::post, "/echo", [](const Request& request, Responder responder) {
             responder.send(200, kPlainText, request.body);
         })}};

    void wait_for_requests(size_t count) {
        size_t waiting = 0;
        while (waiting < count)
            running.on_loop([&] { waiting = kept.size(); });
    }
    void TearDown() override {
        running.on_loop([this] { kept.clear(); });
    }
};

TEST_F(Stopping, idle_connections_are_closed_and_the_socket_is_removed) {
    RawClient idle(running.port());
    while (running.connections() < 1) {
    }
    running.stop();
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_NE(access(running.unix_path().c_str(), F_OK), 0);
    EXPECT_EQ(running.connections(), 0u);
}

TEST_F(Stopping, a_request_in_work_is_answered_and_told_that_it_is_the_last) {
    RawClient client(running.port());
    client.send(kLater);
    wait_for_requests(1);
    bool stopped = false;
    running.on_loop(
        [&] { running.server().stop(std::chrono::seconds(60), [&] { stopped = true; }); });
    running.on_loop([&] {
        EXPECT_FALSE(stopped);
        kept[0].send(200, kPlainText, "still here");
    });
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.body, "still here");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(client.read_to_end(), "");
    for (bool done = false; !done;)
        running.on_loop([&] { done = stopped; });
}

TEST_F(Stopping, a_request_whose_body_is_on_its_way_is_still_served) {
    RawClient client(running.port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo");
    RawClient other(running.port());
    other.send(kLater);
    wait_for_requests(1);  // so the head above has been read too
    bool stopped = false;
    running.on_loop(
        [&] { running.server().stop(std::chrono::seconds(60), [&] { stopped = true; }); });
    client.send("dy");
    EXPECT_EQ(client.read_answer().body, "body");
    EXPECT_EQ(client.read_to_end(), "");
    running.on_loop([&] {
        EXPECT_FALSE(stopped);
        kept[0].send(204, {}, {});
    });
    EXPECT_EQ(other.read_answer().status, 204);
    for (bool done = false; !done;)
        running.on_loop([&] { done = stopped; });
}

TEST_F(Stopping, no_new_connection_and_no_new_request_is_taken) {
    RawClient client(running.port());
    client.send(kLater);
    wait_for_requests(1);
    bool stopped = false;
    running.on_loop(
        [&] { running.server().stop(std::chrono::seconds(60), [&] { stopped = true; }); });
    client.send(kLater);
    running.on_loop([&] {
        EXPECT_EQ(kept.size(), 1u);
        kept[0].send(204, {}, {});
    });
    EXPECT_EQ(client.read_answer().status, 204);
    EXPECT_EQ(client.read_answer().status, 0);
    EXPECT_FALSE(is_listened_on(running.port()));
    for (bool done = false; !done;)
        running.on_loop([&] { done = stopped; });
    running.on_loop([&] { EXPECT_EQ(kept.size(), 1u); });
}

TEST_F(Stopping, after_the_deadline_what_is_left_is_cut) {
    RawClient client(running.port());
    client.send(kLater);
    wait_for_requests(1);
    running.stop(milliseconds(20));
    EXPECT_EQ(client.read_to_end(), "");
    running.on_loop([&] { kept[0].send(200, kPlainText, "too late"); });
}

TEST_F(Stopping, a_handler_may_ask_for_it) {
    bool stopped = false;
    RunningServer own({open_route(Method::post, "/stop", [&](const Request&, Responder responder) {
        own.server().stop(std::chrono::seconds(10), [&] { stopped = true; });
        responder.send(202, kPlainText, "stopping");
    })});
    RawClient client(own.port());
    client.send("POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "stopping");
    EXPECT_EQ(client.read_to_end(), "");
    for (bool done = false; !done;)
        own.on_loop([&] { done = stopped; });
}

TEST(Listening, each_obstacle_has_its_own_error) {
    const auto everybody = [](const Request&, const Route&) -> Result<Caller> { return Caller{}; };
    const auto routes = [] {
        return RouteTable::make({open_route(Method::get, "/x", [](const Request&, Responder) {})})
            .value();
    };
    boost::asio::io_context loop;
    Server server(loop, routes(), everybody);
    EXPECT_EQ(server.listen_tcp("0.0.0.0", 0, nullptr).error().code, "plain_http_not_loopback");
    EXPECT_EQ(server.listen_tcp("::", 0, nullptr).error().code, "plain_http_not_loopback");
    EXPECT_EQ(server.listen_tcp("localhost", 0, nullptr).error().code, "bad_address");
    const uint16_t port = server.listen_tcp("127.0.0.1", 0, nullptr).value();
    const std::string path = ::testing::TempDir() + "calm_listening_" + std::to_string(getpid());
    EXPECT_TRUE(server.listen_unix(path));

    Server second(loop, routes(), everybody);
    EXPECT_EQ(second.listen_tcp("127.0.0.1", port, nullptr).error().code, "address_in_use");
    EXPECT_EQ(second.listen_unix(path).error().code, "address_in_use");
    EXPECT_EQ(second.listen_unix("/proc/calm.sock").error().code, "cannot_listen");
    EXPECT_EQ(second.listen_unix(std::string(200, 'x')).error().code, "cannot_listen");
    EXPECT_EQ(second.listen_unix(::testing::TempDir()).error().code, "cannot_listen");
}

TEST(Listening, a_socket_file_left_by_a_crash_is_replaced) {
    const std::string path = ::testing::TempDir() + "calm_left_" + std::to_string(getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int left = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(bind(left, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    close(left);  // the file stays
    boost::asio::io_context loop;
    Server server(
        loop,
        RouteTable::make({open_route(Method::get, "/x", [](const Request&, Responder) {})}).value(),
        [](const Request&, const Route&) -> Result<Caller> { return Caller{}; });
    EXPECT_TRUE(server.listen_unix(path));
}

}  // namespace
}  // namespace calm::http::testing
