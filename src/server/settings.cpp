// A table of settings serves the file, the environment and the documentation.
#include "server/settings.h"

#include <fmt/format.h>
#include <spdlog/common.h>

#define TOML_EXCEPTIONS 0
#include <algorithm>
#include <charconv>

#include <toml++/toml.h>

#include "base/toml_guard.h"

namespace calm {
namespace {

Result<> invalid(std::string_view what) {
    return fail("setting_invalid", std::string(what));
}

template <class Number>
Result<> number_into(Number& into, std::string_view text, uint64_t max) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > max) {
        return invalid(
            fmt::format("`{}` is not a whole number from 0 to {}", text.substr(0, 40), max));
    }
    into = static_cast<Number>(value);
    return {};
}

template <std::string Settings::*field>
Result<> set_text(Settings& settings, std::string_view value) {
    settings.*field = value;
    return {};
}
template <std::string Settings::*field>
std::string show_text(const Settings& settings) {
    return settings.*field;
}
template <uint32_t Settings::*field>
Result<> set_number(Settings& settings, std::string_view value) {
    return number_into(settings.*field, value, 0xFFFF'FFFF);
}
template <uint32_t Settings::*field>
std::string show_number(const Settings& settings) {
    return std::to_string(settings.*field);
}
template <uint16_t Settings::*field>
Result<> set_port(Settings& settings, std::string_view value) {
    return number_into(settings.*field, value, 65535);
}
template <uint16_t Settings::*field>
std::string show_port(const Settings& settings) {
    return std::to_string(settings.*field);
}

Result<> set_names(Settings& settings, std::string_view value) {
    settings.certificate_names.clear();
    while (!value.empty()) {
        const size_t comma = value.find(',');
        std::string_view name = value.substr(0, comma);
        while (name.starts_with(' '))
            name.remove_prefix(1);
        while (name.ends_with(' '))
            name.remove_suffix(1);
        if (!name.empty()) settings.certificate_names.emplace_back(name);
        if (comma == std::string_view::npos) break;
        value.remove_prefix(comma + 1);
    }
    return {};
}
std::string show_names(const Settings& settings) {
    return fmt::format("{}", fmt::join(settings.certificate_names, ","));
}

Result<> set_level(Settings& settings, std::string_view value) {
    for (const std::string_view level : {"debug", "info", "warning", "error"}) {
        if (level == value) {
            settings.log_level = value;
            return {};
        }
    }
    return invalid("it is none of debug, info, warning, error");
}

template <std::string Settings::*field>
constexpr SettingRow text_row(std::string_view key, std::string_view environment) {
    return {key, environment, "text", set_text<field>, show_text<field>};
}
template <uint32_t Settings::*field>
constexpr SettingRow number_row(std::string_view key, std::string_view environment) {
    return {key, environment, "number", set_number<field>, show_number<field>};
}
template <uint16_t Settings::*field>
constexpr SettingRow port_row(std::string_view key, std::string_view environment) {
    return {key, environment, "number", set_port<field>, show_port<field>};
}

size_t distance(std::string_view a, std::string_view b) {
    size_t shared = 0;
    while (shared < a.size() && shared < b.size() && a[shared] == b[shared])
        ++shared;
    return std::max(a.size(), b.size()) - shared;
}

Result<> set_row(Settings& settings, std::string_view key, std::string_view value,
                 std::string_view where) {
    const auto& rows = setting_rows();
    const auto row = std::ranges::find(rows, key, &SettingRow::key);
    if (row == rows.end()) {
        const auto nearest = std::ranges::min_element(
            rows, {}, [&](const SettingRow& each) { return distance(each.key, key); });
        return fail("setting_unknown", fmt::format("{}: `{}` is no setting; did you mean `{}`?",
                                                   where, key, nearest->key));
    }
    if (const auto set = row->set(settings, value); !set) {
        return fail("setting_invalid", fmt::format("{}: `{}`: {}", where, key, set.error().detail));
    }
    return {};
}

// A TOML value as the text that the rows read.
std::optional<std::string> text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    const auto* list = node.as_array();
    if (list == nullptr) return std::nullopt;
    std::string out;
    for (const auto& each : *list) {
        if (!each.is_string()) return std::nullopt;
        out += (out.empty() ? "" : ",") + each.as_string()->get();
    }
    return out;
}

}  // namespace

