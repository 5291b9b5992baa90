// Setting by setting.
#include "agent/effective.h"

#include <algorithm>

namespace calm {
namespace {

constexpr std::string_view kLocalServer = "unix:/run/calm/calmd.sock";  // calmd.toml's default

std::string lower(std::string_view name) {
    std::string out(name);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return out;
}

std::string_view short_name(std::string_view name) {
    return name.substr(0, name.find('.'));
}

bool is_local(std::string_view name, std::string_view machine) {
    const std::string asked = lower(name);
    const std::string own = lower(machine);
    return asked == "localhost" || asked == own || asked == short_name(own);
}

// Puts what the policy says over the file's servers.
class NamedServers {
  public:
    NamedServers(HostConfig& config, HostPolicy& policy, std::string_view machine)
        : config_(config), policy_(policy), machine_(machine) {}

    void put() {
        std::vector<ServerConfig> servers;
        for (const std::string& name : policy_.license_servers) {
            if (servers.size() == kServersMax) {
                complain(PolicyFault::too_many, std::to_string(policy_.license_servers.size()));
                break;
            }
            auto server = server_of(name);
            if (!server) complain(PolicyFault::bad_server, name);
            if (server && std::ranges::find(servers, *server) == servers.end())
                servers.push_back(std::move(*server));
        }
        policy_.license_servers.clear();
        if (!servers.empty()) {
            config_.servers = std::move(servers);
            for (const ServerConfig& server : config_.servers)
                policy_.license_servers.push_back(to_string(server.address));
        } else {
            auto& state = policy_.states[static_cast<size_t>(PolicySetting::license_servers)];
            if (state == PolicyState::enabled) state = PolicyState::not_configured;
        }
        put_proofs();
    }

  private:
    void complain(PolicyFault fault, std::string found,
                  PolicySetting setting = PolicySetting::license_servers,
                  std::string value = "LicenseServers") {
        policy_.problems.push_back({fault, setting, std::move(value), std::move(found)});
    }

    std::optional<ServerConfig> server_of(const std::string& name) const {
        for (const ServerConfig& each : config_.servers) {
            if (each.address.kind == ServerAddress::Kind::unix_socket ? is_local(name, machine_)
                                                                      : is_named(each, name))
                return each;
        }
        const bool whole = name.find(":/") != std::string::npos;
        const std::string address = whole                      ? name
                                    : is_local(name, machine_) ? std::string(kLocalServer)
                                                               : "https://" + name;
        const auto parsed = parse_server_address(address);
        if (!parsed) return {};
        return ServerConfig{.address = *parsed};
    }

    // By its name alone, or with its port.
    static bool is_named(const ServerConfig& server, std::string_view name) {
        const ServerAddress& address = server.address;
        const std::string host =
            address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
        const std::string asked = lower(name);
        return asked == lower(host) || asked == lower(host) + ":" + std::to_string(address.port) ||
               asked == lower(to_string(address));
    }

    void put_proofs() {
        for (const auto& [name, text] : policy_.server_fingerprints) {
            const auto fingerprint = parse_fingerprint(text);
            if (!fingerprint) {
                complain(PolicyFault::bad_fingerprint, text, PolicySetting::server_fingerprints,
                         name);
                continue;
            }
            for (ServerConfig& server : config_.servers) {
                if (is_named(server, name)) server.fingerprint = *fingerprint;
            }
        }
        if (policy_.server_ca_file.empty()) return;
        for (ServerConfig& server : config_.servers)
            server.ca_file = policy_.server_ca_file;
    }

