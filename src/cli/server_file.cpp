// calmd.toml, read and written.
#include "cli/server_file.h"

#include <sstream>

#include "base/toml.h"
#include "base/toml_guard.h"
#include "cli/files.h"

namespace calm::cli {
namespace {

constexpr size_t kServerFileBytesMax = 1024 * 1024;

std::string toml_text(const std::string& text) {
    std::ostringstream out;
    out << toml::value<std::string>(text);
    return out.str();
}

}  // namespace

std::filesystem::path server_file_path(const Terminal& terminal, const std::string& option) {
    if (!option.empty()) return option;
    const std::string named = terminal.environment("CALM_CONFIG");
    return named.empty() ? std::filesystem::path(kServerFile) : std::filesystem::path(named);
}

Result<ServerFile> read_server_file(const std::filesystem::path& path) {
    ServerFile file;
    file.path = path;
    const auto text = read_file(file.path, kServerFileBytesMax);
    if (!text && text.error().code != "file_not_found") return std::unexpected(text.error());
    file.exists = text.has_value();
    toml::table table;
    if (text) {
        if (const TomlFault fault = guard_toml(*text)) {
            return fail("settings_malformed", "`" + file.path.string() + "`, line " +
                                                  std::to_string(fault.line) + ": " +
                                                  std::string(fault.what));
        }
        toml::parse_result parsed = toml::parse(*text);
        if (!parsed) {
            const auto& wrong = parsed.error();
            return fail("settings_malformed", "`" + file.path.string() + "`, line " +
                                                  std::to_string(wrong.source().begin.line) + ": " +
                                                  std::string(wrong.description()));
        }
        table = std::move(parsed).table();
    }
    const auto value = [&](const char* section, const char* key, const std::string& otherwise) {
        return table[section][key].value_or(otherwise);
    };
    file.data_directory = value("data", "directory", file.data_directory.string());
    file.socket = value("listen", "socket", file.socket);
    file.tls_address = value("listen", "tls_address", file.tls_address);
    file.tls_port = table["listen"]["tls_port"].value_or(file.tls_port);
    file.certificate = value("tls", "certificate", (file.data_directory / "tls.crt").string());
    return file;
}

std::string server_file_text(const ServerFile& file) {
    return "# What starts calmd. What changes a decision is set with `calm product` and\n"
           "# `calm settings`, and stands in the ledger.\n"
           "[data]\n"
           "directory = " +
           toml_text(file.data_directory.string()) +
           "\n\n"
           "[listen]\n"
           "socket = " +
           toml_text(file.socket) +
           "\n"
           "tls_address = " +
           toml_text(file.tls_address) +
           "\n"
           "tls_port = " +
           std::to_string(file.tls_port) + "\n";
}

}  // namespace calm::cli
