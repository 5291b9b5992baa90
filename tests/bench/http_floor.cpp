// links: calm_http
// What the HTTP front itself costs: GET answered 204 by a route that does nothing. The server runs
// in this process on one core, the clients in a child process on another; told are requests per
// second and the server's own processor time per request, which is the figure that can be compared
// between runs.
//
//   http_floor [SECONDS]                     own server over TCP and the Unix socket, pipelined 1
//   and 16 http_floor [SECONDS] PORT [PATH]         another server that listens on loopback (nginx
//   `return 204`)
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/server.h"

namespace {

using namespace calm::http;

constexpr int kConnections = 64;

void pin_to(unsigned core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    sched_setaffinity(0, sizeof cores, &cores);
}

double processor_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct Target {
    uint16_t port = 0;
    std::string unix_path;  // instead of the port
};

int connect_to(const Target& target) {
    int fd;
    int result;
    if (target.unix_path.empty()) {
        fd = socket(AF_INET, SOCK_STREAM, 0);
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(target.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        result = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    } else {
        fd = socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        target.unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
        result = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    }
    if (result != 0) {
        std::perror("connect");
        std::exit(1);
    }
    return fd;
}

// Counts the answers (each ends with the only empty line in it) and keeps `pipelined` requests
// under way on each connection. Gives the number answered.
uint64_t drive(const Target& target, std::string_view path, int pipelined, double seconds) {
    std::string burst;
    for (int i = 0; i < pipelined; ++i) {
        burst += "GET " + std::string(path) +
                 " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                 "calm_api_0123456789012345678901234567890123456789012\r\n\r\n";
    }
    const int poll = epoll_create1(0);
    std::vector<int> matched(kConnections *
                             64);  // by descriptor: how much of CRLFCRLF has been seen
    std::vector<int> under_way(kConnections * 64);
    for (int i = 0; i < kConnections; ++i) {
        const int fd = connect_to(target);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
        under_way[static_cast<size_t>(fd)] = pipelined;
        if (write(fd, burst.data(), burst.size()) < 0) return 0;
    }
    uint64_t answered = 0;
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    char buffer[65536];
    while (std::chrono::steady_clock::now() < end) {
        epoll_event events[kConnections];
        const int ready = epoll_wait(poll, events, kConnections, 100);
        for (int i = 0; i < ready; ++i) {
            const int fd = events[i].data.fd;
            const ssize_t bytes = read(fd, buffer, sizeof buffer);
            if (bytes <= 0) return answered;
            int& seen = matched[static_cast<size_t>(fd)];
            int& left = under_way[static_cast<size_t>(fd)];
            for (ssize_t at = 0; at < bytes; ++at) {
                seen = buffer[at] == "\r\n\r\n"[seen] ? seen + 1 : (buffer[at] == '\r' ? 1 : 0);
                if (seen < 4) continue;
                seen = 0;
                ++answered;
                --left;
            }
            if (left > 0) continue;
            left = pipelined;
            if (write(fd, burst.data(), burst.size()) < 0) return answered;
        }
    }
    return answered;
}

// Runs `drive` in a child on the second core while `serve` runs here; gives the child's count.
template <class Serve>
uint64_t drive_in_child(const Target& target, std::string_view path, int pipelined, double seconds,
                        Serve serve) {
    int result[2];
    if (pipe(result) != 0) return 0;
    const pid_t child = fork();
    if (child == 0) {
        pin_to(1);
        const uint64_t count = drive(target, path, pipelined, seconds);
        _exit(write(result[1], &count, sizeof count) == sizeof count ? 0 : 1);
    }
    close(result[1]);
    serve();
    uint64_t count = 0;
    if (read(result[0], &count, sizeof count) != sizeof count) count = 0;
    close(result[0]);
    waitpid(child, nullptr, 0);
    return count;
}

void measure_own(double seconds) {
    pin_to(0);
    boost::asio::io_context loop(1);
    Route route;
    route.pattern = "/v1/admissions/check";
    route.right = Right{1};
    route.summary = "measured";
    route.handler = [](const Request&, Responder responder) {
        responder.send(204, {}, {}, "X-CALM-Verdict: allow\r\nX-CALM-Cal: 17\r\n");
    };
    auto routes = RouteTable::make({route});
    Server server(loop, std::move(*routes),
                  [](const Request&, const Route&) -> calm::Result<Caller> { return Caller{}; });
    Target tcp;
    tcp.port = server.listen_tcp("127.0.0.1", 0, nullptr).value();
    Target local;
    local.unix_path = "/tmp/calm_http_floor_" + std::to_string(getpid()) + ".sock";
    if (!server.listen_unix(local.unix_path)) return;
    for (const Target& target : {tcp, local}) {
        for (const int pipelined : {1, 16}) {
            const double before = processor_seconds();
            const uint64_t count =
                drive_in_child(target, "/v1/admissions/check", pipelined, seconds, [&] {
                    loop.run_for(std::chrono::milliseconds(static_cast<int>(seconds * 1000) + 200));
                });
            const double used = processor_seconds() - before;
            std::printf("%-4s pipelined %2d  %9.0f requests/s  %6.2f us of processor each\n",
                        target.unix_path.empty() ? "tcp" : "unix", pipelined,
                        static_cast<double>(count) / seconds,
                        used * 1e6 / static_cast<double>(count));
            loop.restart();
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
    if (argc > 2) {
        Target other;
        other.port = static_cast<uint16_t>(std::atoi(argv[2]));
        for (const int pipelined : {1, 16}) {
            const uint64_t count =
                drive_in_child(other, argc > 3 ? argv[3] : "/", pipelined, seconds, [] {});
            std::printf("other pipelined %2d  %9.0f requests/s\n", pipelined,
                        static_cast<double>(count) / seconds);
        }
        return 0;
    }
    measure_own(seconds);
    return 0;
}
