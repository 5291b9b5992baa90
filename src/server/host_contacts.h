// HostContacts: when each host was last heard of, and what it told of itself then. In memory: hosts
// tell it anew every minute, and the ledger is no place for a pulse. Loop thread.
#pragma once

#include <optional>
#include <vector>

#include "core/terms.h"
#include "wire/host_told.h"

namespace calm {

struct HostHeard {
    Instant at;
    std::optional<wire::HostTold> told;  // absent: its version tells nothing of itself
};

class HostContacts {
  public:
    void note(HostId host, HostHeard heard) {
        if (host.value >= heard_.size()) heard_.resize(host.value + 1);
        heard_[host.value] = std::move(heard);
    }

    // nullptr: not since the server started.
    const HostHeard* of(HostId host) const {
        if (host.value >= heard_.size() || !heard_[host.value]) return nullptr;
        return &*heard_[host.value];
    }

  private:
    std::vector<std::optional<HostHeard>> heard_;  // by the host's number
};

}  // namespace calm
