// Progress: a line on standard error for what takes longer than two seconds: rewritten in place on
// a terminal, otherwise a new one every ten seconds. Says nothing with --json.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "cli/call.h"

namespace calm::cli {

class Progress {
  public:
    // `key`: a text with {done}, and with {total} if that is known.
    Progress(Call& call, std::string key) : call_(call), key_(std::move(key)) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    // `total` 0: not known.
    void at(uint64_t done, uint64_t total);

  private:
    using Clock = std::chrono::steady_clock;
    Call& call_;
    std::string key_;
    Clock::time_point started_ = Clock::now();
    Clock::time_point told_{};
    bool shown_ = false;
};

// The same for what says nothing before it is done: how many seconds it takes, as {done}. While it
// lives, nobody else writes to standard error.
class Waiting {
  public:
    Waiting(Call& call, std::string key);

  private:
    Progress progress_;
    std::jthread clock_;  // ends before what it writes to
};

// "1.2 GB", in powers of ten.
std::string bytes_text(uint64_t bytes);

}  // namespace calm::cli