    HostConfig& config_;
    HostPolicy& policy_;
    std::string_view machine_;
};

void put_services(HostConfig& config, const HostPolicy& policy) {
    for (const auto& [name, product] : policy.services) {
        const auto known = std::ranges::find(config.services, name, &ServiceConfig::name);
        if (known != config.services.end()) {
            known->product = product;
        } else {
            config.services.push_back({.name = name, .product = product});
        }
    }
}

std::string yes_or_no(bool value) {
    return value ? "yes" : "no";
}

template <class List, class Text>
std::string joined(const List& list, Text text) {
    std::string out;
    for (const auto& each : list) {
        const std::string one = text(each);
        if (!one.empty()) out += (out.empty() ? "" : ", ") + one;
    }
    return out;
}

std::string fingerprints_of(const HostConfig& config) {
    return joined(config.servers, [](const ServerConfig& server) {
        if (!server.fingerprint) return std::string();
        return to_string(server.address) + "=" + to_fingerprint(*server.fingerprint);
    });
}

std::string ca_files_of(const HostConfig& config) {
    std::vector<std::string> files;
    for (const ServerConfig& server : config.servers) {
        if (std::ranges::find(files, server.ca_file) == files.end())
            files.push_back(server.ca_file);
    }
    return joined(files, [](const std::string& file) { return file; });
}

// Of everything but the mode.
std::string value_of(const EffectiveHost& host, PolicySetting setting) {
    const HostConfig& config = host.config;
    switch (setting) {
        case PolicySetting::license_servers:
            return joined(config.servers,
                          [](const ServerConfig& server) { return to_string(server.address); });
        case PolicySetting::licensing_mode:
        case PolicySetting::either_cal: return {};
        case PolicySetting::hide_notices: return yes_or_no(config.hide_notices);
        // Only who is enrolled with a key of its own is answered at all.
        case PolicySetting::secure_licensing: return yes_or_no(true);
        case PolicySetting::prevent_upgrade:
            return host.policy.prevent_upgrade ? yes_or_no(*host.policy.prevent_upgrade) : "";
        case PolicySetting::server_ca_file: return ca_files_of(config);
        case PolicySetting::server_fingerprints: return fingerprints_of(config);
        case PolicySetting::services:
            return joined(config.services, [](const ServiceConfig& service) {
                return service.name + "=" + service.product;
            });
        case PolicySetting::contact: return config.contact;
        case PolicySetting::language:
            return config.language ? std::string(language_code(*config.language)) : "";
        case PolicySetting::admit_offline: return yes_or_no(config.offline == OfflinePolicy::admit);
        case PolicySetting::budget_ms: return std::to_string(config.budget.count());
    }
    return {};
}

void note_what_others_act_on(HostPolicy& policy) {
    const auto note = [&](PolicyFault fault, PolicySetting setting, const char* found) {
        policy.problems.push_back({fault, setting, std::string(item_of(setting).value), found});
    };
    if (policy.secure_licensing == false)
        note(PolicyFault::secured_anyway, PolicySetting::secure_licensing, "0");
    if (policy.prevent_upgrade == true)
        note(PolicyFault::at_the_server, PolicySetting::prevent_upgrade, "1");
}

}  // namespace

EffectiveHost put_in_force(HostConfig file, HostPolicy policy, std::string_view machine) {
    EffectiveHost host;
    host.mode = {.policy = policy.mode, .file = file.mode};
    NamedServers(file, policy, machine).put();
    put_services(file, policy);
    if (policy.hide_notices) file.hide_notices = *policy.hide_notices;
    if (!policy.contact.empty()) file.contact = policy.contact;
    if (!policy.language.empty())
        file.language = policy.language == "fr" ? Language::fr : Language::en;
    if (policy.admit_offline)
        file.offline = *policy.admit_offline ? OfflinePolicy::admit : OfflinePolicy::refuse;
    if (policy.budget_ms) file.budget = std::chrono::milliseconds(*policy.budget_ms);
    note_what_others_act_on(policy);
    host.config = std::move(file);
    host.policy = std::move(policy);
    return host;
}

std::vector<EffectiveValue> effective_values(const EffectiveHost& host,
                                             LicensingMode mode_at_server) {
    const ModeInForce mode = mode_in_force(host.mode, mode_at_server);
    const EffectiveHost nothing;
    std::vector<EffectiveValue> values;
    for (const PolicyItem& item : policy_items()) {
        EffectiveValue value{item.setting, value_of(host, item.setting), SettingSource::built_in};
        const PolicyState state = host.policy.state(item.setting);
        const bool by_policy = state == PolicyState::enabled ||
                               (state == PolicyState::disabled && item.form == PolicyForm::flag);
        if (by_policy) {
            value.source = SettingSource::policy;
        } else if (value.value != value_of(nothing, item.setting)) {
            value.source = SettingSource::file;
        }
        if (item.setting == PolicySetting::licensing_mode)
            value = {item.setting, std::string(name_of(mode.mode)), mode.source};
        if (item.setting == PolicySetting::either_cal)
            value = {item.setting, yes_or_no(mode.mode == LicensingMode::either), mode.source};
        values.push_back(std::move(value));
    }
    return values;
}

}  // namespace calm
