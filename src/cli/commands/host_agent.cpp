// calm host enrol | status | test | doctor: what calm-hostd does, for who knows `calm`. They hand
// over to the program of the host package, which has the host's key and files.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <unistd.h>

#include "cli/commands/declare.h"

namespace calm::cli {
namespace {

constexpr const char* kProgram = "calm-hostd";

struct Own {
    std::string config;
    std::string name;
    std::string mode;
    std::string state_dir;
    std::vector<std::string> services;
    bool also = false;
    std::string product;
    std::string user;
    std::string device;
    std::string service;
};

// Beside this program, or where the shell would find it, or where the package puts it.
std::string find_program(const Terminal& terminal) {
    std::error_code ignored;
    std::vector<std::filesystem::path> folders{
        std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path()};
    std::string path = terminal.environment("PATH");
    for (size_t end = 0; !path.empty(); path.erase(0, std::min(end, path.size() - 1) + 1)) {
        end = path.find(':');
        if (end != 0) folders.emplace_back(path.substr(0, end));
    }
    folders.emplace_back("/usr/bin");
    for (const auto& folder : folders) {
        const auto file = folder / kProgram;
        if (!folder.empty() && access(file.c_str(), X_OK) == 0) return file.string();
    }
    return {};
}

using Words = std::vector<std::string>;

void add(Words& words, const char* option, const std::string& value) {
    if (value.empty()) return;
    words.emplace_back(option);
    words.push_back(value);
}

// Does not come back, unless it cannot hand over.
Exit hand_over(Call& call, const Own& own, Words words) {
    const std::string program = find_program(call.terminal());
    if (program.empty())
        return call.fail({"host_package_missing", std::string("`") + kProgram + "`"});
    words.insert(words.begin(), kProgram);
    add(words, "--config", own.config);
    if (call.json()) words.emplace_back("--json");
    if (!call.options().lang.empty()) setenv("LC_ALL", call.options().lang.c_str(), 1);
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    call.terminal().out.flush();
    call.terminal().err.flush();
    execv(program.c_str(), arguments.data());
    return call.fail({"host_package_missing", program + ": " + std::strerror(errno)});
}

Exit enrol(Call& call, const Own& own) {
    const GlobalOptions& options = call.options();
    if (options.server.empty() || options.token.empty()) {
        const char* const lacks = options.server.empty() ? "--server" : "--token";
        return call.fail({"usage", call.text("usage.missing",
                                             {{"what", lacks}, {"command", "calm host enrol"}})});
    }
    Words words{"enrol"};
    add(words, "--server", options.server);
    add(words, "--fingerprint", options.fingerprint);
    add(words, "--ca-file", options.ca_file);
    add(words, "--token", options.token);
    add(words, "--name", own.name);
    add(words, "--mode", own.mode);
    add(words, "--state-dir", own.state_dir);
    for (const std::string& service : own.services)
        add(words, "--service", service);
    if (own.also) words.emplace_back("--also");
    return hand_over(call, own, std::move(words));
}

Exit test(Call& call, const Own& own) {
    Words words{"test"};
    add(words, "--user", own.user);
    add(words, "--device", own.device);
    add(words, "--service", own.service);
    if (!own.product.empty()) words.push_back(own.product);
    return hand_over(call, own, std::move(words));
}

Own& with_config(Form& form) {
    auto& own = form.make<Own>();
    form.is_file(form.option("--config", "FILE", own.config));
    return own;
}

}  // namespace

Action declare_host_enrol(Form& form) {
    auto& own = with_config(form);
    form.option("--name", "NAME", own.name);
    form.only_names_of<LicensingMode>(form.option("--mode", "MODE", own.mode));
    form.option("--service", "SERVICE=PRODUCT", own.services);
    form.option("--state-dir", "DIRECTORY", own.state_dir);
    form.flag("--also", own.also);
    return [&own](Call& call) { return enrol(call, own); };
}

Action declare_host_status(Form& form) {
    auto& own = with_config(form);
    return [&own](Call& call) { return hand_over(call, own, {"status"}); };
}

Action declare_host_test(Form& form) {
    auto& own = with_config(form);
    form.optional_argument("PRODUCT", own.product);
    form.option("--user", "NAME", own.user);
    form.option("--device", "NAME", own.device);
    form.option("--service", "SERVICE", own.service);
    return [&own](Call& call) { return test(call, own); };
}

Action declare_host_doctor(Form& form) {
    auto& own = with_config(form);
    return [&own](Call& call) { return hand_over(call, own, {"doctor"}); };
}

}  // namespace calm::cli
