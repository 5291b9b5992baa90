// /proc/PID/stat: the state and the time of the start (proc(5), fields 3 and 22).
#include "agent/leader.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

namespace calm {
namespace {

struct Process {
    char state = '?';
    uint64_t started = 0;
};

std::string stat_line(pid_t pid) {
    const std::string path = fmt::format("/proc/{}/stat", pid);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {};
    std::array<char, 1024> text{};
    const ssize_t size = ::read(fd, text.data(), text.size());
    ::close(fd);
    return size > 0 ? std::string(text.data(), static_cast<size_t>(size)) : std::string();
}

std::optional<Process> look_at(pid_t pid) {
    const std::string line = stat_line(pid);
    // The name stands in parentheses and may hold anything, parentheses too.
    size_t at = line.rfind(')');
    if (at == std::string::npos || at + 2 >= line.size()) return {};
    Process process{.state = line[at + 2]};
    for (int field = 2; field < 22; ++field) {
        at = line.find(' ', at + 1);
        if (at == std::string::npos) return {};
    }
    const char* const end = line.data() + line.size();
    if (std::from_chars(line.data() + at + 1, end, process.started).ec != std::errc()) return {};
    return process;
}

// It has ended, and its parent has not noticed yet.
bool is_dead(const Process& process) {
    return process.state == 'Z' || process.state == 'X';
}

}  // namespace

std::optional<Leader> leader_of(pid_t pid) {
    if (pid <= 0) return {};
    const auto process = look_at(pid);
    if (!process || is_dead(*process)) return {};
    return Leader{.pid = pid, .started = process->started};
}

bool lives(const Leader& leader) {
    if (const auto process = look_at(leader.pid)) {
        return !is_dead(*process) && process->started == leader.started;
    }
    return kill(leader.pid, 0) == 0 || errno != ESRCH;
}

}  // namespace calm
