#include "core/request_memory.h"

#include <cstring>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

RequestId id(uint64_t n) {
    RequestId id;
    std::memcpy(id.bytes.data(), &n, sizeof n);
    return id;
}

RememberedAnswer answer(uint64_t n, uint32_t at, uint64_t content = 0) {
    RememberedAnswer answer;
    answer.id = id(n);
    answer.at = at;
    answer.content = content;
    return answer;
}

constexpr uint32_t kDay = 86400;

TEST(RequestMemory, KnowsNothingAtFirst) {
    EXPECT_EQ(RequestMemory().find(id(1), Instant{0}), nullptr);
}

TEST(RequestMemory, RemembersForADay) {
    RequestMemory memory;
    memory.add(answer(1, 1000));
    ASSERT_NE(memory.find(id(1), Instant{1000}), nullptr);
    EXPECT_EQ(memory.find(id(2), Instant{1000}), nullptr);
    EXPECT_NE(memory.find(id(1), Instant{1000 + kDay - 1}), nullptr);
    EXPECT_EQ(memory.find(id(1), Instant{1000 + kDay}), nullptr);
}

TEST(RequestMemory, AnIdThatIsUsedAgainAfterADayHasTheNewAnswer) {
    RequestMemory memory;
    memory.add(answer(1, 0, 10));
    memory.add(answer(1, kDay, 20));
    EXPECT_EQ(memory.find(id(1), Instant{kDay})->content, 20u);
    memory.pop_last();
    EXPECT_EQ(memory.find(id(1), Instant{kDay - 1})->content, 10u);
    memory.pop_last();
    EXPECT_EQ(memory.find(id(1), Instant{0}), nullptr);
    EXPECT_EQ(memory.size(), 0u);
}

TEST(RequestMemory, ForgetsInBulk) {
    RequestMemory memory;
    for (uint32_t i = 0; i < 100; ++i)
        memory.add(answer(i, i));
    memory.forget(Instant{kDay + 10});  // too few are old: they stay, and are not found
    EXPECT_EQ(memory.size(), 100u);
    EXPECT_EQ(memory.find(id(5), Instant{kDay + 10}), nullptr);
    memory.forget(Instant{kDay + 59});
    EXPECT_EQ(memory.size(), 40u);
    EXPECT_EQ(memory[0].id, id(60));
    EXPECT_NE(memory.find(id(60), Instant{kDay + 59}), nullptr);
    memory.forget(Instant{3 * kDay});
    EXPECT_EQ(memory.size(), 0u);
}

TEST(RequestMemory, HoldsManyIds) {
    RequestMemory memory;
    for (uint64_t i = 0; i < 50'000; ++i)
        memory.add(answer(i * 0x1'0000'0001, 7, i));
    for (uint64_t i = 0; i < 50'000; i += 97)
        ASSERT_EQ(memory.find(id(i * 0x1'0000'0001), Instant{7})->content, i);
    EXPECT_EQ(memory.find(id(1), Instant{7}), nullptr);
}

// Against a plain list: what was added last for an id within the day.
RC_GTEST_PROP(RequestMemory, FindsWhatAListFinds, ()) {
    RequestMemory memory;
    std::vector<RememberedAnswer> list;
    uint32_t now = 100;
    for (const int move : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1000))) {
        if (move < 600) {
            const uint64_t n = static_cast<uint64_t>(move % 20);
            if (memory.find(id(n), Instant{now}) == nullptr) {
                list.push_back(answer(n, now, static_cast<uint64_t>(move) + now));
                memory.add(list.back());
            }
        } else if (move < 750 && !list.empty()) {
            memory.pop_last();
            list.pop_back();
        } else if (move < 900) {
            now += static_cast<uint32_t>(move) * 60;
        } else {
            memory.forget(Instant{now});
            list.erase(list.begin(),
                       list.begin() + static_cast<ptrdiff_t>(list.size() - memory.size()));
        }
        RC_ASSERT(memory.size() == list.size());
        for (uint64_t n = 0; n < 20; ++n) {
            const RememberedAnswer* expected = nullptr;
            for (const RememberedAnswer& each : list) {
                if (each.id == id(n) && each.at + kDay > now) expected = &each;
            }
            const RememberedAnswer* found = memory.find(id(n), Instant{now});
            RC_ASSERT((found == nullptr) == (expected == nullptr));
            if (found != nullptr) RC_ASSERT(*found == *expected);
        }
    }
}

}  // namespace
}  // namespace calm
