// Workers: a few threads that do what may take long, so that whoever waits for it can stop waiting.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace calm {

class Workers {
  public:
    Workers(size_t threads, size_t queue_max);
    // Finishes the jobs that run and drops those that wait.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // False: too many wait already, and the job will not be done. Any thread. Jobs throw nothing.
    bool push(std::function<void()> job);

  private:
    void run();

    const size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace calm
