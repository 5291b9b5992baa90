// Threads, a bounded queue, and the way back to the loop.
#include "http/worker_pool.h"

#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <sys/resource.h>

#include "base/assert.h"

namespace calm::http {

struct WorkerPool::State {
    struct Task {
        Job job;
        Job done;
    };
    using Tasks = std::list<Task>;  // spliced from list to list, so a task never moves in memory

    explicit State(boost::asio::io_context& loop_in, size_t waiting_max_in)
        : loop(loop_in), waiting_max(waiting_max_in) {}

    boost::asio::io_context& loop;
    const size_t waiting_max;

    std::mutex mutex;
    std::condition_variable wake;
    Tasks waiting;
    bool ending = false;

    // Finished tasks on their way back. Of the pool and the loop's handlers, which may outlive it.
    struct Finished {
        std::mutex mutex;
        Tasks tasks;
        bool alive = true;
    };
    std::shared_ptr<Finished> finished = std::make_shared<Finished>();

    std::vector<std::thread> threads;

    void work() {
        // Of this thread alone, as Linux counts it: the loop, whose answers people wait for, goes
        // first. Where that is not allowed the work is done all the same.
        static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10));
        while (true) {
            Tasks current;
            {
                std::unique_lock lock(mutex);
                wake.wait(lock, [this] { return ending || !waiting.empty(); });
                if (ending) return;
                current.splice(current.begin(), waiting, waiting.begin());
            }
            current.front().job();
            {
                const std::lock_guard lock(finished->mutex);
                finished->tasks.splice(finished->tasks.end(), current);
            }
            boost::asio::post(loop, [finished = finished] { run_finished(*finished); });
        }
    }

    static void run_finished(Finished& finished) {
        Tasks tasks;
        {
            const std::lock_guard lock(finished.mutex);
            if (!finished.alive || finished.tasks.empty()) return;
            tasks.splice(tasks.begin(), finished.tasks, finished.tasks.begin());
        }
        tasks.front().done();
    }
};

WorkerPool::WorkerPool(boost::asio::io_context& loop, size_t threads, size_t waiting_max)
    : state_(std::make_unique<State>(loop, waiting_max)) {
    CALM_ASSERT(threads >= 1);
    for (size_t i = 0; i < threads; ++i) {
        state_->threads.emplace_back([state = state_.get()] { state->work(); });
    }
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->ending = true;
    }
    state_->wake.notify_all();
    for (std::thread& thread : state_->threads)
        thread.join();
    State::Tasks dropped;
    {
        const std::lock_guard lock(state_->finished->mutex);
        state_->finished->alive = false;
        dropped.splice(dropped.begin(), state_->finished->tasks);
    }
}

bool WorkerPool::full() const {
    const std::lock_guard lock(state_->mutex);
    return state_->waiting.size() >= state_->waiting_max;
}

void WorkerPool::submit(Job job, Job done) {
    {
        const std::lock_guard lock(state_->mutex);
        CALM_ASSERT(state_->waiting.size() < state_->waiting_max);
        state_->waiting.push_back({std::move(job), std::move(done)});
    }
    state_->wake.notify_one();
}

}  // namespace calm::http
