// Whoever watches is told of changes, and is let go when the server stops.
#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http_runner.h"

namespace calm::testing {
namespace {

size_t count_of(std::string_view text, std::string_view part) {
    size_t count = 0;
    for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

std::string watch(TestServer& server, std::string_view seconds) {
    return server.raw("GET /v1/events?seconds=" + std::string(seconds) +
                      " HTTP/1.1\r\nHost: calm\r\nConnection: close\r\n\r\n");
}

int connect_to(const std::string& socket) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return fd;
}

// What comes next; empty: the other side is done.
std::string some_bytes(int fd) {
    std::string bytes(4096, '\0');
    const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
    bytes.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
}

TEST(Events, HowThingsStandIsSaidAtOnce) {
    HttpRunner runner;
    prepare(runner, "product cad-1 requires activated\n");
    const std::string answer = watch(runner.server(), "0");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200"));
    EXPECT_NE(answer.find("Content-Type: text/event-stream"), std::string::npos);
    EXPECT_NE(answer.find("retry: 3000\n\n"), std::string::npos);
    EXPECT_EQ(count_of(answer, "data: {\"entries\":"), 1U);
    for (const char* wrong : {"301", "-1", "soon", "", "1x"}) {
        EXPECT_TRUE(watch(runner.server(), wrong).starts_with("HTTP/1.1 400")) << wrong;
    }
}

TEST(Events, AChangeIsToldWhileSomebodyWatches) {
    HttpRunner runner;
    prepare(runner, "product cad-1 requires activated\npack P cad-1 per_user 1\n");
    TestServer& server = runner.server();
    std::string answer;
    std::thread watcher([&] { answer = watch(server, "3"); });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    prepare(runner, "admit anna - cad-1 allow cal_issued\n");
    watcher.join();
    // The first one, and that of the CAL; what happened within a second is told once.
    EXPECT_GE(count_of(answer, "data: {"), 2U) << answer;
    EXPECT_LE(count_of(answer, "data: {"), 4U) << answer;
    EXPECT_TRUE(answer.ends_with("0\r\n\r\n")) << answer;  // the stream's own end
}

TEST(Events, AServerThatStopsLetsWatchersGo) {
    auto runner = std::make_unique<HttpRunner>();
    const int fd = connect_to(runner->server().socket());
    constexpr std::string_view kQuestion = "GET /v1/events HTTP/1.1\r\nHost: calm\r\n\r\n";
    ASSERT_EQ(::send(fd, kQuestion.data(), kQuestion.size(), 0), ssize_t{kQuestion.size()});
    std::string answer = some_bytes(fd);
    EXPECT_EQ(count_of(answer, "data: {"), 1U) << answer;
    // Longer than it takes, and much shorter than the server would wait for an answer.
    const auto begin = std::chrono::steady_clock::now();
    runner.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
    while (true) {
        const std::string more = some_bytes(fd);
        if (more.empty()) break;
        answer += more;
    }
    ::close(fd);
    EXPECT_TRUE(answer.ends_with("0\r\n\r\n")) << answer;
}

}  // namespace
}  // namespace calm::testing
