#include "base/chunked_vector.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

using Small = ChunkedVector<int, 4>;

TEST(ChunkedVector, IsEmptyAtFirst) {
    const Small v;
    EXPECT_TRUE(v.empty());
    EXPECT_EQ(v.size(), 0u);
    EXPECT_EQ(v.chunk_count(), 0u);
}

TEST(ChunkedVector, ElementsKeepTheirAddressWhileItGrows) {
    Small v;
    v.push_back(7);
    const int* first = &v[0];
    for (int i = 1; i < 100; ++i)
        v.push_back(i);
    EXPECT_EQ(&v[0], first);
    EXPECT_EQ(*first, 7);
}

TEST(ChunkedVector, ChunksAreItsElementsInOrder) {
    Small v;
    for (int i = 0; i < 9; ++i)
        v.push_back(i);
    ASSERT_EQ(v.chunk_count(), 3u);
    EXPECT_EQ(v.chunk(0).size(), 4u);
    EXPECT_EQ(v.chunk(1)[0], 4);
    EXPECT_EQ(v.chunk(2).size(), 1u);
    v.chunk(2)[0] = 80;
    EXPECT_EQ(v[8], 80);
    v.pop_back();
    EXPECT_EQ(v.chunk_count(), 2u);
}

TEST(ChunkedVector, ResizeMakesZeros) {
    Small v;
    v.push_back(5);
    v.resize(6);
    ASSERT_EQ(v.size(), 6u);
    for (size_t i = 0; i < v.size(); ++i)
        EXPECT_EQ(v[i], 0);
    v.push_back(1);
    EXPECT_EQ(v[6], 1);
    v.resize(0);
    EXPECT_TRUE(v.empty());
}

TEST(ChunkedVectorDeathTest, BeyondItsEndIsABrokenInvariant) {
    Small v;
    v.push_back(1);
    EXPECT_DEATH(static_cast<void>(v[1]), "i < size_");
    v.pop_back();
    EXPECT_DEATH(v.pop_back(), "size_ > 0");
}

RC_GTEST_PROP(ChunkedVector, HoldsWhatAVectorHolds, (const std::vector<bool>& pushes)) {
    Small v;
    std::vector<int> expected;
    int next = 0;
    for (const bool push : pushes) {
        if (push || expected.empty()) {
            v.push_back(++next);
            expected.push_back(next);
        } else {
            v.pop_back();
            expected.pop_back();
        }
        RC_ASSERT(v.size() == expected.size());
        for (size_t i = 0; i < expected.size(); ++i)
            RC_ASSERT(v[i] == expected[i]);
    }
    std::vector<int> by_chunks;
    for (size_t i = 0; i < v.chunk_count(); ++i)
        by_chunks.insert(by_chunks.end(), v.chunk(i).begin(), v.chunk(i).end());
    RC_ASSERT(by_chunks == expected);
}

}  // namespace
}  // namespace calm
