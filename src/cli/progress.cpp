// Progress lines.
#include "cli/progress.h"

#include <array>
#include <condition_variable>
#include <mutex>
#include <ostream>

#include <fmt/format.h>

namespace calm::cli {

void Progress::at(uint64_t done, uint64_t total) {
    constexpr auto kPatience = std::chrono::seconds(2);
    const bool tty = call_.terminal().err_is_tty;
    const auto pause = tty ? std::chrono::milliseconds(200) : std::chrono::milliseconds(10'000);
    const auto now = Clock::now();
    if (call_.json() || now - started_ < kPatience || now - told_ < pause) return;
    told_ = now;
    shown_ = true;
    const std::string of = total == 0 ? "?" : std::to_string(total);
    const std::string percent = total == 0 ? "" : fmt::format(" ({} %)", done * 100 / total);
    const std::string line =
        call_.text(key_, {{"done", std::to_string(done)}, {"total", of}}) + percent;
    call_.terminal().err << (tty ? "\r\x1b[K" : "") << line << (tty ? "" : "\n") << std::flush;
}

Progress::~Progress() {
    if (shown_ && call_.terminal().err_is_tty) call_.terminal().err << "\r\x1b[K" << std::flush;
}

Waiting::Waiting(Call& call, std::string key)
    : progress_(call, std::move(key)), clock_([this](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any done;
          std::unique_lock lock(mutex);
          const auto begin = std::chrono::steady_clock::now();
          while (!done.wait_for(lock, stop, std::chrono::milliseconds(200), [] { return false; }) &&
                 !stop.stop_requested()) {
              const auto passed = std::chrono::steady_clock::now() - begin;
              progress_.at(static_cast<uint64_t>(
                               std::chrono::duration_cast<std::chrono::seconds>(passed).count()),
                           0);
          }
      }) {}

std::string bytes_text(uint64_t bytes) {
    constexpr std::array kUnits{"B", "kB", "MB", "GB", "TB", "PB"};
    double value = static_cast<double>(bytes);
    size_t unit = 0;
    while (value >= 999.5 && unit + 1 < kUnits.size()) {
        value /= 1000;
        ++unit;
    }
    return unit == 0 || value >= 99.95 ? fmt::format("{:.0f} {}", value, kUnits[unit])
                                       : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace calm::cli
