// One courier a receiver: a thread and the messages that wait for it.
#include "server/alert_sender.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "base/assert.h"

namespace calm {

using Clock = std::chrono::steady_clock;

struct AlertSender::Courier {
    Courier(Receiver receiver_in, Report report_in, Pauses pauses_in)
        : receiver(std::move(receiver_in)),
          report(std::move(report_in)),
          pauses(std::move(pauses_in)),
          thread([this] { run(); }) {}

    ~Courier() { stop(); }

    struct Waiting {
        AlertMessage message;
        bool once = false;
        uint16_t tries = 0;
        Clock::time_point due;
    };

    bool push(AlertMessage message, bool once) {
        const std::lock_guard lock(mutex);
        if (waiting.size() >= kWaitingMax) return false;
        waiting.push_back({std::move(message), once, 0, Clock::now()});
        changed.notify_one();
        return true;
    }

    void stop() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
        }
        changed.notify_one();
        if (thread.joinable()) thread.join();
    }

    void run() {
        std::unique_lock lock(mutex);
        while (!stopping) {
            const auto next = std::ranges::min_element(waiting, {}, &Waiting::due);
            if (next == waiting.end()) {
                changed.wait(lock);
            } else if (next->due > Clock::now()) {
                changed.wait_until(lock, next->due);
            } else {
                // Out of the list while it is tried: its place is kept by `waiting` being short.
                std::list<Waiting> one;
                one.splice(one.begin(), waiting, next);
                lock.unlock();
                const bool again = attempt(one.front());
                lock.lock();
                if (again) waiting.splice(waiting.end(), one);
            }
        }
    }

    // Whether it is to be tried again.
    bool attempt(Waiting& each) {
        const auto done = deliver(receiver, each.message, stopping);
        // A try that was broken off says nothing about the receiver.
        if (!done && stopping) return false;
        ++each.tries;
        const bool last =
            done || each.once || done.error().code == "alert_refused" || each.tries > pauses.size();
        report({.receiver = receiver.name,
                .message = each.message.id,
                .tries = each.tries,
                .sent = done.has_value(),
                .last = last,
                .why = done ? std::string() : done.error().detail});
        if (!last) each.due = Clock::now() + pauses[each.tries - 1U];
        return !last;
    }

    const Receiver receiver;
    const Report report;
    const Pauses pauses;
    std::mutex mutex;
    std::condition_variable changed;
    std::list<Waiting> waiting;
    std::atomic<bool> stopping = false;
    std::thread thread;  // last: it uses all of the above
};

AlertSender::Pauses AlertSender::usual_pauses() {
    using namespace std::chrono_literals;
    return {1s, 5s, 30s, 2min, 12min};
}

AlertSender::AlertSender(std::vector<Receiver> receivers, Report report, Pauses pauses) {
    for (Receiver& each : receivers) {
        names_.push_back(each.name);
        couriers_.push_back(std::make_unique<Courier>(std::move(each), report, pauses));
    }
}

AlertSender::~AlertSender() = default;

bool AlertSender::has(const std::string& receiver) const {
    return std::ranges::find(names_, receiver) != names_.end();
}

void AlertSender::send(const std::string& receiver, AlertMessage message, bool once) {
    const auto at = std::ranges::find(names_, receiver);
    CALM_ASSERT(at != names_.end());
    Courier& courier = *couriers_[static_cast<size_t>(at - names_.begin())];
    std::string id = message.id;
    if (courier.push(std::move(message), once)) return;
    courier.report({.receiver = receiver,
                    .message = std::move(id),
                    .last = true,
                    .why = "too many messages wait for it"});
}

void AlertSender::stop() {
    for (const auto& each : couriers_)
        each->stop();
}

}  // namespace calm
