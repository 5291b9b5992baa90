// The tests' client and server, see test_client.h.
#include "http/test_client.h"

#include <cstring>
#include <future>

#include <arpa/inet.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/assert.h"
#include "http/parser.h"

namespace calm::http::testing {
namespace {

void limit_waiting(int fd) {
    const timeval ten_seconds{10, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &ten_seconds, sizeof ten_seconds);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &ten_seconds, sizeof ten_seconds);
}

sockaddr_in loopback(uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

}  // namespace

std::string Answer::header(std::string_view name) const {
    std::string_view rest = head;
    while (!rest.empty()) {
        const size_t end = rest.find("\r\n");
        const std::string_view line = rest.substr(0, end);
        const size_t colon = line.find(':');
        if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name)) {
            return std::string(line.substr(colon + 2));
        }
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 2);
    }
    return "";
}

RawClient::RawClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address = loopback(port);
    limit_waiting(fd_);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // pieces leave as they are sent
    CALM_ASSERT(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

RawClient::RawClient(const std::string& unix_path)
    : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, unix_path.data(), unix_path.size());
    limit_waiting(fd_);
    CALM_ASSERT(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

RawClient::~RawClient() {
    close();
}

void RawClient::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

bool RawClient::try_send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
}

void RawClient::send(std::string_view bytes) {
    EXPECT_TRUE(try_send(bytes));
}

void RawClient::shut_down_sending() {
    shutdown(fd_, SHUT_WR);
}

bool RawClient::receive() {
    char buffer[65536];
    const ssize_t bytes = recv(fd_, buffer, sizeof buffer, 0);
    if (bytes <= 0) return false;
    input_.append(buffer, static_cast<size_t>(bytes));
    return true;
}

bool RawClient::read_until(size_t bytes) {
    while (input_.size() < bytes) {
        if (!receive()) return false;
    }
    return true;
}

bool RawClient::read_chunks(std::string& body) {
    while (true) {
        size_t end;
        while ((end = input_.find("\r\n")) == std::string::npos) {
            if (!receive()) return false;
        }
        const size_t size = std::stoul(input_.substr(0, end), nullptr, 16);
        if (!read_until(end + 2 + size + 2)) return false;
        body += input_.substr(end + 2, size);
        if (input_.substr(end + 2 + size, 2) != "\r\n") return false;
        input_.erase(0, end + 2 + size + 2);
        if (size == 0) return true;
    }
}

Answer RawClient::read_answer(bool head_only) {
    Answer answer;
    size_t end;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive()) return {};
    }
    answer.head = input_.substr(0, end + 4);
    input_.erase(0, end + 4);
    if (!answer.head.starts_with("HTTP/1.1 ")) return {};
    const int status = std::stoi(answer.head.substr(9, 3));
    const bool bodiless = status == 204 || status == 304 || status == 100 || head_only;
    if (!bodiless && answer.header("Transfer-Encoding") == "chunked") {
        if (!read_chunks(answer.body)) return {};
    } else if (!bodiless && !answer.header("Content-Length").empty()) {
        const size_t length = std::stoul(answer.header("Content-Length"));
        if (!read_until(length)) return {};
        answer.body = input_.substr(0, length);
        input_.erase(0, length);
    }
    answer.status = status;
    return answer;
}

std::string RawClient::read_to_end() {
    while (receive()) {
    }
    return std::exchange(input_, {});
}

RunningServer::RunningServer(std::vector<Route> routes, Options options) {
    if (!options.gate) {
        options.gate = [](const Request&, const Route&) -> Result<Caller> { return Caller{}; };
    }
    auto table = RouteTable::make(std::move(routes));
    CALM_ASSERT(table.has_value());
    server_ = std::make_unique<Server>(loop_, std::move(*table), std::move(options.gate),
                                       ProblemTable(), options.settings, options.metrics);
    port_ = server_->listen_tcp("127.0.0.1", 0, nullptr).value();
    if (options.tls != nullptr)
        tls_port_ = server_->listen_tcp("127.0.0.1", 0, options.tls).value();
    static int number = 0;
    unix_path_ = ::testing::TempDir() + "calm_http_" + std::to_string(getpid()) + "_" +
                 std::to_string(number++) + ".sock";
    CALM_ASSERT(server_->listen_unix(unix_path_).has_value());
    thread_ = std::thread([this] {
        const auto work = boost::asio::make_work_guard(loop_);
        loop_.run();
    });
}

RunningServer::~RunningServer() {
    on_loop([this] { server_.reset(); });
    loop_.stop();
    thread_.join();
}

void RunningServer::on_loop(const std::function<void()>& job) {
    std::promise<void> done;
    boost::asio::post(loop_, [&] {
        job();
        done.set_value();
    });
    done.get_future().wait();
}

void RunningServer::stop(std::chrono::milliseconds deadline) {
    std::promise<void> stopped;
    on_loop([&] { server_->stop(deadline, [&] { stopped.set_value(); }); });
    stopped.get_future().wait();
}

uint32_t RunningServer::connections() {
    uint32_t count = 0;
    on_loop([&] { count = server_->connections(); });
    return count;
}

bool is_listened_on(uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    const bool connected =
        connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return connected;
}

Route open_route(Method method, std::string pattern, Handler handler) {
    Route route;
    route.method = method;
    route.pattern = std::move(pattern);
    route.flags = kUnauthenticated;
    route.summary = "for a test";
    route.handler = std::move(handler);
    return route;
}

}  // namespace calm::http::testing
