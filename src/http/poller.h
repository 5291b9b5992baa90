// The readiness of all connections: one epoll set. Level-triggered, so that nothing is lost when a
// connection is left half served for fairness. Internal to this layer.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <sys/epoll.h>

namespace calm::http {

class Poller {
  public:
    Poller();
    ~Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    int fd() const { return fd_; }

    // `key` comes back with each event. Closing the descriptor removes it.
    bool add(int fd, uint64_t key, uint32_t events);
    void modify(int fd, uint64_t key, uint32_t events);
    void remove(int fd);

    // What is ready now; never waits.
    std::span<const epoll_event> ready();

  private:
    int fd_;
    std::array<epoll_event, 256> events_;
};

}  // namespace calm::http
