// ChunkedVector<T>: a vector that grows without copying, so that ten million records neither double
// their memory for a moment nor move. Elements keep their address until they are popped.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "base/assert.h"

namespace calm {

template <class T, size_t kChunk = 16384>
class ChunkedVector {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    // REQUIRES: i < size().
    T& operator[](size_t i) {
        CALM_ASSERT(i < size_);
        return (*chunks_[i / kChunk])[i % kChunk];
    }
    const T& operator[](size_t i) const {
        CALM_ASSERT(i < size_);
        return (*chunks_[i / kChunk])[i % kChunk];
    }

    void push_back(const T& value) {
        if (size_ == chunks_.size() * kChunk) {
            chunks_.push_back(std::make_unique<std::array<T, kChunk>>());
        }
        ++size_;
        (*this)[size_ - 1] = value;
    }

    // REQUIRES: !empty().
    void pop_back() {
        CALM_ASSERT(size_ > 0);
        --size_;
        if (size_ + kChunk <= (chunks_.size() - 1) * kChunk) chunks_.pop_back();
    }

    // Makes room for `size` elements, the new ones zero; for reading a snapshot straight into
    // chunks().
    void resize(size_t size) {
        chunks_.clear();
        for (size_t i = 0; i < size; i += kChunk) {
            chunks_.push_back(std::make_unique<std::array<T, kChunk>>());
        }
        size_ = size;
    }

    // The elements as runs of contiguous memory, in order.
    size_t chunk_count() const { return (size_ + kChunk - 1) / kChunk; }
    std::span<const T> chunk(size_t i) const {
        return std::span<const T>(*chunks_[i]).first(std::min(kChunk, size_ - i * kChunk));
    }
    std::span<T> chunk(size_t i) {
        return std::span<T>(*chunks_[i]).first(std::min(kChunk, size_ - i * kChunk));
    }

  private:
    std::vector<std::unique_ptr<std::array<T, kChunk>>> chunks_;
    size_t size_ = 0;
};

}  // namespace calm
