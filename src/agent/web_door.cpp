// poll(), and workers.
#include "agent/web_door.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/unix_socket.h"

namespace calm {

Result<std::unique_ptr<WebDoor>> WebDoor::start(Settings settings, Handler handler) {
    CALM_TRY_ASSIGN(const int listener, listen_at(settings.path));
    int wake[2];
    if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0) {
        close(listener);
        return fail("agent_socket_failed",
                    fmt::format("cannot listen at `{}`: {}", settings.path, std::strerror(errno)));
    }
    return std::unique_ptr<WebDoor>(
        new WebDoor(std::move(settings), std::move(handler), listener, wake[0], wake[1]));
}

WebDoor::WebDoor(Settings settings, Handler handler, int listener, int wake_read, int wake_write)
    : settings_(std::move(settings)),
      handler_(std::move(handler)),
      listener_(listener),
      wake_read_(wake_read),
      wake_write_(wake_write),
      workers_(std::make_unique<Workers>(settings_.threads, settings_.connections_max)) {
    thread_ = std::thread([this] { run(); });
}

WebDoor::~WebDoor() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake();
    thread_.join();
    unlink(settings_.path.c_str());
    close(listener_);
    close(wake_read_);
    close(wake_write_);
}

void WebDoor::wake() {
    const char byte = 0;
    // A full pipe wakes as well.
    [[maybe_unused]] const ssize_t written = write(wake_write_, &byte, 1);
}

void WebDoor::run() {
    bool stopping = false;
    while (!stopping || busy_ > 0) {
        std::vector<pollfd> waiting{{.fd = wake_read_, .events = POLLIN, .revents = 0}};
        // At its limit, and at its end, it lets new ones wait.
        const bool accepts = !stopping && idle_.size() + busy_ < settings_.connections_max;
        waiting.push_back({.fd = accepts ? listener_ : -1, .events = POLLIN, .revents = 0});
        for (const Connection& each : idle_)
            waiting.push_back({.fd = each.fd, .events = POLLIN, .revents = 0});
        if (poll(waiting.data(), waiting.size(), milliseconds_left()) < 0 && errno != EINTR) break;
        for (size_t i = 0; i < idle_.size(); ++i) {
            if (waiting[i + 2].revents != 0) read_from(idle_[i]);
        }
        const auto now = Clock::now();
        for (Connection& each : idle_) {
            if (!each.dropped && (stopping || each.until <= now)) drop(each);
        }
        std::erase_if(idle_, [](const Connection& each) { return each.dropped; });
        take_back();
        if (waiting[1].revents != 0) accept_one();
        const std::scoped_lock lock(mutex_);
        stopping = stopping_;
    }
    workers_.reset();
    take_back();
    for (Connection& each : idle_)
        drop(each);
}

int WebDoor::milliseconds_left() const {
    constexpr int kLong = 60'000;
    const auto now = Clock::now();
    auto left = std::chrono::milliseconds(kLong);
    for (const Connection& each : idle_) {
        left = std::min(left, std::chrono::ceil<std::chrono::milliseconds>(each.until - now));
    }
    return static_cast<int>(std::max<int64_t>(left.count(), 0));
}

// What the workers have answered is idle again.
void WebDoor::take_back() {
    char bytes[256];
    while (read(wake_read_, bytes, sizeof bytes) > 0) {
    }
    std::vector<Connection> back;
    {
        const std::scoped_lock lock(mutex_);
        back.swap(answered_);
    }
    busy_ -= back.size();
    for (Connection& each : back) {
        if (each.fd < 0) continue;
        // The next question may have come with the one before.
        const size_t head = web_head_size(each.bytes);
        if (head > 0) {
            hand_over(each, head);
        } else {
            each.until =
                Clock::now() + (each.bytes.empty() ? settings_.idle_max : settings_.patience);
        }
        if (!each.dropped) idle_.push_back(std::move(each));
    }
}

void WebDoor::accept_one() {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        // Out of descriptors: the queue keeps the caller until one is free.
        if (errno == EMFILE || errno == ENFILE) poll(nullptr, 0, 50);
        return;
    }
    if (!peer_that_may_ask(fd, settings_.may_ask)) {
        refuse(fd);
        return;
    }
    idle_.push_back({.fd = fd, .bytes = {}, .until = Clock::now() + settings_.idle_max});
}

// Not answered: whoever may not ask must not hold a connection either. So it stands in the log,
// once for each account.
void WebDoor::refuse(int fd) {
    constexpr size_t kToldMax = 16;
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool known = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    close(fd);
    if (!known || told_.size() >= kToldMax || std::ranges::find(told_, peer.uid) != told_.end()) {
        return;
    }
    told_.push_back(peer.uid);
    spdlog::warn("{}: the account {} may not ask; `ask_as` of host.toml says who may",
                 settings_.path, peer.uid);
}

void WebDoor::read_from(Connection& connection) {
    char piece[4096];
    const ssize_t got = recv(connection.fd, piece, sizeof piece, 0);
    if (got == 0 || (got < 0 && !may_retry())) return drop(connection);
    if (got < 0) return;
    if (connection.bytes.empty()) connection.until = Clock::now() + settings_.patience;
    connection.bytes.append(piece, static_cast<size_t>(got));
    const size_t head = web_head_size(connection.bytes);
    if (head > 0) return hand_over(connection, head);
    if (connection.bytes.size() > kWebHeadBytesMax) drop(connection);
}

// From here on the connection is a worker's.
void WebDoor::hand_over(Connection& connection, size_t head_size) {
    std::string head = connection.bytes.substr(0, head_size);
    std::string rest = connection.bytes.substr(head_size);
    const int fd = connection.fd;
    if (!workers_->push([this, fd, head = std::move(head), rest = std::move(rest)]() mutable {
            answer(fd, head, std::move(rest));
        })) {
        return drop(connection);
    }
    ++busy_;
    connection.fd = -1;
    connection.dropped = true;
}

void WebDoor::answer(int fd, const std::string& head, std::string rest) {
    const auto question = parse_web_question(head);
    const std::string answer =
        question ? handler_(*question)
                 : web_answer(400, {{"CALM-Reason", question.error().code}}, true);
    const bool sent = send_all(fd, answer, Clock::now() + settings_.patience);
    Connection back{.fd = fd, .bytes = std::move(rest), .until = {}};
    if (!sent || !question || question->last) drop(back);
    {
        const std::scoped_lock lock(mutex_);
        answered_.push_back(std::move(back));
    }
    wake();
}

void WebDoor::drop(Connection& connection) {
    if (connection.fd >= 0) close(connection.fd);
    connection.fd = -1;
    connection.dropped = true;
}

}  // namespace calm
