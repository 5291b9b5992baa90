// WebDoor: the Unix socket that a web server asks at. Connections are kept, for a web server asks
// for each request that it is sent: one thread waits for all that are idle, and a few others
// answer, each of which a slow license server may hold up for as long as the budget.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

#include "agent/web_question.h"
#include "agent/workers.h"
#include "base/result.h"

namespace calm {

class WebDoor {
  public:
    struct Settings {
        std::string path;
        std::vector<uid_t> may_ask;  // beside root and the agent's own account
        size_t threads = 16;         // questions answered at once
        size_t connections_max = 512;
        std::chrono::milliseconds patience{1000};    // for a head to arrive, an answer to leave
        std::chrono::milliseconds idle_max{75'000};  // between questions
    };

    // Called on the door's threads, many at a time; must not throw. Gives the whole answer.
    using Handler = std::function<std::string(const WebQuestion&)>;

    // Listens from now on. Errors: those of listen_at().
    static Result<std::unique_ptr<WebDoor>> start(Settings settings, Handler handler);

    // Answers what was asked, then closes and removes the socket.
    ~WebDoor();
    WebDoor(const WebDoor&) = delete;
    WebDoor& operator=(const WebDoor&) = delete;

  private:
    using Clock = std::chrono::steady_clock;

    struct Connection {
        int fd = -1;
        std::string bytes;  // of a head that is not all there
        Clock::time_point until;
        bool dropped = false;
    };

    WebDoor(Settings settings, Handler handler, int listener, int wake_read, int wake_write);

    void run();
    int milliseconds_left() const;
    void take_back();
    void accept_one();
    void refuse(int fd);
    void read_from(Connection& connection);
    void hand_over(Connection& connection, size_t head_size);
    void answer(int fd, const std::string& head, std::string rest);
    void wake();
    void drop(Connection& connection);

    const Settings settings_;
    const Handler handler_;
    const int listener_;
    const int wake_read_;
    const int wake_write_;
    std::vector<Connection> idle_;  // the waiting thread's own
    size_t busy_ = 0;               // the waiting thread's own: handed over and not yet back
    std::vector<uid_t> told_;       // the waiting thread's own: whose refusal stands in the log

    std::mutex mutex_;
    std::vector<Connection> answered_;  // on their way back; fd -1: it was closed
    bool stopping_ = false;

    std::unique_ptr<Workers> workers_;
    std::thread thread_;
};

}  // namespace calm
