// calmd.toml, as far as the command line must know it: where the server of this machine keeps its
// data and how it is reached. Everything else in it is calmd's own business.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "cli/terminal.h"

namespace calm::cli {

inline constexpr std::string_view kServerFile = "/etc/calm/calmd.toml";

// A file of this name in the data directory says that the database came out of a backup; calmd
// starts a new epoch and takes it away.
inline constexpr std::string_view kRestoredMark = "restored";

struct ServerFile {
    std::filesystem::path path;
    bool exists = false;
    std::filesystem::path data_directory = "/var/lib/calm";
    std::string socket = "/run/calm/calmd.sock";
    std::string tls_address = "0.0.0.0";
    uint16_t tls_port = 7443;
    std::filesystem::path certificate;  // its own, or the one that calmd makes
};

// The file that `option` names, else CALM_CONFIG of the environment, else kServerFile.
std::filesystem::path server_file_path(const Terminal& terminal, const std::string& option);

// An absent file means the defaults. Errors: `settings_malformed`, `file_unreadable`.
Result<ServerFile> read_server_file(const std::filesystem::path& path);

// The text of a calmd.toml with these values, commented.
std::string server_file_text(const ServerFile& file);

}  // namespace calm::cli