const std::vector<SettingRow>& setting_rows() {
    static const std::vector<SettingRow> rows{
        text_row<&Settings::data_directory>("data.directory", "CALM_DATA_DIRECTORY"),
        number_row<&Settings::disk_reserve_mib>("data.reserve_mib", "CALM_DATA_RESERVE_MIB"),
        number_row<&Settings::snapshot_every>("data.snapshot_every", "CALM_DATA_SNAPSHOT_EVERY"),
        text_row<&Settings::socket>("listen.socket", "CALM_LISTEN_SOCKET"),
        text_row<&Settings::tls_address>("listen.tls_address", "CALM_LISTEN_TLS_ADDRESS"),
        port_row<&Settings::tls_port>("listen.tls_port", "CALM_LISTEN_TLS_PORT"),
        text_row<&Settings::plain_address>("listen.plain_address", "CALM_LISTEN_PLAIN_ADDRESS"),
        port_row<&Settings::plain_port>("listen.plain_port", "CALM_LISTEN_PLAIN_PORT"),
        number_row<&Settings::connections_max>("listen.connections_max",
                                               "CALM_LISTEN_CONNECTIONS_MAX"),
        text_row<&Settings::certificate_file>("tls.certificate", "CALM_TLS_CERTIFICATE"),
        text_row<&Settings::key_file>("tls.key", "CALM_TLS_KEY"),
        {"tls.names", "CALM_TLS_NAMES", "texts", set_names, show_names},
        {"log.level", "CALM_LOG_LEVEL", "text", set_level, show_text<&Settings::log_level>}};
    return rows;
}

Result<Settings> read_settings(std::string_view toml_text,
                               const std::map<std::string, std::string>& environment) {
    Settings settings;
    if (toml_text.size() > 1024 * 1024) return fail("settings_malformed", "the file is over 1 MiB");
    if (const TomlFault fault = guard_toml(toml_text)) {
        return fail("settings_malformed", fmt::format("line {}: {}", fault.line, fault.what));
    }
    const toml::parse_result parsed = toml::parse(toml_text);
    if (!parsed) {
        const auto& error = parsed.error();
        return fail("settings_malformed",
                    fmt::format("line {}: {}", error.source().begin.line, error.description()));
    }
    for (const auto& [section, node] : parsed.table()) {
        const auto line = node.source().begin.line;
        const auto* table = node.as_table();
        if (table == nullptr) {
            return fail("setting_unknown",
                        fmt::format("line {}: `{}` stands outside a section such as "
                                    "[listen]",
                                    line, section.str()));
        }
        for (const auto& [name, value] : *table) {
            const std::string key = fmt::format("{}.{}", section.str(), name.str());
            const auto where = fmt::format("line {}", value.source().begin.line);
            const auto text = text_of(value);
            if (!text) {
                return fail("setting_invalid",
                            fmt::format("{}: `{}` is neither a text nor a number", where, key));
            }
            CALM_TRY(set_row(settings, key, *text, where));
        }
    }
    for (const SettingRow& row : setting_rows()) {
        const auto found = environment.find(std::string(row.environment));
        if (found == environment.end()) continue;
        CALM_TRY(set_row(settings, row.key, found->second, found->first));
    }
    if (settings.certificate_file.empty() != settings.key_file.empty()) {
        return fail("setting_invalid", "`tls.certificate` and `tls.key` belong together");
    }
    return settings;
}

}  // namespace calm
