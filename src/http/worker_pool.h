// WorkerPool: a few threads for what would hold up the loop (password hashing, reading a backup
// file). A job runs on one of them; what follows from it runs on the loop again.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace boost::asio {
class io_context;
}

namespace calm::http {

class WorkerPool {
  public:
    // At most `waiting_max` jobs wait for a thread. REQUIRES: `loop` outlives the pool.
    WorkerPool(boost::asio::io_context& loop, size_t threads, size_t waiting_max = 256);
    // Waits for the jobs that run; those that wait are dropped, and so is what would have followed.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // Is there no room for another job? Asked before every run(). Loop thread.
    bool full() const;

    // Runs `work` on a thread of the pool, then done(its result) on the loop. REQUIRES: not full().
    // Loop thread. Both are destroyed on the loop thread or, when the pool ends, on the thread that
    // ends it; so `done` may hold a Responder. They share nothing that is not made for two threads.
    template <class Work, class Done>
    void run(Work work, Done done) {
        using Value = decltype(work());
        // Of both, which run one after the other.
        auto result = std::make_shared<std::optional<Value>>();
        submit([work = std::move(work), result]() mutable { result->emplace(work()); },
               [done = std::move(done), result]() mutable { done(std::move(**result)); });
    }

  private:
    using Job = std::move_only_function<void()>;
    void submit(Job job, Job done);

    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace calm::http
