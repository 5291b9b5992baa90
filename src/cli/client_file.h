// Which license server `calm` asks, and as whom: from the options, then the environment
// (CALM_SERVER, CALM_TOKEN, CALM_FINGERPRINT), then the person's own client.toml, which `calm
// login` writes; else the socket that calmd.toml names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/terminal.h"
#include "client/server_address.h"

namespace calm::cli {

struct GlobalOptions;

struct ClientFile {
    std::string server;
    std::string token;
    std::string fingerprint;
    std::string ca_file;

    bool operator==(const ClientFile&) const = default;
};

// $XDG_CONFIG_HOME/calm/client.toml or ~/.config/calm/client.toml; empty without a home.
std::filesystem::path client_file_path(const Terminal& terminal);

// An absent file is an empty one. Errors: `client_file_unreadable`, `client_file_malformed` (also:
// a key that does not exist).
Result<ClientFile> read_client_file(const std::filesystem::path& path);

// Readable by its owner only, replaced as a whole. Errors: `client_file_unwritable`.
Result<> write_client_file(const std::filesystem::path& path, const ClientFile& file);

struct ServerChoice {
    ServerAddress address;
    std::optional<Hash> fingerprint;
    std::string ca_file;
    std::string token;
};

// A token of the file goes only to the server that the file names. Errors: those above,
// `bad_server_address`, `plain_http_refused`, `bad_fingerprint`.
Result<ServerChoice> choose_server(const Terminal& terminal, const GlobalOptions& options);

}  // namespace calm::cli
