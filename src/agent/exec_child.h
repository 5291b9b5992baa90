// A child of a test that is this program again. One that is only forked may wait for ever: another
// thread of the test may hold a lock, such as the allocator's, which nobody in the child releases.
// Included by tests only.
//
//   const ChildMain kEcho("echo", [](const Words& words, int in, int out) { … });
//   ExecChild child("echo", {"one", "two"});
#pragma once

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace calm::test {

using Words = std::vector<std::string>;

// What the program does in the place of its tests where it was started as this child.
class ChildMain {
  public:
    static constexpr const char* kName = "CALM_TEST_CHILD";
    static constexpr const char* kWords = "CALM_TEST_CHILD_WORDS";  // a line each
    static constexpr int kIn = 60;
    static constexpr int kOut = 61;

    ChildMain(std::string_view name, void (*run)(const Words& words, int in, int out)) {
        const char* wanted = std::getenv(kName);
        if (wanted == nullptr || name != wanted) return;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        // The test's own descriptors must not live on here.
        for (int fd = 3; fd < 1024; ++fd) {
            if (fd != kIn && fd != kOut) close(fd);
        }
        Words words;
        std::string_view rest = std::getenv(kWords);
        for (size_t end = 0; (end = rest.find('\n')) != std::string_view::npos;
             rest.remove_prefix(end + 1)) {
            words.emplace_back(rest.substr(0, end));
        }
        run(words, kIn, kOut);
        _exit(0);
    }
};

// Its two pipes and its end.
class ExecChild {
  public:
    ExecChild(const std::string& name, const Words& words) {
        std::array<int, 2> to{};
        std::array<int, 2> from{};
        EXPECT_EQ(pipe2(to.data(), O_CLOEXEC), 0);
        EXPECT_EQ(pipe2(from.data(), O_CLOEXEC), 0);
        // All that is allocated is so before the fork.
        std::string named = std::string(ChildMain::kName) + "=" + name;
        std::string told = std::string(ChildMain::kWords) + "=";
        for (const std::string& word : words)
            told += word + "\n";
        std::vector<char*> environment;
        for (char** each = environ; *each != nullptr; ++each)
            environment.push_back(*each);
        environment.insert(environment.end(), {named.data(), told.data(), nullptr});
        std::string program = "/proc/self/exe";
        const std::array<char*, 2> arguments{program.data(), nullptr};
        pid_ = fork();
        if (pid_ == 0) {
            dup2(to[0], ChildMain::kIn);
            dup2(from[1], ChildMain::kOut);
            execve(program.c_str(), arguments.data(), environment.data());
            _exit(127);
        }
        close(to[0]);
        close(from[1]);
        in = to[1];
        out = from[0];
    }
    ExecChild(const ExecChild&) = delete;
    ExecChild& operator=(const ExecChild&) = delete;
    ~ExecChild() {
        if (pid_ > 0) be_killed();
        close(in);
        close(out);
    }

    void be_killed() {
        kill(pid_, SIGKILL);
        reap();
    }
    void reap() {
        EXPECT_EQ(waitpid(pid_, nullptr, 0), pid_);
        pid_ = 0;
    }

    int in = -1;   // to write to
    int out = -1;  // to read from

  private:
    pid_t pid_ = 0;
};

}  // namespace calm::test
