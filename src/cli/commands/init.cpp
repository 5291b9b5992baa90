// calm init: the first run of a license server on this machine. It writes calmd's settings, and
// once calmd answers, makes the first owner. Ledger, keys and certificate are calmd's own work, at
// its first start. It may be repeated: what is there already is left alone.
#include <algorithm>
#include <chrono>
#include <thread>

#include <boost/json.hpp>
#include <sodium.h>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include "cli/server_file.h"
#include "documents/crypto.h"

namespace calm::cli {
namespace {

struct Options {
    std::string config;
    std::string data;
    std::string socket;
    std::string tls_address;
    std::optional<uint16_t> tls_port;
    std::string account = "admin";
    std::string password_file;
    std::string wait = "0s";
};

// Makes a directory; those of its path that were not there before are added to `made`.
Result<> make_directory(const std::filesystem::path& directory,
                        std::vector<std::filesystem::path>& made) {
    std::error_code error;
    for (auto each = directory; !each.empty() && !std::filesystem::exists(each, error);
         each = each.parent_path())
        made.push_back(each);
    std::filesystem::create_directories(directory, error);
    if (error) return std::unexpected(write_error(error.value(), directory));
    return {};
}

// The settings file and the directories that it names: all of them, or none.
Result<> make_places(const ServerFile& file) {
    std::vector<std::filesystem::path> made;
    const auto make = [&]() -> Result<> {
        for (const auto& directory :
             {file.path.parent_path(), std::filesystem::path(file.socket).parent_path()}) {
            if (!directory.empty()) CALM_TRY(make_directory(directory, made));
        }
        CALM_TRY(make_directory(file.data_directory, made));
        std::error_code ignored;
        // Keys will lie in it.
        std::filesystem::permissions(file.data_directory, std::filesystem::perms::owner_all,
                                     ignored);
        return create_file(file.path, server_file_text(file), 0644);
    };
    auto done = make();
    if (done) return done;
    std::ranges::sort(made, std::greater{});  // what is below goes first
    std::error_code ignored;
    for (const auto& each : made)
        std::filesystem::remove(each, ignored);
    return done;
}

// Settings that are there are kept: a repeated `calm init` must not move a running server's data.
Result<ServerFile> settle_file(Call& call, const Options& options) {
    CALM_TRY_ASSIGN(ServerFile file,
                    read_server_file(server_file_path(call.terminal(), options.config)));
    if (file.exists) {
        call.say("command.init.file_kept", {{"file", file.path.string()}});
        return file;
    }
    const auto absolute = [](const std::string& path) {
        return std::filesystem::absolute(path).lexically_normal();
    };
    if (!options.data.empty()) file.data_directory = absolute(options.data);
    if (!options.socket.empty()) file.socket = absolute(options.socket).string();
    if (!options.tls_address.empty()) file.tls_address = options.tls_address;
    if (options.tls_port) file.tls_port = *options.tls_port;
    CALM_TRY(make_places(file));
    call.say("command.init.file_written", {{"file", file.path.string()}});
    return file;
}

bool wait_for(HttpClient& server, Seconds patience) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(patience.count);
    while (true) {
        if (server.send({.path = "/livez"})) return true;
        if (std::chrono::steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

// 24 characters without look-alikes: more than 130 bits.
std::string draw_password() {
    constexpr std::string_view kAlphabet =
        "abcdefghijkmnpqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    std::string password;
    for (int i = 0; i < 24; ++i)
        password += kAlphabet[randombytes_uniform(static_cast<uint32_t>(kAlphabet.size()))];
    return password;
}

struct Owner {
    bool made = false;
    std::string drawn_password;  // when nobody was asked for one
};

Result<Owner> make_owner(Call& call, HttpClient& server, const Options& options) {
    CALM_TRY_ASSIGN(const boost::json::value answer, server.json({.path = "/v1/accounts"}));
    for (const auto& account : array_at(answer, "accounts")) {
        if (text_at(account, "role") != "owner") continue;
        call.say("command.init.owner_kept", {{"account", text_at(account, "account")}});
        return Owner{};
    }
    Owner owner{.made = true};
    std::string password;
    if (options.password_file.empty() && call.options().yes) {
        password = owner.drawn_password = draw_password();
    } else {
        call.say("command.init.choose_password", {{"account", options.account}});
        CALM_TRY_ASSIGN(password, read_password(call, options.password_file, true));
    }
    std::string body = boost::json::serialize(boost::json::object{
        {"account", options.account}, {"role", "owner"}, {"password", password}});
    wipe(password);
    const auto made = server.json({.method = "POST",
                                   .path = "/v1/accounts",
                                   .body = body,
                                   .idempotency_key = new_request_id()});
    wipe(body);
    if (!made) return std::unexpected(made.error());
    return owner;
}

Exit tell(Call& call, const ServerFile& file, const Options& options, const Owner& owner,
          const boost::json::value& status) {
    if (call.json()) {
        boost::json::object out{{"config", file.path.string()},
                                {"data_directory", file.data_directory.string()},
                                {"socket", file.socket},
                                {"license_server_id", text_at(status, "license_server_id")},
                                {"fingerprint", text_at(status, "fingerprint")},
                                {"account", options.account},
                                {"account_made", owner.made}};
        if (!owner.drawn_password.empty()) out["password"] = owner.drawn_password;
        call.print_json(out);
        return Exit::ok;
    }
    const auto label = [&](const char* name) { return call.text(std::string("fact.") + name); };
    call.print(fact_lines({{label("license_server_id"), text_at(status, "license_server_id")},
                           {label("certificate"), text_at(status, "fingerprint")},
                           {label("socket"), file.socket},
                           {label("data_directory"), file.data_directory.string()},
                           {label("account"), owner.made ? options.account : ""},
                           {label("password"), owner.drawn_password}}));
    if (!owner.drawn_password.empty()) call.say("command.init.keep_password");
    call.say("command.init.next");
    return Exit::ok;
}

Exit init(Call& call, const Options& options) {
    const auto patience = parse_duration(options.wait);
    if (!patience) return call.fail(patience.error());
    const auto file = settle_file(call, options);
    if (!file) return call.fail(file.error());
    const auto address = parse_server_address("unix:" + file->socket);
    if (!address) return call.fail(address.error());
    HttpClient server({.server = *address});
    if (!wait_for(server, *patience)) {
        const bool usual = file->path == kServerFile;
        call.say(usual ? "command.init.start_service" : "command.init.start_program",
                 {{"file", file->path.string()}});
        if (call.json()) {
            call.print_json(boost::json::object{{"config", file->path.string()},
                                                {"data_directory", file->data_directory.string()},
                                                {"socket", file->socket},
                                                {"server_answers", false}});
        }
        return Exit::unreachable;
    }
    const auto owner = make_owner(call, server, options);
    if (!owner) return call.fail(owner.error(), server.last_status());
    const auto status = server.json({.path = "/v1/status"});
    if (!status) return call.fail(status.error(), server.last_status());
    return tell(call, *file, options, *owner, *status);
}

}  // namespace

Action declare_init(Form& form) {
    auto& options = form.make<Options>();
    form.option("--config", "FILE", options.config);
    form.option("--data", "DIRECTORY", options.data);
    form.option("--socket", "FILE", options.socket);
    form.option("--tls-address", "ADDRESS", options.tls_address);
    form.option("--tls-port", "PORT", options.tls_port);
    form.option("--account", "ACCOUNT", options.account);
    form.option("--password-file", "FILE", options.password_file);
    form.option("--wait", "DURATION", options.wait);
    return [&options](Call& call) { return init(call, options); };
}

}  // namespace calm::cli
