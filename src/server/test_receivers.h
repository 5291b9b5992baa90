// For tests: a mail server and a web server on loopback that take what alerts send, and remember
// it. They speak as little SMTP and HTTP as a sender needs.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"

namespace calm::testing {

class TestReceivers {
  public:
    // What the n-th POST is answered (from 1), and every RCPT.
    using Status = std::function<int(size_t nth)>;
    explicit TestReceivers(
        Status status = [](size_t) { return 200; }, int rcpt_answer = 250)
        : status_(std::move(status)),
          rcpt_answer_(rcpt_answer),
          smtp_(listen_anywhere()),
          http_(listen_anywhere()),
          smtp_thread_([this] { serve(smtp_, &TestReceivers::take_mail); }),
          http_thread_([this] { serve(http_, &TestReceivers::take_post); }) {}

    ~TestReceivers() {
        stopping_ = true;
        smtp_thread_.join();
        http_thread_.join();
        ::close(smtp_);
        ::close(http_);
    }
    TestReceivers(const TestReceivers&) = delete;
    TestReceivers& operator=(const TestReceivers&) = delete;

    uint16_t smtp_port() const { return port_of(smtp_); }
    uint16_t http_port() const { return port_of(http_); }

    // A mail: its envelope's lines, then its text. A post: its whole head, an empty line, its body.
    std::vector<std::string> mails() const { return copy(mails_); }
    std::vector<std::string> posts() const { return copy(posts_); }

    // Whether there are so many within ten seconds.
    bool wait_for(size_t mails, size_t posts) const {
        for (int i = 0; i < 500; ++i) {
            if (this->mails().size() >= mails && this->posts().size() >= posts) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return false;
    }

  private:
    static int listen_anywhere() {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        CALM_ASSERT(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        CALM_ASSERT(::listen(fd, 16) == 0);
        return fd;
    }

    static uint16_t port_of(int fd) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        CALM_ASSERT(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        return ntohs(address.sin_port);
    }

    void serve(int listener, void (TestReceivers::*take)(int)) {
        while (!stopping_) {
            pollfd ready{.fd = listener, .events = POLLIN, .revents = 0};
            if (::poll(&ready, 1, 50) != 1) continue;
            const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) continue;
            const timeval limit{.tv_sec = 5, .tv_usec = 0};
            ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
            (this->*take)(fd);
            ::close(fd);
        }
    }

    static bool more(int fd, std::string& into) {
        char buffer[4096];
        const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0) return false;
        into.append(buffer, static_cast<size_t>(got));
        return true;
    }

    static void say(int fd, std::string_view text) {
        static_cast<void>(::send(fd, text.data(), text.size(), MSG_NOSIGNAL));
    }

    void take_mail(int fd) {
        std::string input;
        std::string mail;
        say(fd, "220 test\r\n");
        while (true) {
            const size_t end = input.find("\r\n");
            if (end == std::string::npos) {
                if (!more(fd, input)) return;
                continue;
            }
            const std::string line = input.substr(0, end);
            input.erase(0, end + 2);
            if (line.starts_with("MAIL") || line.starts_with("RCPT")) mail += line + "\n";
            if (line.starts_with("RCPT")) {
                say(fd, std::to_string(rcpt_answer_) + " as planned\r\n");
            } else if (line == "DATA") {
                say(fd, "354 go on\r\n");
                while (input.find("\r\n.\r\n") == std::string::npos) {
                    if (!more(fd, input)) return;
                }
                const size_t dot = input.find("\r\n.\r\n");
                remember(mails_, mail + "\n" + input.substr(0, dot + 2));
                input.erase(0, dot + 5);
                mail.clear();
                say(fd, "250 taken\r\n");
            } else if (line == "QUIT") {
                return say(fd, "221 bye\r\n");
            } else {
                say(fd, "250 test\r\n");
            }
        }
    }

    void take_post(int fd) {
        std::string input;
        while (input.find("\r\n\r\n") == std::string::npos) {
            if (!more(fd, input)) return;
        }
        constexpr std::string_view kLength = "Content-Length: ";
        const size_t length = input.find(kLength);
        const size_t body = input.find("\r\n\r\n") + 4;
        const size_t size =
            length == std::string::npos ? 0 : std::stoul(input.substr(length + kLength.size()));
        while (input.size() < body + size) {
            if (!more(fd, input)) return;
        }
        const int status = status_(remember(posts_, input));
        say(fd, "HTTP/1.1 " + std::to_string(status) +
                    " as planned\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    size_t remember(std::vector<std::string>& list, std::string text) {
        const std::lock_guard lock(mutex_);
        list.push_back(std::move(text));
        return list.size();
    }
    std::vector<std::string> copy(const std::vector<std::string>& list) const {
        const std::lock_guard lock(mutex_);
        return list;
    }

    const Status status_;
    const int rcpt_answer_;
    mutable std::mutex mutex_;
    std::vector<std::string> mails_;
    std::vector<std::string> posts_;
    std::atomic<bool> stopping_ = false;
    const int smtp_;
    const int http_;
    std::thread smtp_thread_;  // last: they use all of the above
    std::thread http_thread_;
};

}  // namespace calm::testing
