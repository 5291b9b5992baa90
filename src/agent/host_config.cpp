// Reading host.toml strictly, table by table.
#include "agent/host_config.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "base/closest.h"
#include "base/toml.h"
#include "base/toml_guard.h"
#include "client/discovery.h"
#include "core/product.h"
#include "core/terms.h"
#include "documents/ledger_id.h"
#include "wire/admission_json.h"

namespace calm {
namespace {

constexpr size_t kTextMax = 1024;
constexpr size_t kSocketPathMax = 107;
constexpr std::string_view kDiscover = "srv:";
constexpr std::string_view kOverridePrefix = "CALM_HOST_";

// One table: each key is asked for once, and finish() reports what nobody asked for. The first
// complaint wins.
class Table {
  public:
    Table(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

    void text(std::string_view key, std::string& into) {
        const auto* node = take(key);
        if (node == nullptr) return;
        const auto value = node->value_exact<std::string>();
        if (!value) return complain(key, "is not a text in quotes");
        if (value->empty()) return complain(key, "is empty");
        if (value->size() > kTextMax) return complain(key, "is too long");
        if (std::ranges::any_of(*value, [](char c) { return static_cast<uint8_t>(c) < 0x20; })) {
            return complain(key, "has a control character in it");
        }
        into = *value;
    }

    void flag(std::string_view key, bool& into) {
        const auto* node = take(key);
        if (node == nullptr) return;
        const auto value = node->value_exact<bool>();
        if (!value) return complain(key, "is neither true nor false");
        into = *value;
    }

    // Of somebody or something, as license servers take it.
    void name(std::string_view key, std::string& into) {
        text(key, into);
        if (into.size() > wire::kNameBytesMax) {
            complain(key, fmt::format("is longer than {} bytes", wire::kNameBytesMax));
        }
    }

    // Whether it says one.
    template <class E>
    bool choice(std::string_view key, E& into) {
        std::string spelt;
        text(key, spelt);
        if (spelt.empty()) return false;
        const auto value = from_name<E>(spelt);
        if (value) {
            into = *value;
            return true;
        }
        std::string all;
        for (const auto& [each, name] : NamesOf<E>::value)
            all += fmt::format("{}`{}`", all.empty() ? "" : " or ", name);
        complain(key, fmt::format("is `{}`; it can be {}", spelt, all));
        return false;
    }

    void milliseconds(std::string_view key, std::chrono::milliseconds& into, int64_t min,
                      int64_t max) {
        const auto* node = take(key);
        if (node == nullptr) return;
        const auto value = node->value_exact<int64_t>();
        if (!value || *value < min || *value > max) {
            return complain(key, fmt::format("is not a whole number from {} to {}", min, max));
        }
        into = std::chrono::milliseconds(*value);
    }

    void texts(std::string_view key, std::vector<std::string>& into) {
        const auto* node = take(key);
        if (node == nullptr) return;
        const auto* list = node->as_array();
        if (list == nullptr || list->size() > kTextMax) {
            return complain(key, "is not a list of texts");
        }
        into.clear();
        for (const auto& each : *list) {
            const auto value = each.value_exact<std::string>();
            if (!value || value->empty()) return complain(key, "holds something that is no text");
            into.push_back(*value);
        }
    }

    const toml::node* take(std::string_view key) {
        known_.push_back(key);
        return table_.get(key);
    }

    void require(std::string_view key) {
        if (table_.get(key) == nullptr) complain(key, "is missing");
    }

    void complain(std::string_view key, std::string_view what,
                  std::string code = "setting_invalid") {
        if (error_) return;
        const auto* node = table_.get(key);
        const auto line = node == nullptr ? table_.source().begin.line : node->source().begin.line;
        error_ =
            Error{std::move(code), fmt::format("{}`{}` of {} {}", place(line), key, name_, what)};
    }

    Result<> finish() {
        for (const auto& [key, node] : table_) {
            const std::string_view name = key.str();
            if (error_ || std::ranges::find(known_, name) != known_.end()) continue;
            const std::string_view meant = closest(name, known_);
            complain(name,
                     meant.empty() ? "is not a setting"
                                   : fmt::format("is not a setting; did you mean `{}`?", meant),
                     "setting_unknown");
        }
        if (error_) return std::unexpected(*error_);
        return {};
    }

  private:
    static std::string place(uint32_t line) {
        return line == 0 ? std::string() : fmt::format("line {}: ", line);
    }

    const toml::table& table_;
    std::string name_;
    std::vector<std::string_view> known_;
    std::optional<Error> error_;
};

void read_policy(Table& host, HostConfig& config) {
    LicensingMode mode{};
    if (host.choice("mode", mode)) config.mode = mode;
    host.flag("hide_notices", config.hide_notices);
    host.texts("notice_groups", config.notice_groups);
    host.texts("policy", config.policy_files);
    if (config.policy_files.size() > kPolicyFilesMax) {
        host.complain("policy", fmt::format("names more than {} files", kPolicyFilesMax));
    }
    if (!std::ranges::all_of(config.policy_files,
                             [](const std::string& file) { return file.starts_with('/'); })) {
        host.complain("policy", "holds what is not an absolute path");
    }
}

Result<> read_host(const toml::table& table, HostConfig& config) {
    Table host(table, "[host]");
    host.text("name", config.name);
    host.text("state_dir", config.state_dir);
    host.text("socket", config.socket);
    std::string language;
    host.text("language", language);
    if (language == "en") config.language = Language::en;
    if (language == "fr") config.language = Language::fr;
    if (!language.empty() && language != "en" && language != "fr") {
        host.complain("language", "is neither `en` nor `fr`");
    }
    host.text("contact", config.contact);
    host.choice("offline", config.offline);
    host.milliseconds("budget_ms", config.budget, 100, kBudgetMax.count());
    host.texts("ask_as", config.ask_as);
    read_policy(host, config);
    for (const auto& [key, path] :
         {std::pair("state_dir", &config.state_dir), std::pair("socket", &config.socket)}) {
        if (!path->starts_with('/')) host.complain(key, "is not an absolute path");
    }
    if (config.socket.size() > kSocketPathMax) host.complain("socket", "is longer than 107 bytes");
    return host.finish();
}

Result<> read_web(const toml::table& table, HostConfig& config) {
    Table web(table, "[web]");
    web.text("socket", config.web_socket);
    web.require("socket");
    if (!config.web_socket.empty() && !config.web_socket.starts_with('/')) {
        web.complain("socket", "is not an absolute path");
    }
    if (config.web_socket.size() > kSocketPathMax) {
        web.complain("socket", "is longer than 107 bytes");
    }
    if (config.web_socket == config.socket) web.complain("socket", "is the one of [host]");
    return web.finish();
}

Result<> read_stations(const toml::table& table, HostConfig& config) {
    Table stations(table, "[stations]");
    StationsConfig read;
    stations.text("product", read.product);
    stations.flag("console", read.console);
    stations.texts("terminals", read.terminals);
    stations.texts("split", read.split);
    stations.texts("remote", read.remote);
    stations.text("desktops", read.desktops);
    if (!read.product.empty() && !is_product_code(read.product)) {
        stations.complain("product", "is no product code");
    }
    if (read.desktops.starts_with('-')) stations.complain("desktops", "is no libvirt connection");
    CALM_TRY(stations.finish());
    config.stations = std::move(read);
    return {};
}

Result<> read_server(const toml::table& table, HostConfig& config) {
    Table server(table, "[[server]]");
    ServerConfig read;
    std::string address;
    std::string fingerprint;
    std::string id;
    server.text("address", address);
    server.text("fingerprint", fingerprint);
    server.text("ca_file", read.ca_file);
    server.text("license_server", id);
    server.require("address");
    if (address.starts_with(kDiscover)) {
        read.discover = address.substr(kDiscover.size());
        if (!is_domain(read.discover)) server.complain("address", "names no domain");
    } else if (!address.empty()) {
        const auto parsed = parse_server_address(address);
        if (parsed) read.address = *parsed;
        if (!parsed) server.complain("address", "is no address: " + parsed.error().detail);
    }
    if (!fingerprint.empty()) {
        const auto parsed = parse_fingerprint(fingerprint);
        if (parsed) read.fingerprint = *parsed;
        if (!parsed) server.complain("fingerprint", "is none: " + parsed.error().detail);
    }
    if (!id.empty()) {
        const auto parsed = parse_ledger_id(id);
        if (parsed) read.license_server = *parsed;
        if (!parsed) server.complain("license_server", "is no license server id");
    }
    CALM_TRY(server.finish());
    config.servers.push_back(std::move(read));
    return {};
}

Result<> read_service(const std::string& name, const toml::table& table, HostConfig& config) {
    Table service(table, fmt::format("[service.{}]", name));
    ServiceConfig read{.name = name};
    service.text("product", read.product);
    service.choice("mode", read.mode);
    service.name("device", read.device);
    service.name("station", read.station);
    service.name("via", read.via);
    service.name("from_server", read.from_server);
    service.choice("workload", read.workload);
    service.flag("outside", read.outside);
    service.flag("administration", read.administration);
    service.flag("host_service", read.host_service);
    service.flag("wait", read.wait);
    service.require("product");
    if (!read.product.empty() && !is_product_code(read.product)) {
        service.complain("product", "is no product code");
    }
    CALM_TRY(service.finish());
    config.services.push_back(std::move(read));
    return {};
}

// CALM_HOST_STATE_DIR=/x is state_dir = "/x" of [host].
Result<> apply_overrides(toml::table& host, const Overrides& overrides) {
    for (const auto& [name, value] : overrides) {
        if (!name.starts_with(kOverridePrefix)) continue;
        std::string key = name.substr(kOverridePrefix.size());
        std::ranges::transform(key, key.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        if (key == "budget_ms") {
            const bool digits = !value.empty() && value.size() < 9 &&
                                value.find_first_not_of("0123456789") == std::string::npos;
            if (!digits) return fail("setting_invalid", fmt::format("{} is not a number", name));
            host.insert_or_assign(key, int64_t{std::stol(value)});
        } else {
            host.insert_or_assign(key, value);
        }
    }
    return {};
}

Result<toml::table> parse_toml(std::string_view text) {
    if (text.size() > kConfigBytesMax) return fail("settings_malformed", "the file is too long");
    if (const TomlFault fault = guard_toml(text)) {
        return fail("settings_malformed", fmt::format("line {}: {}", fault.line, fault.what));
    }
    toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        return fail("settings_malformed",
                    fmt::format("line {}: {}", parsed.error().source().begin.line,
                                parsed.error().description()));
    }
    return std::move(parsed).table();
}

toml::table table_of(const ServerConfig& server) {
    toml::table table;
    table.insert("address", server.discover.empty() ? to_string(server.address)
                                                    : std::string(kDiscover) + server.discover);
    if (server.fingerprint) table.insert("fingerprint", to_fingerprint(*server.fingerprint));
    if (!server.ca_file.empty()) table.insert("ca_file", server.ca_file);
    if (server.license_server) {
        table.insert("license_server", to_string(*server.license_server));
    }
    return table;
}

toml::array array_of(const std::vector<std::string>& texts) {
    toml::array array;
    for (const std::string& text : texts)
        array.push_back(text);
    return array;
}

toml::table table_of(const StationsConfig& stations) {
    toml::table table;
    if (!stations.product.empty()) table.insert("product", stations.product);
    if (!stations.console) table.insert("console", false);
    for (const auto& [key, list] :
         {std::pair("terminals", &stations.terminals), std::pair("split", &stations.split),
          std::pair("remote", &stations.remote)}) {
        if (!list->empty()) table.insert(key, array_of(*list));
    }
    if (!stations.desktops.empty()) table.insert("desktops", stations.desktops);
    return table;
}

// How a service asks, where it says so.
void insert_ways(toml::table& table, const ServiceConfig& service) {
    for (const auto& [key, name] :
         {std::pair("station", &service.station), std::pair("via", &service.via),
          std::pair("from_server", &service.from_server)}) {
        if (!name->empty()) table.insert(key, *name);
    }
    if (service.workload != Workload::person) {
        table.insert("workload", std::string(name_of(service.workload)));
    }
    for (const auto& [key, set] :
         {std::pair("outside", service.outside),
          std::pair("administration", service.administration),
          std::pair("host_service", service.host_service), std::pair("wait", service.wait)}) {
        if (set) table.insert(key, true);
    }
}

Result<HostConfig> read(toml::table& root, const Overrides& overrides) {
    HostConfig config;
    Table top(root, "the file");
    toml::table no_host;
    toml::table* host = &no_host;
    if (const auto* node = top.take("host"); node != nullptr) {
        host = root["host"].as_table();
        if (host == nullptr)
            return fail("settings_malformed", "`host` is not a section: write [host]");
    }
    CALM_TRY(apply_overrides(*host, overrides));
    CALM_TRY(read_host(*host, config));

    if (const auto* node = top.take("web"); node != nullptr) {
        const auto* web = node->as_table();
        if (web == nullptr)
            return fail("settings_malformed", "`web` is not a section: write [web]");
        CALM_TRY(read_web(*web, config));
    }
    if (const auto* node = top.take("stations"); node != nullptr) {
        const auto* stations = node->as_table();
        if (stations == nullptr)
            return fail("settings_malformed", "`stations` is not a section: write [stations]");
        CALM_TRY(read_stations(*stations, config));
    }
    if (const auto* node = top.take("server"); node != nullptr) {
        const auto* list = node->as_array();
        if (list == nullptr || !list->is_array_of_tables() || list->size() > kServersMax) {
            return fail("settings_malformed",
                        fmt::format("`server` is not a list of at most {} sections: "
                                    "write [[server]]",
                                    kServersMax));
        }
        for (const auto& each : *list)
            CALM_TRY(read_server(*each.as_table(), config));
    }
    if (const auto* node = top.take("service"); node != nullptr) {
        const auto* services = node->as_table();
        if (services == nullptr) return fail("settings_malformed", "write [service.NAME]");
        for (const auto& [name, each] : *services) {
            if (!each.is_table()) return fail("settings_malformed", "write [service.NAME]");
            CALM_TRY(read_service(std::string(name.str()), *each.as_table(), config));
        }
    }
    CALM_TRY(top.finish());
    return config;
}

}  // namespace

const ServiceConfig* HostConfig::find_service(std::string_view service) const {
    const auto found = std::ranges::find(services, service, &ServiceConfig::name);
    return found == services.end() ? nullptr : &*found;
}

std::vector<std::string> HostConfig::products() const {
    std::vector<std::string> all;
    const auto add = [&](const std::string& product) {
        if (!product.empty() && std::ranges::find(all, product) == all.end())
            all.push_back(product);
    };
    for (const ServiceConfig& service : services)
        add(service.product);
    if (stations) add(stations->product);
    return all;
}

Result<HostConfig> parse_host_config(std::string_view text, const Overrides& overrides) {
    CALM_TRY_ASSIGN(auto root, parse_toml(text));
    return read(root, overrides);
}

std::string to_toml(const ServerConfig& server) {
    std::ostringstream out;
    out << toml::table{{"server", toml::array{table_of(server)}}} << "\n";
    return out.str();
}

std::string to_toml(const HostConfig& config) {
    toml::table host;
    if (!config.name.empty()) host.insert("name", config.name);
    host.insert("state_dir", config.state_dir);
    host.insert("socket", config.socket);
    if (config.language) host.insert("language", std::string(language_code(*config.language)));
    if (!config.contact.empty()) host.insert("contact", config.contact);
    host.insert("offline", std::string(name_of(config.offline)));
    host.insert("budget_ms", int64_t{config.budget.count()});
    if (!config.ask_as.empty()) host.insert("ask_as", array_of(config.ask_as));
    if (config.mode) host.insert("mode", std::string(name_of(*config.mode)));
    if (config.hide_notices) host.insert("hide_notices", true);
    if (config.notice_groups != HostConfig{}.notice_groups)
        host.insert("notice_groups", array_of(config.notice_groups));
    if (config.policy_files != HostConfig{}.policy_files) {
        host.insert("policy", array_of(config.policy_files));
    }
    toml::array servers;
    for (const auto& each : config.servers)
        servers.push_back(table_of(each));
    toml::table services;
    for (const auto& each : config.services) {
        toml::table service;
        service.insert("product", each.product);
        if (each.mode != AskFor::both) service.insert("mode", std::string(name_of(each.mode)));
        if (each.device != "rhost") service.insert("device", each.device);
        insert_ways(service, each);
        services.insert(each.name, service);
    }
    toml::table root;
    root.insert("host", host);
    if (!config.web_socket.empty()) {
        root.insert("web", toml::table{{"socket", config.web_socket}});
    }
    if (config.stations) root.insert("stations", table_of(*config.stations));
    if (!servers.empty()) root.insert("server", servers);
    if (!services.empty()) root.insert("service", services);
    std::ostringstream out;
    out << root << "\n";
    return out.str();
}

}  // namespace calm
