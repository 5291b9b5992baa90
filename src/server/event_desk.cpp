// Server-sent events, as the HTML standard has them (section 9.2): lines of `data:`, and a comment
// now and then so that nobody between takes the connection for dead.
#include "server/event_desk.h"

#include <utility>

#include <fmt/format.h>

#include "server/alert_desk.h"

namespace calm {
namespace {

constexpr uint32_t kQuietMax = 20;  // seconds; proxies cut after 30 to 60
constexpr std::string_view kRetry = "retry: 3000\n\n";

}  // namespace

class EventDesk::Body final : public http::BodySource {
  public:
    explicit Body(std::shared_ptr<Feed> feed) : feed_(std::move(feed)) {}

    Pull pull(std::string& out) override {
        out += std::exchange(feed_->due, {});
        return feed_->over ? Pull::done : Pull::wait;
    }

  private:
    std::shared_ptr<Feed> feed_;
};

std::string EventDesk::now() const {
    size_t open = 0;
    for (const auto& [severity, name] : NamesOf<Severity>::value)
        open += alerts_.book().count(AlertState::open, severity);
    return fmt::format("data: {{\"entries\":{},\"alerts_open\":{}}}\n\n", server_.durable(), open);
}

void EventDesk::watch(http::Responder responder, uint32_t seconds) {
    if (closed_ || watchers_.size() >= kWatchersMax)
        return responder.fail({"unavailable", "too many watch at once"}, 30);
    auto feed = std::make_shared<Feed>();
    feed->due = std::string(kRetry) + now();
    feed->over = seconds == 0;
    http::Response head;
    head.content_type = http::kEventStream;
    auto waker = responder.stream(head, std::make_unique<Body>(feed));
    if (seconds == 0) return;
    watchers_.push_back({std::move(feed), std::move(waker), std::min(seconds, kSecondsMax)});
}

void EventDesk::tick() {
    std::string state = now();
    const bool changed = state != said_;
    quiet_ = changed ? 0 : quiet_ + 1;
    const bool alive = quiet_ >= kQuietMax;
    if (alive) quiet_ = 0;
    for (Watcher& each : watchers_) {
        // A reader that is slow is told the latest only.
        if (changed) each.feed->due = state;
        if (alive && each.feed->due.empty()) each.feed->due = ":\n\n";
        each.feed->over = --each.seconds_left == 0;
        if (changed || alive || each.feed->over) each.waker.wake();
    }
    std::erase_if(watchers_,
                  [](const Watcher& each) { return each.feed->over || !each.waker.connected(); });
    said_ = std::move(state);
}

void EventDesk::close() {
    closed_ = true;
    for (Watcher& each : watchers_) {
        each.feed->over = true;
        each.waker.wake();
    }
    watchers_.clear();
}

}  // namespace calm
