// One request that is in work or answered, until its answer has left in its turn. Internal to this
// layer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/responder.h"
#include "http/response_writer.h"
#include "http/routes.h"

namespace calm::http {

using Clock = std::chrono::steady_clock;

// A body that is still being pulled.
struct BodyStream {
    std::unique_ptr<BodySource> source;
    Framing framing = Framing::chunked;
    uint64_t bytes_left = 0;  // of a body whose length was said
    bool waiting = false;     // the source said `wait`
};

struct Exchange {
    uint32_t number = 0;
    const Route* route = nullptr;  // nullptr: refused before a route was found
    Clock::time_point started;
    int status = 0;  // 0: not answered yet
    Language language = Language::en;
    bool head_only = false;  // HEAD: the answer says its length and has no body
    bool http_1_1 = true;
    bool close = false;  // the connection ends with this answer
    bool counted_slow = false;
    std::string bytes;  // an answer that came before its turn
    std::unique_ptr<BodyStream> stream;

    bool answered() const { return status != 0; }
};

// First in, first out; the common case (one at a time) allocates nothing.
class ExchangeQueue {
  public:
    bool empty() const { return first_ == items_.size(); }
    size_t size() const { return items_.size() - first_; }
    Exchange& front() { return items_[first_]; }
    Exchange& back() { return items_.back(); }

    Exchange& push() {
        items_.emplace_back();
        items_.back().number = next_number_++;
        return items_.back();
    }

    void pop() {
        items_[first_] = Exchange();
        ++first_;
        if (empty()) {
            items_.clear();
            first_ = 0;
        } else if (first_ >= kCompactAt) {
            items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
            first_ = 0;
        }
    }

    // nullptr when it has left already.
    Exchange* find(uint32_t number) {
        if (empty()) return nullptr;
        const uint32_t offset = number - front().number;  // numbers are consecutive, and may wrap
        return offset < size() ? &items_[first_ + offset] : nullptr;
    }

    template <class Visit>
    void each(Visit visit) {
        for (size_t i = first_; i < items_.size(); ++i)
            visit(items_[i]);
    }

  private:
    static constexpr size_t kCompactAt = 64;
    std::vector<Exchange> items_;
    size_t first_ = 0;
    uint32_t next_number_ = 0;
};

}  // namespace calm::http
