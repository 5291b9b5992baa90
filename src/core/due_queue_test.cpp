#include "core/due_queue.h"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

using Item = DueQueue::Item;

constexpr auto kAllHold = [](const Item&) { return true; };

std::vector<uint32_t> due_at(const DueQueue& queue, uint32_t now, auto holds) {
    std::vector<uint32_t> cals;
    queue.each_due(now, holds, [&](const Item& item) {
        cals.push_back(item.cal.value);
        return true;
    });
    std::ranges::sort(cals);
    return cals;
}

TEST(DueQueue, FindsWhatIsDueAndNothingElse) {
    DueQueue queue;
    for (const uint32_t at : {50, 10, 40, 20, 30})
        queue.push({at, CalId{at / 10}}, kAllHold);
    EXPECT_EQ(due_at(queue, 9, kAllHold), (std::vector<uint32_t>{}));
    EXPECT_EQ(due_at(queue, 10, kAllHold), (std::vector<uint32_t>{1}));
    EXPECT_EQ(due_at(queue, 35, kAllHold), (std::vector<uint32_t>{1, 2, 3}));
    EXPECT_EQ(due_at(queue, 99, kAllHold).size(), 5u);
}

TEST(DueQueue, StopsWhenToldTo) {
    DueQueue queue;
    for (uint32_t i = 1; i <= 20; ++i)
        queue.push({i, CalId{i}}, kAllHold);
    int found = 0;
    queue.each_due(20, kAllHold, [&](const Item&) { return ++found < 3; });
    EXPECT_EQ(found, 3);
}

TEST(DueQueue, PassesOverWhatNoLongerHolds) {
    DueQueue queue;
    queue.push({10, CalId{1}}, kAllHold);
    queue.push({20, CalId{2}}, kAllHold);
    EXPECT_EQ(due_at(queue, 30, [](const Item& item) { return item.cal == CalId{2}; }),
              (std::vector<uint32_t>{2}));
}

// A CAL that is renewed for years must not leave an item behind each time.
TEST(DueQueue, DropsStaleItemsAtItsFront) {
    DueQueue queue;
    uint32_t ends = 0;
    const auto holds = [&](const Item& item) { return item.at == ends; };
    for (int i = 0; i < 1000; ++i) {
        ends += 50;
        queue.push({ends, CalId{1}}, holds);
    }
    EXPECT_LE(queue.size(), 2u);
}

TEST(DueQueue, BuiltAtOnceItIsTheSame) {
    DueQueue queue;
    for (const uint32_t at : {50, 10, 40, 20, 30})
        queue.add({at, CalId{at / 10}});
    queue.build();
    EXPECT_EQ(due_at(queue, 35, kAllHold), (std::vector<uint32_t>{1, 2, 3}));
    queue.push({5, CalId{9}}, kAllHold);
    EXPECT_EQ(due_at(queue, 10, kAllHold), (std::vector<uint32_t>{1, 9}));
}

// Against a map of the truth: CALs get new ends, which makes their older items stale.
RC_GTEST_PROP(DueQueue, FindsExactlyTheTruth, ()) {
    DueQueue queue;
    std::map<uint32_t, uint32_t> ends;
    const auto holds = [&](const Item& item) {
        const auto found = ends.find(item.cal.value);
        return found != ends.end() && found->second == item.at;
    };
    const auto moves = *rc::gen::container<std::vector<std::pair<uint32_t, uint32_t>>>(
        rc::gen::pair(rc::gen::inRange<uint32_t>(1, 12), rc::gen::inRange<uint32_t>(0, 100)));
    for (const auto& [cal, at] : moves) {
        if (at < 10) {
            ends.erase(cal);
        } else {
            ends[cal] = at;
            queue.push({at, CalId{cal}}, holds);
        }
        for (const uint32_t now : {20U, 50U, 90U}) {
            std::vector<uint32_t> expected;
            for (const auto& [id, end] : ends) {
                if (end <= now) expected.push_back(id);
            }
            auto found = due_at(queue, now, holds);
            found.erase(std::unique(found.begin(), found.end()), found.end());
            RC_ASSERT(found == expected);
        }
    }
}

}  // namespace
}  // namespace calm
