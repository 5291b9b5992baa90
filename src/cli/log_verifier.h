// LogVerifier: reads a ledger's log line by line and believes nothing: every line is an entry in
// the one spelling there is, each follows from the state before it, and a signed tree head,
// certified by the identity that the log begins with, states the root of exactly these lines. No
// I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/ledger.h"
#include "documents/ledger_id.h"
#include "documents/merkle.h"
#include "documents/tree_head.h"

namespace calm::cli {

class LogVerifier {
  public:
    // The next line, without its newline. Errors: `entry_malformed`, `log_damaged`, both naming the
    // sequence.
    Result<> add(std::string_view line);

    // Remembers the root when the log has this size. REQUIRES: size() <= `size`.
    void watch(uint64_t size);

    uint64_t size() const { return ledger_.size(); }
    const Ledger& ledger() const { return ledger_; }
    std::optional<LedgerId> ledger_id() const;
    Hash root() const { return frontier_.root(); }
    const std::optional<Hash>& watched_root() const { return watched_root_; }

    // A head of exactly these lines, signed by a node that the log itself names and the identity
    // certified. Errors: `head_untrusted` (signed by nobody of this log, or for another ledger),
    // `log_forked` (another root), `log_incomplete` (another size), `tree_head_malformed`.
    Result<TreeHead> check_head(std::string_view document) const;

  private:
    Result<TreeHead> signed_head(std::string_view document) const;

    Ledger ledger_;
    Frontier frontier_;
    std::optional<uint64_t> watched_;
    std::optional<Hash> watched_root_;
};

}  // namespace calm::cli
