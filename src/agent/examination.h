// Examination: looks at everything that this host needs to be answered, asks its license servers as
// the host that it is, and says what it found. It changes nothing, here or there, and needs no
// administrator of the license server. Whether the agent runs is one of its findings, so it works
// without. Blocking, some seconds for each server that is silent.
#pragma once

#include <string>
#include <vector>

#include "agent/host_config.h"
#include "client/client.h"
#include "messages/finding.h"

namespace calm {

// All of it, by the settings in this file.
Findings examine_host(const std::string& config_path);

// Only what the license servers say. `product`: of this one; empty: of all that host.toml names.
// Errors: those of read_host_config() and HostFiles::identity().
Result<Findings> examine_servers(const std::string& config_path, const std::string& product);

// Whether something keeps the kernel's clock in step.
bool system_clock_is_kept();

}  // namespace calm
