// A queue that forgets its oldest when it is full.
#pragma once

#include <cstddef>
#include <utility>

namespace calm {

template <class Queue, class T>
void push_bounded(Queue& queue, T value, size_t size_max) {
    if (queue.size() >= size_max) queue.pop_front();
    queue.push_back(std::move(value));
}

}  // namespace calm
