// A file and variables.
#include "agent/host_config_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include "agent/sealed_file.h"

extern char** environ;

namespace calm {
namespace {

Overrides overrides_of_environment() {
    Overrides overrides;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view variable(*each);
        const size_t equals = variable.find('=');
        if (!variable.starts_with("CALM_HOST_") || equals == std::string_view::npos) continue;
        overrides.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
    }
    return overrides;
}

}  // namespace

Result<HostConfig> read_host_config(const std::string& path, bool may_be_absent) {
    if (may_be_absent && access(path.c_str(), F_OK) != 0) {
        return parse_host_config("", overrides_of_environment());
    }
    CALM_TRY_ASSIGN(const std::string text, read_file(path, kConfigBytesMax));
    auto config = parse_host_config(text, overrides_of_environment());
    if (!config)
        return fail(config.error().code, fmt::format("{}: {}", path, config.error().detail));
    return config;
}

}  // namespace calm
