// client.toml, and the choice of a server.
#include "cli/client_file.h"

#include <array>
#include <sstream>

#include "base/toml.h"
#include "base/toml_guard.h"
#include "cli/call.h"
#include "cli/files.h"
#include "cli/server_file.h"
#include "cli/suggest.h"

namespace calm::cli {
namespace {

constexpr size_t kFileBytesMax = 64 * 1024;

using Field = std::pair<const char*, std::string ClientFile::*>;
constexpr std::array kFields{
    Field{"server", &ClientFile::server}, Field{"token", &ClientFile::token},
    Field{"fingerprint", &ClientFile::fingerprint}, Field{"ca_file", &ClientFile::ca_file}};

Error malformed(const std::filesystem::path& path, const std::string& why) {
    return {"client_file_malformed", "`" + path.string() + "`: " + why};
}

Result<ClientFile> from_table(const std::filesystem::path& path, const toml::table& table) {
    ClientFile file;
    std::vector<std::string> names;
    for (const auto& [name, member] : kFields)
        names.emplace_back(name);
    for (const auto& [key, value] : table) {
        const std::string name(key.str());
        const auto* const field =
            std::ranges::find_if(kFields, [&](const Field& each) { return name == each.first; });
        if (field == kFields.end()) {
            const auto meant = suggest(name, names);
            return std::unexpected(
                malformed(path, "there is no key `" + name + "`" +
                                    (meant ? "; did you mean `" + *meant + "`?" : std::string())));
        }
        const auto text = value.value<std::string>();
        if (!text) return std::unexpected(malformed(path, "`" + name + "` is not a text"));
        file.*field->second = *text;
    }
    return file;
}

// The socket of the license server on this machine, where its settings say.
std::string local_server(const Terminal& terminal) {
    const auto file = read_server_file(server_file_path(terminal, ""));
    return "unix:" + (file ? file->socket : ServerFile().socket);
}

}  // namespace

std::filesystem::path client_file_path(const Terminal& terminal) {
    std::filesystem::path base = terminal.environment("XDG_CONFIG_HOME");
    if (!base.is_absolute()) {
        const std::filesystem::path home = terminal.environment("HOME");
        if (!home.is_absolute()) return {};
        base = home / ".config";
    }
    return base / "calm" / "client.toml";
}

Result<ClientFile> read_client_file(const std::filesystem::path& path) {
    std::error_code error;
    if (path.empty() || !std::filesystem::exists(path, error)) return ClientFile{};
    const auto text = read_file(path, kFileBytesMax);
    if (!text) return fail("client_file_unreadable", text.error().detail);
    if (const TomlFault fault = guard_toml(*text)) {
        return std::unexpected(
            malformed(path, std::string(fault.what) + ", line " + std::to_string(fault.line)));
    }
    const toml::parse_result parsed = toml::parse(*text);
    if (!parsed) {
        const auto& wrong = parsed.error();
        return std::unexpected(malformed(path, std::string(wrong.description()) + ", line " +
                                                   std::to_string(wrong.source().begin.line)));
    }
    return from_table(path, parsed.table());
}

Result<> write_client_file(const std::filesystem::path& path, const ClientFile& file) {
    if (path.empty()) return fail("client_file_unwritable", "HOME is not set");
    toml::table table;
    for (const auto& [name, member] : kFields) {
        if (!(file.*member).empty()) table.insert(name, file.*member);
    }
    std::ostringstream text;
    text << table << '\n';
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error)
        return fail("client_file_unwritable",
                    write_error(error.value(), path.parent_path()).detail);
    const auto written = replace_file(path, text.str(), 0600);
    if (!written) return fail("client_file_unwritable", written.error().detail);
    return {};
}

Result<ServerChoice> choose_server(const Terminal& terminal, const GlobalOptions& options) {
    CALM_TRY_ASSIGN(const ClientFile file, read_client_file(client_file_path(terminal)));
    const auto first = [](std::initializer_list<std::string> texts) {
        for (const std::string& text : texts)
            if (!text.empty()) return text;
        return std::string();
    };
    ServerChoice choice;
    std::string server = first({options.server, terminal.environment("CALM_SERVER"), file.server});
    if (server.empty()) server = local_server(terminal);
    CALM_TRY_ASSIGN(choice.address, parse_server_address(server));

    const auto own = parse_server_address(file.server);
    const ClientFile known = own && *own == choice.address ? file : ClientFile{};
    choice.token = first({options.token, terminal.environment("CALM_TOKEN"), known.token});
    choice.ca_file = first({options.ca_file, known.ca_file});
    const std::string pin =
        first({options.fingerprint, terminal.environment("CALM_FINGERPRINT"), known.fingerprint});
    if (!pin.empty()) {
        CALM_TRY_ASSIGN(choice.fingerprint, parse_fingerprint(pin));
    }
    return choice;
}

}  // namespace calm::cli
