// Following: a host whose license server was replaced finds the one that took its place, and enrols
// there without a token. It believes two statements (documents/succession.h): that of a vendor whom
// the old server trusted, and that of the new server itself. Where it looks: at the old server's
// own addresses, which the new one may have now, at all others in host.toml, and at the one that
// the old server named at the last contact. A server that was restored on another machine, or was
// given another certificate, is found in the same way, on its own word alone.
#pragma once

#include <string>
#include <vector>

#include "agent/host_config.h"
#include "agent/host_files.h"
#include "base/result.h"
#include "client/client.h"

namespace calm {

// What a host must know of its license server to leave it.
struct OldServer {
    HostId host;
    PublicKey identity;
    HostState state;    // as its last contact left it
    bool first = true;  // a [[server]] that names no license server means this one
};

// Asks at `address` for the server that took the old one's place, and enrols there; where the old
// one itself answers with another certificate than the pinned one, only that changes. Blocking,
// some seconds at most. ENSURES: the enrolment is kept in `state_dir`. Errors: those of HttpClient,
// of HostFiles; `host_not_certified` (the old server never gave the host its certificate);
// `successor_untrusted`, and what the server says (`succession_unknown`).
Result<Followed> follow_at(const ServerConfig& address, const OldServer& old,
                           const std::string& state_dir, Instant now);

// The servers of host.toml as they are after that: in the place of each one of a replaced ledger
// stands its successor, or its new certificate. `first`: the ledger of those that name none.
std::vector<ServerConfig> after_following(const std::vector<ServerConfig>& servers,
                                          const std::vector<Followed>& followed,
                                          const LedgerId& first);

}  // namespace calm
