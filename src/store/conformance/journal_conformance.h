// What every journal must do, as one suite of tests. A store's own test file says how to make one:
//
//     INSTANTIATE_TEST_SUITE_P(Memory, JournalConformance, testing::Values(StoreKind{…}));
//
// and the tests of journal_conformance_test.cpp run on it.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/journal.h"

namespace calm::store {

// One place to keep a journal, empty at first. It outlives the journals that are opened on it.
class JournalPlace {
  public:
    virtual ~JournalPlace() = default;
    virtual Result<std::unique_ptr<Journal>> open() = 0;
    // Makes the next append's writing fail, in a way that leaves it not committed.
    virtual void fail_next_append() = 0;
};

struct StoreKind {
    std::string name;
    std::function<std::unique_ptr<JournalPlace>()> make;

    friend void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }
};

// Everything that a journal holds, for comparing.
struct Contents {
    std::vector<std::string> lines;
    std::vector<SubjectName> subjects;
    std::vector<Record> records;  // of the tables that the tests use
    std::vector<UsageRow> usage;  // added up
    std::vector<TreeHead> tree_heads;
    std::vector<Tile> tiles;  // of levels 0 and 1, the first 16

    bool operator==(const Contents&) const = default;
};

Contents contents_of(JournalReader& reader);

class JournalConformance : public testing::TestWithParam<StoreKind> {
  protected:
    void SetUp() override;
    void start_anew();
    void reopen();

    std::unique_ptr<JournalPlace> place_;
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<JournalReader> reader_;
};

}  // namespace calm::store
