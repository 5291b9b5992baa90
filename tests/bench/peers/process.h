// Child processes of a measurement: started here, stopped by their id, never left behind.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace calm::bench {

class Process {
  public:
    Process() = default;
    // Starts a program (found on PATH) pinned to a core (-1: not pinned), its output to `log`.
    Process(const std::vector<std::string>& command, int core, const std::string& log,
            const std::map<std::string, std::string>& environment = {});
    Process(Process&& other) noexcept : pid_(other.pid_) { other.pid_ = 0; }
    Process& operator=(Process&& other) noexcept;
    ~Process() { stop(); }

    bool running() const;
    void stop();  // SIGTERM, and SIGKILL after 20 s
    void kill();  // SIGKILL

    uint64_t resident_bytes() const;
    double processor_seconds() const;

  private:
    pid_t pid_ = 0;
};

// A directory that is removed at the end.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::string& path() const { return path_; }
    std::string operator/(const char* name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

uint64_t directory_bytes(const std::string& path);
uint16_t free_port();

}  // namespace calm::bench
