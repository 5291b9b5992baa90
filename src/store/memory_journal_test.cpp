// The memory form passes the suite, and fails when it is told to.
#include "store/memory_journal.h"

#include <gtest/gtest.h>

#include "store/conformance/journal_conformance.h"

namespace calm::store {
namespace {

class MemoryPlace final : public JournalPlace {
  public:
    Result<std::unique_ptr<Journal>> open() override { return open_memory_journal(disk_); }
    void fail_next_append() override { disk_.fail_append(1, MemoryDisk::Fault::not_committed); }

  private:
    MemoryDisk disk_;
};

INSTANTIATE_TEST_SUITE_P(Memory, JournalConformance,
                         testing::Values(StoreKind{"memory",
                                                   [] { return std::make_unique<MemoryPlace>(); }}),
                         [](const auto& kind) { return kind.param.name; });

using Fault = MemoryDisk::Fault;

class MemoryJournalFaults : public testing::Test {
  protected:
    Append append_one() {
        Batch batch;
        batch.first_sequence = journal_->size();
        batch.lines = {"{}"};
        return journal_->append(batch);
    }

    MemoryDisk disk_;
    std::unique_ptr<Journal> journal_ = open_memory_journal(disk_).value();
};

TEST_F(MemoryJournalFaults, the_nth_append_fails_and_only_that_one) {
    disk_.fail_append(2, Fault::disk_full);
    EXPECT_TRUE(append_one().is_committed());
    const Append failed = append_one();
    EXPECT_EQ(failed.outcome, Append::Outcome::not_committed);
    EXPECT_EQ(failed.error.code, "disk_full");
    EXPECT_TRUE(append_one().is_committed());
    EXPECT_EQ(journal_->size(), 2);
    EXPECT_EQ(disk_.appends(), 3);
}

TEST_F(MemoryJournalFaults, moved_says_so) {
    disk_.fail_append(1, Fault::moved);
    EXPECT_EQ(append_one().error.code, "journal_moved");
}

TEST_F(MemoryJournalFaults, an_unknown_append_is_settled_before_the_next) {
    for (const auto& [fault, committed] :
         {std::pair{Fault::unknown, false}, {Fault::committed_as_unknown, true}}) {
        const uint64_t before = journal_->size();
        disk_.fail_append(1, fault);
        EXPECT_EQ(append_one().outcome, Append::Outcome::unknown);
        EXPECT_EQ(append_one().error.code, "journal_unsettled");
        EXPECT_EQ(journal_->settle().value(), committed);
        EXPECT_EQ(journal_->size(), before + (committed ? 1 : 0));
        EXPECT_TRUE(append_one().is_committed());
    }
}

TEST_F(MemoryJournalFaults, after_a_failed_fsync_only_a_restart_helps) {
    disk_.fail_append(1, Fault::fsync_failed);
    const Append failed = append_one();
    EXPECT_EQ(failed.outcome, Append::Outcome::unknown);
    EXPECT_TRUE(failed.is_fatal());
    EXPECT_TRUE(append_one().is_fatal());
    EXPECT_EQ(journal_->settle().error().code, "fsync_failed");
    journal_.reset();
    journal_ = open_memory_journal(disk_).value();
    EXPECT_TRUE(append_one().is_committed());
}

}  // namespace
}  // namespace calm::store
