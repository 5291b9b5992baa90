// The newest tree head of each ledger that this person has verified, kept so that a history that
// was rewritten or cut is noticed the next time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/terminal.h"
#include "documents/ledger_id.h"
#include "documents/tree_head.h"

namespace calm::cli {

class KnownHeads {
  public:
    // In $XDG_STATE_HOME/calm/heads or ~/.local/state/calm/heads; without a home nothing is kept.
    explicit KnownHeads(const Terminal& terminal);

    // Errors: `known_head_malformed`, `file_unreadable`.
    Result<std::optional<TreeHead>> find(const LedgerId& ledger) const;

    // Errors: `file_unwritable`.
    Result<> keep(const TreeHead& head) const;

  private:
    std::filesystem::path directory_;
};

}  // namespace calm::cli
