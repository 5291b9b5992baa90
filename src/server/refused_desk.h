// RefusedDesk: the refused attempts of a running license server. It is told of each, and writes
// what has come every few seconds, so that knocking costs the disk no more than that. Loop thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "messages/messages.h"
#include "server/license_server.h"
#include "server/refused_attempts.h"

namespace calm {

class Directory;
struct Api;

class RefusedDesk {
  public:
    // `server` and `directory` outlive this; from now on the server tells it of refusals.
    RefusedDesk(LicenseServer& server, const Directory& directory, RefusedAttempts attempts);
    ~RefusedDesk();
    RefusedDesk(const RefusedDesk&) = delete;
    RefusedDesk& operator=(const RefusedDesk&) = delete;

    const RefusedAttempts& attempts() const { return attempts_; }

    // For how many days a row is kept: RefusedAttempts::kDaysKept, or as long as names are.
    uint16_t days_kept() const;

    // Forgets the rows that name this one, here and on disk. Answers with how many there were.
    // Errors: those of a write; what is left on disk then goes with a later one.
    void forget(HolderKind kind, std::string_view name, Done<size_t> done);

    void tick();  // once a second
    void stop();  // writes what is left; before the license server drains

  private:
    void write();

    LicenseServer& server_;
    const Directory& directory_;
    RefusedAttempts attempts_;
    bool writing_ = false;
    uint32_t ticks_ = 0;
    std::pair<int64_t, uint16_t>
        dropped_;  // the day on which old rows went, and what was kept then
};

// A row as GET /v1/refusals answers with it. Defined in routes_refused.cpp.
void append_refused_row(std::string& out, const Api& api, Language language, const RefusedRow& row);

}  // namespace calm
