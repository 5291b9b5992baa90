// LogView: the committed log as a reader sees it at one moment, with what proofs need. For worker
// threads; one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "documents/merkle.h"
#include "documents/tree_head.h"
#include "store/journal.h"

namespace calm {

class LogView {
  public:
    // The log under its newest tree head. Errors: those of the reader, `log_damaged`.
    static Result<LogView> open(store::JournalReader& reader);

    uint64_t size() const { return frontier_.size(); }
    const std::string& head_document() const { return head_; }

    Result<std::string> line(uint64_t sequence) const;
    // REQUIRES: sequence < size().
    Result<std::vector<Hash>> inclusion(uint64_t sequence) const;
    // REQUIRES: 0 < first <= second <= size().
    Result<std::vector<Hash>> consistency(uint64_t first, uint64_t second) const;

  private:
    explicit LogView(store::JournalReader& reader) : reader_(&reader) {}

    store::JournalReader* reader_;
    std::string head_;
    Frontier frontier_;
};

// The tree of the first `size` lines, from the stored tiles and the lines behind the last full one.
Result<Frontier> frontier_at(store::JournalReader& reader, uint64_t size);

}  // namespace calm
