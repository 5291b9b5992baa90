// Checkup: what `calm-hostd doctor` finds of what was seen at this host and heard from its license
// servers (examination.h). The texts of its findings are `hostd.doctor.<key>`. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/effective.h"
#include "agent/policy_file.h"
#include "client/host_state.h"
#include "client/mode.h"
#include "messages/finding.h"
#include "wire/checkup_json.h"

namespace calm {

// What became of asking one license server.
struct AskedServer {
    std::string name;
    std::chrono::milliseconds took{0};
    std::optional<Instant> clock;   // the server's, when it answered
    std::optional<Error> trouble;   // why there is no checkup
    std::vector<wire::Checkup> of;  // one for each product that was asked about, at least one

    // It answers, but its version cannot be examined.
    bool is_older() const { return trouble && trouble->code == "no_such_route"; }
};

// Policy files that cannot be used, values that are not used, and what of host.toml they override.
Findings judge_policy(const PolicyFiles& files, const EffectiveHost& host, const HostConfig& file);

// Whether there is somebody to ask, and something to ask for.
Findings judge_settings(const HostConfig& config);

// Errors of HostFiles::identity().
Finding judge_identity(const Error& error, bool may_read);

Finding judge_mode(const ModeInForce& mode);

// `wall`: this machine's clock when it answered.
Findings judge_server(const AskedServer& server, std::chrono::milliseconds budget, Instant wall,
                      const std::string& own_version);

// What one license server has for a product. `mode`: the host's.
Findings judge_product(const std::string& product, const wire::Checkup& checkup,
                       LicensingMode mode);

// What the host remembers of the license servers of one ledger. `answered`: one of them answers
// now.
Findings judge_memory(const Result<HostState>& state, const std::vector<std::string>& products,
                      bool answered, Instant now);

}  // namespace calm
