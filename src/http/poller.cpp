// epoll, thinly.
#include "http/poller.h"

#include <unistd.h>

#include "base/assert.h"

namespace calm::http {
namespace {

epoll_event make_event(uint64_t key, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = key;
    return event;
}

}  // namespace

Poller::Poller() : fd_(epoll_create1(EPOLL_CLOEXEC)) {
    CALM_ASSERT(fd_ >= 0);
}

Poller::~Poller() {
    close(fd_);
}

bool Poller::add(int fd, uint64_t key, uint32_t events) {
    epoll_event event = make_event(key, events);
    return epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::modify(int fd, uint64_t key, uint32_t events) {
    epoll_event event = make_event(key, events);
    CALM_ASSERT(epoll_ctl(fd_, EPOLL_CTL_MOD, fd, &event) == 0);
}

void Poller::remove(int fd) {
    epoll_ctl(fd_, EPOLL_CTL_DEL, fd, nullptr);
}

std::span<const epoll_event> Poller::ready() {
    const int count = epoll_wait(fd_, events_.data(), static_cast<int>(events_.size()), 0);
    return {events_.data(), count > 0 ? static_cast<size_t>(count) : 0};
}

}  // namespace calm::http
