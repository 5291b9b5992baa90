// Sockets, epoll and the two framings.
#include "load.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/assert.h"

namespace calm::bench {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

bool plain_success(const Target& target, std::string_view answer) {
    return target.resp ? !answer.starts_with('-') : answer.size() > 9 && answer[9] == '2';
}

struct Connection {
    int fd = -1;
    uint64_t number = 0;  // of the request under way
    Clock::time_point asked;
    std::string input;
};

void send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<size_t>(sent));
    }
}

size_t line_end(std::string_view input, size_t from) {
    const size_t end = input.find("\r\n", from);
    return end == std::string_view::npos ? 0 : end + 2;
}

// One RESP value from `at` on; 0: not whole yet.
size_t resp_end(std::string_view input, size_t at) {
    const size_t head = line_end(input, at);
    if (head == 0) return 0;
    const long count = std::strtol(input.data() + at + 1, nullptr, 10);
    if (input[at] == '$') {
        const size_t end = head + (count < 0 ? 0 : static_cast<size_t>(count) + 2);
        return input.size() >= end ? end : 0;
    }
    if (input[at] != '*') return head;
    size_t end = head;
    for (long i = 0; i < count && end != 0; ++i)
        end = resp_end(input, end);
    return end;
}

}  // namespace

int connect_to(const Target& target) {
    if (!target.unix_path.empty()) {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, target.unix_path.c_str(), sizeof address.sun_path - 1);
        if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
        ::close(fd);
        return -1;
    }
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(target.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    ::close(fd);
    return -1;
}

size_t answer_size(const Target& target, std::string_view input) {
    if (input.empty()) return 0;
    if (target.resp) return resp_end(input, 0);
    const size_t head = input.find("\r\n\r\n");
    if (head == std::string_view::npos) return 0;
    const size_t at = input.substr(0, head).find("Content-Length: ");
    const size_t body =
        at == std::string_view::npos ? 0 : std::strtoul(input.data() + at + 16, nullptr, 10);
    return input.size() >= head + 4 + body ? head + 4 + body : 0;
}

double LoadResult::percentile(double p) const {
    if (latencies_us.empty()) return 0;
    const auto at = static_cast<size_t>(p * static_cast<double>(latencies_us.size() - 1));
    return latencies_us[at];
}

LoadResult run_load(const Load& load) {
    LoadResult result;
    std::vector<Connection> connections(load.connections);
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < connections.size(); ++i) {
        connections[i].fd = connect_to(load.target);
        CALM_ASSERT(connections[i].fd >= 0);
        epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].fd, &event);
    }
    uint64_t next = 0;
    size_t working = 0;
    const auto start = Clock::now();
    const auto ask = [&](Connection& connection) {
        const bool more =
            since(start) < load.seconds && (load.requests == 0 || next < load.requests);
        if (!more) return;
        connection.number = next++;
        const std::string bytes = load.request(connection.number);
        connection.asked = Clock::now();
        send_all(connection.fd, bytes);
        ++working;
    };
    for (Connection& connection : connections)
        ask(connection);
    char buffer[65536];
    epoll_event events[64];
    while (working > 0) {
        const int ready = ::epoll_wait(poll, events, 64, 30'000);
        if (ready <= 0) break;
        for (int i = 0; i < ready; ++i) {
            Connection& connection = connections[events[i].data.u64];
            const ssize_t got = ::recv(connection.fd, buffer, sizeof buffer, MSG_DONTWAIT);
            if (got <= 0) {
                if (got == 0 || errno != EAGAIN) {
                    ::epoll_ctl(poll, EPOLL_CTL_DEL, connection.fd, nullptr);
                    ++result.errors;
                    --working;
                }
                continue;
            }
            connection.input.append(buffer, static_cast<size_t>(got));
            const size_t size = answer_size(load.target, connection.input);
            if (size == 0) continue;
            result.latencies_us.push_back(static_cast<float>(since(connection.asked) * 1e6));
            const std::string_view answer = std::string_view(connection.input).substr(0, size);
            const bool fine = load.accept ? load.accept(connection.number, answer)
                                          : plain_success(load.target, answer);
            ++(fine ? result.answers : result.errors);
            connection.input.erase(0, size);
            --working;
            if (!load.once_each) ask(connection);
        }
    }
    result.seconds = since(start);
    for (const Connection& connection : connections)
        ::close(connection.fd);
    ::close(poll);
    std::ranges::sort(result.latencies_us);
    return result;
}

std::string http_post(std::string_view path, std::string_view body, std::string_view token) {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: c\r\n{}{}{}Content-Type: application/json\r\nContent-Length: "
        "{}\r\n\r\n{}",
        path, token.empty() ? "" : "Authorization: Bearer ", token, token.empty() ? "" : "\r\n",
        body.size(), body);
}

std::string http_get(std::string_view path, std::string_view token) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: c\r\n{}{}{}\r\n", path,
                       token.empty() ? "" : "Authorization: Bearer ", token,
                       token.empty() ? "" : "\r\n");
}

std::string resp(const std::vector<std::string>& words) {
    std::string out = fmt::format("*{}\r\n", words.size());
    for (const std::string& word : words)
        out += fmt::format("${}\r\n{}\r\n", word.size(), word);
    return out;
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void pin_to(unsigned core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    ::sched_setaffinity(0, sizeof cores, &cores);
}

}  // namespace calm::bench
