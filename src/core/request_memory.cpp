// An open-addressing index over the answers in their order.
#include "core/request_memory.h"

#include <cstring>

#include "base/assert.h"

namespace calm {
namespace {

// SplitMix64's finalizer, twice: clients choose the ids, and not all choose at random.
uint64_t mixed(const RequestId& id) {
    const auto mix = [](uint64_t x) {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
        return x ^ (x >> 31);
    };
    uint64_t a = 0;
    uint64_t b = 0;
    std::memcpy(&a, id.bytes.data(), 8);
    std::memcpy(&b, id.bytes.data() + 8, 8);
    return mix(mix(a + 0x9E3779B97F4A7C15U) ^ b);
}

}  // namespace

size_t RequestMemory::slot_of(const RequestId& id) const {
    const size_t mask = slots_.size() - 1;
    size_t slot = (mixed(id) >> 20) & mask;
    while (slots_[slot] != kFree) {
        if (slots_[slot] != kGone && answers_[slots_[slot] - 1].answer.id == id) return slot;
        slot = (slot + 1) & mask;
    }
    return slot;
}

const RememberedAnswer* RequestMemory::find(const RequestId& id, Instant now) const {
    if (slots_.empty()) return nullptr;
    const uint32_t index = slots_[slot_of(id)];
    if (index == kFree) return nullptr;
    const RememberedAnswer& answer = answers_[index - 1].answer;
    return answer.at + kKept.count > now.seconds ? &answer : nullptr;
}

void RequestMemory::add(const RememberedAnswer& answer) {
    if (slots_.empty() || (filled_ + 1) * 2 > slots_.size()) {
        rebuild(std::max<size_t>(1024, answers_.size() * 4));
    }
    const size_t slot = slot_of(answer.id);
    if (slots_[slot] == kFree) ++filled_;
    answers_.push_back({answer, slots_[slot]});
    slots_[slot] = static_cast<uint32_t>(answers_.size());
}

void RequestMemory::pop_last() {
    CALM_ASSERT(!answers_.empty());
    const size_t slot = slot_of(answers_.back().answer.id);
    CALM_ASSERT(slots_[slot] == answers_.size());
    const uint32_t earlier = answers_.back().earlier;
    slots_[slot] = earlier == kFree ? kGone : earlier;
    answers_.pop_back();
}

void RequestMemory::forget(Instant now) {
    size_t old = 0;
    while (old < answers_.size() && answers_[old].answer.at + kKept.count <= now.seconds)
        ++old;
    if (old == 0 || old * 2 < answers_.size()) return;  // each answer is moved once at most
    answers_.erase(answers_.begin(), answers_.begin() + static_cast<ptrdiff_t>(old));
    for (Kept& kept : answers_) {
        kept.earlier = kept.earlier > old ? static_cast<uint32_t>(kept.earlier - old) : kFree;
    }
    rebuild(std::max<size_t>(1024, answers_.size() * 4));
}

void RequestMemory::rebuild(size_t capacity) {
    size_t size = 1024;
    while (size < capacity)
        size *= 2;
    slots_.assign(size, kFree);
    filled_ = 0;
    for (size_t i = 0; i < answers_.size(); ++i) {
        const size_t slot = slot_of(answers_[i].answer.id);
        if (slots_[slot] == kFree) ++filled_;
        slots_[slot] = static_cast<uint32_t>(i + 1);
    }
}

}  // namespace calm
