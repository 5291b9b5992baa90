// A server on a thread, and a small blocking client.
#include "test_server.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/assert.h"
#include "server/open_ledger.h"

namespace calm::testing {
namespace {

std::string make_directory() {
    std::string path = (std::filesystem::temp_directory_path() / "calm-http-XXXXXX").string();
    CALM_ASSERT(mkdtemp(path.data()) != nullptr);
    return path;
}

std::unique_ptr<store::Journal> open_in_memory(store::MemoryDisk& disk) {
    auto journal = store::open_memory_journal(disk);
    CALM_ASSERT(journal.has_value());
    return std::move(*journal);
}

bool send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
}

bool receive_more(int fd, std::string& into) {
    char buffer[65536];
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    into.append(buffer, static_cast<size_t>(got));
    return true;
}

}  // namespace

boost::json::value Answer::json() const {
    return boost::json::parse(body);
}

std::string Answer::code() const {
    if (body.empty() || status < 400) return {};
    const auto parsed = json();
    const auto* code = parsed.as_object().if_contains("code");
    return code == nullptr ? std::string() : std::string(code->as_string());
}

std::string Answer::header(std::string_view name) const {
    const std::string start = "\r\n" + std::string(name) + ": ";
    const size_t at = head.find(start);
    if (at == std::string::npos) return {};
    const size_t value = at + start.size();
    return head.substr(value, head.find("\r\n", value) - value);
}

TestServer::TestServer(store::MemoryDisk& disk, Instant wall,
                       const std::function<void(Settings&)>& configure, bool restored)
    : TestServer(open_in_memory(disk), wall, configure, restored) {}

TestServer::TestServer(std::unique_ptr<store::Journal> journal, Instant wall,
                       const std::function<void(Settings&)>& configure, bool restored)
    : directory_(make_directory()), socket_(directory_ + "/s"), wall_(wall.seconds) {
    loop_ = std::make_unique<boost::asio::io_context>(1);
    auto opened = open_ledger(std::move(journal), {.now = wall, .restored = restored});
    CALM_ASSERT(opened.has_value());
    Settings settings;
    settings.data_directory = directory_;
    settings.hardware_id_file = directory_ + "/board";
    std::ofstream(settings.hardware_id_file) << "Board-7\n";
    settings.socket = socket_;
    settings.tls_address.clear();
    settings.snapshot_every = 0;
    if (configure) configure(settings);
    auto service = Service::start(*loop_, settings, std::move(*opened), [this] {
        return ClockValues{.wall = {wall_.load()}, .boot = {boot_.load()}};
    });
    CALM_ASSERT(service.has_value());
    service_ = std::move(*service);
    CALM_ASSERT(service_->listen(nullptr).has_value());
    thread_ = std::thread([this] {
        const auto work = boost::asio::make_work_guard(*loop_);
        loop_->run();
    });
}

TestServer::~TestServer() {
    if (connection_ >= 0) ::close(connection_);
    boost::asio::post(*loop_, [this] { service_->stop([this] { loop_->stop(); }); });
    thread_.join();
    loop_->restart();
    loop_->poll();
    service_.reset();
    std::filesystem::remove_all(directory_);
}

int TestServer::connect() const {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket_.c_str(), sizeof address.sun_path - 1);
    CALM_ASSERT(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const timeval limit{.tv_sec = 60, .tv_usec = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return fd;
}

Answer TestServer::ask(const Ask& ask) {
    std::string request = std::string(ask.method) + " " + ask.path + " HTTP/1.1\r\nHost: calm\r\n";
    if (!ask.token.empty()) request += "Authorization: Bearer " + ask.token + "\r\n";
    for (const auto& [name, value] : ask.headers)
        request += name + ": " + value + "\r\n";
    if (!ask.body.empty()) {
        request += "Content-Type: " + ask.content_type + "\r\n";
    }
    if (!ask.body.empty() || ask.method == "POST" || ask.method == "PUT") {
        request += "Content-Length: " + std::to_string(ask.body.size()) + "\r\n";
    }
    request += "\r\n" + ask.body;
    if (connection_ < 0) connection_ = connect();
    std::string input;
    Answer answer;
    if (!send_all(connection_, request)) return answer;
    size_t end = 0;
    while ((end = input.find("\r\n\r\n")) == std::string::npos) {
        if (!receive_more(connection_, input)) return answer;
    }
    answer.head = input.substr(0, end + 2);
    answer.status = std::atoi(answer.head.c_str() + 9);
    const std::string length = answer.header("Content-Length");
    const size_t size = length.empty() ? 0 : std::strtoul(length.c_str(), nullptr, 10);
    while (input.size() < end + 4 + size) {
        if (!receive_more(connection_, input)) return answer;
    }
    answer.body = input.substr(end + 4, size);
    if (answer.header("Connection") == "close") {
        ::close(connection_);
        connection_ = -1;
    }
    return answer;
}

std::string TestServer::raw(std::string_view bytes) {
    const int fd = connect();
    std::string answer;
    send_all(fd, bytes);
    ::shutdown(fd, SHUT_WR);
    while (receive_more(fd, answer)) {
    }
    ::close(fd);
    return answer;
}

void TestServer::advance(Seconds by) {
    wall_ += by.count;
    boot_ += by.count;
}

void TestServer::on_loop(const std::function<void(Service&)>& function) {
    std::promise<void> done;
    boost::asio::post(*loop_, [&] {
        function(*service_);
        done.set_value();
    });
    done.get_future().wait();
}

}  // namespace calm::testing
