// host.toml where it lies, with what the environment says over it.
#pragma once

#include <string>

#include "agent/host_config.h"

namespace calm {

inline constexpr const char* kHostConfigDefault = "/etc/calm/host.toml";

// Errors: those of parse_host_config(), naming the file; `host_file_unreadable`, also when it is
// not there and may not be absent.
Result<HostConfig> read_host_config(const std::string& path, bool may_be_absent);

}  // namespace calm
