// Non-blocking from the first call on; the deadline is kept on the monotonic clock.
#include "asking/conversation.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

namespace calm::asking {

long long monotonic_ms() {
    timespec now{};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<long long>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

namespace {

class Line {
  public:
    explicit Line(int budget_ms) : deadline_ms_(monotonic_ms() + budget_ms) {}
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() {
        if (fd_ >= 0) close(fd_);
    }

    bool connect_to(const char* path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (strlen(path) >= sizeof address.sun_path) return false;
        memcpy(address.sun_path, path, strlen(path) + 1);
        fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd_ < 0) return false;
        while (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            // EAGAIN: hostd's queue is full; poll() cannot wait for that.
            if (errno != EAGAIN && errno != EINTR) return false;
            if (left_ms() <= 0) return late();
            poll(nullptr, 0, 10);
        }
        return true;
    }

    bool send_all(std::string_view text) {
        while (!text.empty()) {
            const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent > 0) {
                text.remove_prefix(static_cast<size_t>(sent));
            } else if (!may_retry() || !wait_for(POLLOUT)) {
                return false;
            }
        }
        return true;
    }

    size_t receive_line(char (&into)[kAnswerMax]) {
        size_t size = 0;
        while (size < sizeof into) {
            const ssize_t received = recv(fd_, into + size, sizeof into - size, 0);
            if (received > 0) {
                silence_ = Silence::cut_off;
                const void* end = memchr(into + size, '\n', static_cast<size_t>(received));
                if (end != nullptr) {
                    return static_cast<size_t>(static_cast<const char*>(end) - into);
                }
                size += static_cast<size_t>(received);
            } else if (received == 0 || !may_retry() || !wait_for(POLLIN)) {
                return 0;
            }
        }
        return 0;
    }

    Silence silence() const { return silence_; }

  private:
    bool late() {
        silence_ = Silence::no_time;
        return false;
    }

    int left_ms() const { return static_cast<int>(deadline_ms_ - monotonic_ms()); }

    static bool may_retry() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

    bool wait_for(short events) {
        pollfd waiting{.fd = fd_, .events = events, .revents = 0};
        while (true) {
            const int left = left_ms();
            if (left <= 0) return late();
            const int ready = poll(&waiting, 1, left);
            if (ready > 0) return true;
            if (ready < 0 && errno != EINTR) return false;
        }
    }

    long long deadline_ms_;
    int fd_ = -1;
    Silence silence_ = Silence::nobody;  // if there is no answer
};

}  // namespace

size_t converse(const char* socket_path, std::string_view question, int budget_ms,
                char (&answer)[kAnswerMax], Silence& silence) {
    Line line(budget_ms);
    size_t size = 0;
    if (line.connect_to(socket_path)) {
        // Also when the question could not leave: who may not ask is told so before they have
        // asked.
        line.send_all(question);
        size = line.receive_line(answer);
    }
    // An empty line is no answer either.
    silence = size > 0 ? Silence::none : line.silence();
    return size;
}

}  // namespace calm::asking
