// An agent for tests of whoever asks: it listens where calm-hostd would, and says what the test
// wants. Included by tests only.
#pragma once

#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace calm::test {

// `behaviour` gets the open connection and does what it likes; the connection is closed after it.
// One at a time.
class ScriptedAgent {
  public:
    using Behaviour = std::function<void(int connection, const std::string& question)>;

    // `listens`: otherwise the connection is answered and closed before anything is read.
    ScriptedAgent(const std::string& path, Behaviour behaviour, bool listens = true)
        : path_(path), behaviour_(std::move(behaviour)), listens_(listens) {
        listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(listen(listener_, 8), 0);
        EXPECT_EQ(pipe(stop_), 0);
        thread_ = std::thread([this] { run(); });
    }
    ~ScriptedAgent() {
        close(stop_[1]);
        thread_.join();
        close(stop_[0]);
        close(listener_);
        unlink(path_.c_str());
    }
    ScriptedAgent(const ScriptedAgent&) = delete;
    ScriptedAgent& operator=(const ScriptedAgent&) = delete;

    std::vector<std::string> questions() {
        const std::lock_guard lock(mutex_);
        return questions_;
    }

    // Readable once the test is over: a behaviour that says nothing waits for it.
    int stop_fd() const { return stop_[0]; }

  private:
    void run() {
        while (true) {
            pollfd waiting[2] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
            poll(waiting, 2, -1);
            if (waiting[1].revents != 0) return;
            const int connection = accept(listener_, nullptr, nullptr);
            std::string question;
            char c = 0;
            while (listens_ && recv(connection, &c, 1, 0) == 1 && c != '\n')
                question += c;
            {
                const std::lock_guard lock(mutex_);
                questions_.push_back(question);
            }
            behaviour_(connection, question);
            close(connection);
        }
    }

    const std::string path_;
    const Behaviour behaviour_;
    const bool listens_;
    int listener_ = -1;
    int stop_[2] = {-1, -1};
    std::mutex mutex_;
    std::vector<std::string> questions_;
    std::thread thread_;
};

inline ScriptedAgent::Behaviour says(std::string answer) {
    return [answer = std::move(answer)](int connection, const std::string&) {
        send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    };
}

// One answer to the first question, another to all that follow.
inline ScriptedAgent::Behaviour says_first(std::string first, std::string then) {
    return [asked = std::make_shared<int>(0), first = std::move(first), then = std::move(then)](
               int connection, const std::string&) {
        const std::string& answer = ++*asked == 1 ? first : then;
        send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    };
}

}  // namespace calm::test
