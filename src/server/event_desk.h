// EventDesk: who watches. Whoever reads GET /v1/events is told within a second that something has
// changed, not what: it reads again what it shows. Loop thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/responder.h"
#include "server/license_server.h"

namespace calm {

class AlertDesk;

class EventDesk {
  public:
    // A browser asks again by itself when its stream ends; then it is looked at anew whether it
    // may.
    static constexpr uint32_t kSecondsMax = 300;
    static constexpr size_t kWatchersMax = 500;

    EventDesk(const LicenseServer& server, const AlertDesk& alerts)
        : server_(server), alerts_(alerts) {}

    // Tells how things stand, then of each change, at most once a second, for so many seconds.
    // Errors, to the responder: `unavailable` (too many watch, or the server stops).
    void watch(http::Responder responder, uint32_t seconds);

    void tick();   // once a second
    void close();  // ends all, and takes no more
    size_t watchers() const { return watchers_.size(); }

  private:
    // What the stream is still to be told; shared with the body that the connection pulls.
    struct Feed {
        std::string due;
        bool over = false;
    };
    class Body;
    struct Watcher {
        std::shared_ptr<Feed> feed;
        http::StreamWaker waker;
        uint32_t seconds_left = 0;
    };

    std::string now() const;

    const LicenseServer& server_;
    const AlertDesk& alerts_;
    std::vector<Watcher> watchers_;
    std::string said_;
    uint32_t quiet_ = 0;  // seconds since anything was said
    bool closed_ = false;
};

}  // namespace calm
