// Asio's part of the front: it waits for the hub's epoll set, ticks, and runs what was asked for
// soon. The sockets themselves are the hub's, which serves all that are ready in one go.
#include "http/server.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/assert.h"
#include "http/hub.h"

namespace calm::http {

namespace asio = boost::asio;

// Handlers that Asio still holds when the server is gone see `alive` false; the shared_ptr is that
// flag's owner, shared by them and the server.
class Server::Loop {
  public:
    Loop(asio::io_context& context, RouteTable routes, Gate gate, ProblemTable problems,
         ServerSettings settings, Metrics* metrics)
        : context_(context),
          tick_(tick_of(settings)),
          hub_(new Hub(std::move(routes), std::move(gate), std::move(problems), std::move(settings),
                       metrics, [this] { schedule(); })),
          ready_(context, hub_->poll_fd()),
          timer_(context) {
        wait_ready();
        wait_tick();
    }

    ~Loop() {
        *alive_ = false;
        ready_.release();  // the descriptor is the hub's
        hub_->shut_down();
        hub_->release();
    }

    Hub& hub() { return *hub_; }

    void stop(std::chrono::milliseconds deadline, std::function<void()> stopped) {
        hub_->begin_stop(deadline, [this, stopped = std::move(stopped)]() mutable {
            finished_ = true;
            ready_.cancel();
            timer_.cancel();
            asio::post(context_, std::move(stopped));
        });
    }

  private:
    // Often enough for the shortest limit, seldom enough to cost nothing.
    static std::chrono::milliseconds tick_of(const ServerSettings& settings) {
        const auto shortest =
            std::min({settings.handshake_timeout, settings.header_timeout, settings.body_timeout,
                      settings.idle_timeout, settings.write_timeout, settings.linger_timeout});
        return std::clamp(shortest / 5, std::chrono::milliseconds(5),
                          std::chrono::milliseconds(500));
    }

    void wait_ready() {
        ready_.async_wait(asio::posix::stream_descriptor::wait_read,
                          [this, alive = alive_](const boost::system::error_code& error) {
                              if (!*alive || error) return;
                              hub_->on_ready();
                              if (*alive && !finished_) wait_ready();
                          });
    }

    void wait_tick() {
        timer_.expires_after(tick_);
        timer_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
            if (!*alive || error) return;
            hub_->on_tick();
            if (*alive && !finished_) wait_tick();
        });
    }

    void schedule() {
        asio::post(context_, [this, alive = alive_] {
            if (*alive) hub_->run_scheduled();
        });
    }

    asio::io_context& context_;
    const std::chrono::milliseconds tick_;
    Hub* hub_;
    asio::posix::stream_descriptor ready_;
    asio::steady_timer timer_;
    bool finished_ = false;  // stopped: nothing is waited for, so the loop can run out of work
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

Server::Server(asio::io_context& loop, RouteTable routes, Gate gate, ProblemTable problems,
               ServerSettings settings, Metrics* metrics) {
    CALM_ASSERT(gate != nullptr);
    // A reader that is gone is an error of one write, not the end of the process.
    CALM_ASSERT(std::signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    loop_ = std::make_unique<Loop>(loop, std::move(routes), std::move(gate), std::move(problems),
                                   std::move(settings), metrics);
}

Server::~Server() = default;

Result<uint16_t> Server::listen_tcp(std::string_view address, uint16_t port,
                                    const TlsContext* tls) {
    return loop_->hub().listen_tcp(address, port, tls);
}

Result<> Server::listen_unix(const std::string& path, uint32_t mode) {
    return loop_->hub().listen_unix(path, mode);
}

const RouteTable& Server::routes() const {
    return loop_->hub().routes();
}

void Server::stop(std::chrono::milliseconds deadline, std::function<void()> stopped) {
    loop_->stop(deadline, std::move(stopped));
}

uint32_t Server::connections() const {
    return loop_->hub().connection_count();
}

}  // namespace calm::http
