// Two runs of virsh: all machines, and those that run.
#include "agent/desktops.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/host_json.h"

extern char** environ;

namespace calm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience{5000};  // for both runs
constexpr size_t kOutputMax = size_t{256} << 10;

std::unexpected<Error> unreadable(std::string_view why) {
    return fail("desktops_unreadable", fmt::format("virsh: {}", why));
}

// Starts a program that writes into `output`. Errors: a number of errno.
int spawn_into(int output, std::vector<std::string>& words, pid_t& pid) {
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // The agent's threads block the signals that end it; virsh must not.
    sigset_t blocked;
    sigset_t usual;
    sigemptyset(&blocked);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigmask(&how, &blocked);
    posix_spawnattr_setsigdefault(&how, &usual);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int error =
        posix_spawnp(&pid, arguments.front(), &files, &how, arguments.data(), environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

// False: there is more than fits, or it did not end in time.
bool read_all(int fd, steady_clock::time_point deadline, std::string& text) {
    std::array<char, 4096> bytes{};
    while (text.size() <= kOutputMax) {
        const auto left =
            std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
        pollfd ready{fd, POLLIN, 0};
        const int polled = left > 0 ? poll(&ready, 1, static_cast<int>(left)) : 0;
        if (polled < 0 && errno == EINTR) continue;
        if (polled <= 0) return false;
        const ssize_t size = read(fd, bytes.data(), bytes.size());
        if (size == 0) return true;
        if (size < 0 && errno != EINTR) return false;
        if (size > 0) text.append(bytes.data(), static_cast<size_t>(size));
    }
    return false;
}

Result<std::string> output_of(std::vector<std::string> words, steady_clock::time_point deadline) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return unreadable(strerror(errno));
    pid_t pid = 0;
    const int error = spawn_into(ends[1], words, pid);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        return unreadable(strerror(error));
    }
    std::string text;
    const bool whole = read_all(ends[0], deadline, text);
    close(ends[0]);
    if (!whole) kill(pid, SIGKILL);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!whole) return unreadable("it did not end in time, or said too much");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return unreadable("it failed");
    return text;
}

}  // namespace

std::vector<std::string> parse_desktop_names(std::string_view output) {
    std::vector<std::string> names;
    while (!output.empty() && names.size() < wire::kStationsMax) {
        const size_t end = std::min(output.find('\n'), output.size());
        if (end > 0) names.emplace_back(output.substr(0, end));
        output.remove_prefix(std::min(end + 1, output.size()));
    }
    return names;
}

Result<std::vector<Desktop>> look_at_desktops(const std::string& connection) {
    const auto deadline = steady_clock::now() + kPatience;
    const std::vector<std::string> list{"virsh",    "--quiet", "--readonly", "--connect",
                                        connection, "list",    "--name"};
    std::vector<std::string> all = list;
    all.emplace_back("--all");
    CALM_TRY_ASSIGN(const std::string defined, output_of(all, deadline));
    CALM_TRY_ASSIGN(const std::string running, output_of(list, deadline));
    const std::vector<std::string> up = parse_desktop_names(running);
    std::vector<Desktop> desktops;
    for (std::string& name : parse_desktop_names(defined)) {
        const bool runs = std::ranges::find(up, name) != up.end();
        desktops.push_back({.name = std::move(name), .runs = runs});
    }
    return desktops;
}

}  // namespace calm
