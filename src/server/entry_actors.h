// Who asked for an entry of the log: the account, kept beside the log and never in it, because a
// line can not be taken back and a name must be. Hosts are named in their entries themselves.
#pragma once

#include <string>
#include <string_view>

#include "store/journal.h"

namespace calm {

class LicenseServer;

// The record that says so: one for each entry.
store::Record actor_record(uint64_t sequence, std::string account);

// {"actors":[{"sequence":…,"account":…}]} of `limit` entries from `from` on, those that an account
// asked for. Errors: those of the reader.
Result<std::string> actors_json(store::JournalReader& reader, uint64_t from, uint64_t limit);

// Whoever administers the machine itself, over its socket; no account is named so.
inline constexpr std::string_view kLocalActor = "(local)";

// ActingFor: as long as it lives, what the license server changes was asked for by this account
// (an admission is not a change). On the loop thread, around one call of a handler: a handler that
// writes later names nobody.
class ActingFor {
  public:
    // `account`: empty for nobody, a host for instance.
    ActingFor(LicenseServer& server, std::string_view account);
    ~ActingFor();
    ActingFor(const ActingFor&) = delete;
    ActingFor& operator=(const ActingFor&) = delete;

  private:
    LicenseServer& server_;
};

}  // namespace calm
