// A thousand clients at once, each on a connection of its own.
#include <cerrno>
#include <cstring>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http_runner.h"

namespace calm::testing {
namespace {

constexpr size_t kClients = 1000;

// Both ends of every connection are in this process.
bool may_open_enough() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    constexpr rlim_t kWanted = 2 * kClients + 200;
    if (limit.rlim_cur >= kWanted) return true;
    limit.rlim_cur = std::min<rlim_t>(kWanted, limit.rlim_max);
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= kWanted;
}

// Connections that are written to and read from together; one request at a time on each.
class Crowd {
  public:
    Crowd(const std::string& socket, size_t size) {
        for (size_t i = 0; i < size; ++i) {
            const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
            const bool open = fd >= 0 && ::connect(fd, reinterpret_cast<sockaddr*>(&address),
                                                   sizeof address) == 0;
            EXPECT_TRUE(open) << "connection " << i << ": " << std::strerror(errno);
            fds_.push_back(fd);
        }
    }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    ~Crowd() {
        for (const int fd : fds_)
            ::close(fd);
    }

    // Sends one request on each connection, all before any answer is read, and collects the
    // answers in their order. An answer that does not come has the status 0.
    std::vector<Answer> ask(const std::vector<std::string>& requests) {
        for (size_t i = 0; i < requests.size(); ++i) {
            const auto size = static_cast<ssize_t>(requests[i].size());
            EXPECT_EQ(::send(fds_[i], requests[i].data(), requests[i].size(), MSG_NOSIGNAL), size);
        }
        std::vector<Answer> answers(requests.size());
        std::vector<std::string> input(requests.size());
        size_t missing = requests.size();
        while (missing > 0) {
            std::vector<pollfd> open;
            for (size_t i = 0; i < requests.size(); ++i) {
                open.push_back({.fd = answers[i].status == 0 ? fds_[i] : -1, .events = POLLIN});
            }
            if (::poll(open.data(), open.size(), 60'000) <= 0) break;
            for (size_t i = 0; i < open.size(); ++i) {
                if (open[i].revents == 0) continue;
                char buffer[16384];
                const ssize_t got = ::recv(fds_[i], buffer, sizeof buffer, 0);
                if (got <= 0) return answers;
                input[i].append(buffer, static_cast<size_t>(got));
                if (complete(input[i], answers[i])) --missing;
            }
        }
        return answers;
    }

  private:
    static bool complete(const std::string& input, Answer& answer) {
        const size_t end = input.find("\r\n\r\n");
        if (end == std::string::npos) return false;
        Answer read{.head = input.substr(0, end + 2)};
        const size_t size = std::strtoul(read.header("Content-Length").c_str(), nullptr, 10);
        if (input.size() < end + 4 + size) return false;
        read.body = input.substr(end + 4, size);
        read.status = std::atoi(read.head.c_str() + 9);
        answer = std::move(read);
        return true;
    }

    std::vector<int> fds_;
};

std::string post(std::string_view path, std::string_view body) {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: calm\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        path, body.size(), body);
}
std::string get(std::string_view path) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: calm\r\n\r\n", path);
}
std::string question(std::string_view product, std::string_view user) {
    return post("/v1/admissions",
                fmt::format(R"({{"product":"{}","user":"{}","host":1}})", product, user));
}

TEST(Crowd, of_a_thousand_who_want_the_last_seat_one_gets_it) {
    if (!may_open_enough()) GTEST_SKIP() << "too few files may be open (ulimit -n)";
    HttpRunner runner;
    prepare(runner,
            "product p-1 requires activated overuse refuse\nhost host-1 mode per_user\n"
            "pack P p-1 per_user 3\nadmit a - p-1 allow cal_issued\n"
            "admit b - p-1 allow cal_issued\n");
    Crowd crowd(runner.server().socket(), kClients);
    std::vector<std::string> questions;
    for (size_t i = 0; i < kClients; ++i)
        questions.push_back(question("p-1", fmt::format("user-{}", i)));
    std::map<std::string, size_t> told;
    for (const Answer& answer : crowd.ask(questions)) {
        ASSERT_EQ(answer.status, 200) << answer.body;
        const auto json = answer.json();
        ++told[std::string(json.at("reason").as_string())];
        const bool allowed = json.at("verdict").as_string() == "allow";
        EXPECT_EQ(json.as_object().contains("cal"), allowed);
        EXPECT_EQ(json.as_object().contains("sentence"), !allowed);
    }
    EXPECT_EQ(told, (std::map<std::string, size_t>{{"cal_issued", 1},
                                                   {"no_cal_available", kClients - 1}}));
    // And so it stays: who asks again is told the same.
    told.clear();
    for (const Answer& answer : crowd.ask(questions))
        ++told[std::string(answer.json().at("reason").as_string())];
    EXPECT_EQ(told,
              (std::map<std::string, size_t>{{"cal_held", 1}, {"no_cal_available", kClients - 1}}));
}

TEST(Crowd, under_mixed_load_nobody_is_answered_with_a_failure_of_the_server) {
    if (!may_open_enough()) GTEST_SKIP() << "too few files may be open (ulimit -n)";
    HttpRunner runner;
    prepare(
        runner,
        "product p-1 requires activated overuse refuse\nproduct m-1 requires trusted\n"
        "host host-1 mode per_user\npack P p-1 per_user 100\npack M m-1 per_user 50 declared\n");
    Crowd crowd(runner.server().socket(), kClients);
    const auto request = [](size_t client, size_t round) {
        const std::string user = fmt::format("user-{}", (client * 7 + round * 13) % 400);
        switch ((client + round) % 10) {
            case 0: return get("/v1/cals?limit=20");
            case 1: return get("/v1/status");
            case 2: return post("/v1/admissions", "{");
            case 3: return get("/v1/cals/4000000000");
            case 4: return post(fmt::format("/v1/cals/{}/release", client % 90 + 1), "");
            case 5:
                return post(
                    "/v1/admissions/batch",
                    fmt::format(R"({{"admissions":[{{"product":"p-1","user":"{0}","host":1}},)"
                                R"({{"product":"m-1","user":"{0}","host":1}}]}})",
                                user));
            case 6: return get("/metrics");
            case 7: return question("m-1", user);
            default: return question("p-1", user);
        }
    };
    for (size_t round = 0; round < 5; ++round) {
        std::vector<std::string> requests;
        for (size_t i = 0; i < kClients; ++i)
            requests.push_back(request(i, round));
        const auto answers = crowd.ask(requests);
        for (size_t i = 0; i < answers.size(); ++i) {
            EXPECT_TRUE(answers[i].status >= 200 && answers[i].status < 500)
                << answers[i].status << " to " << requests[i] << "\n"
                << answers[i].body;
        }
    }
}

}  // namespace
}  // namespace calm::testing
