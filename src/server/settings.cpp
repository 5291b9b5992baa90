// A table of settings serves the file, the environment and the documentation.
#include "server/settings.h"

#include <fmt/format.h>
#include <spdlog/common.h>

#define TOML_EXCEPTIONS 0
#include <algorithm>
#include <charconv>

#include "base/toml.h"
#include "base/toml_guard.h"
#include "server/alert_settings.h"

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

template <std::vector<std::string> Settings::*field>
Result<> set_texts(Settings& settings, std::string_view value) {
    (settings.*field).clear();
    while (!value.empty()) {
        const size_t comma = value.find(',');
        std::string_view name = value.substr(0, comma);
        while (name.starts_with(' '))
            name.remove_prefix(1);
        while (name.ends_with(' '))
            name.remove_suffix(1);
        if (!name.empty()) (settings.*field).emplace_back(name);
        if (comma == std::string_view::npos) break;
        value.remove_prefix(comma + 1);
    }
    return {};
}
template <std::vector<std::string> Settings::*field>
std::string show_texts(const Settings& settings) {
    return fmt::format("{}", fmt::join(settings.*field, ","));
}

Result<> set_pool_percents(Settings& settings, std::string_view value) {
    CALM_TRY_ASSIGN(settings.warnings.pool_percents, parse_percents(value));
    return {};
}
std::string show_pool_percents(const Settings& settings) {
    return show_numbers(settings.warnings.pool_percents);
}
Result<> set_days_left(Settings& settings, std::string_view value) {
    CALM_TRY_ASSIGN(settings.warnings.days_left, parse_days_left(value));
    return {};
}
std::string show_days_left(const Settings& settings) {
    return show_numbers(settings.warnings.days_left);
}
Result<> set_holidays(Settings& settings, std::string_view value) {
    CALM_TRY_ASSIGN(settings.warnings.holidays, parse_holidays(value));
    return {};
}
std::string show_all_holidays(const Settings& settings) {
    return show_holidays(settings.warnings.holidays);
}
Result<> set_lead_days(Settings& settings, std::string_view value) {
    return number_into(settings.warnings.holiday_lead_days, value, 60);
}
std::string show_lead_days(const Settings& settings) {
    return std::to_string(settings.warnings.holiday_lead_days);
}
Result<> set_security(Settings& settings, std::string_view value) {
    const auto security = from_name<MailSecurity>(value);
    if (!security) return invalid("it is none of none, starttls, tls");
    settings.mail_security = *security;
    return {};
}
std::string show_security(const Settings& settings) {
    return std::string(name_of(settings.mail_security));
}
Result<> set_language(Settings& settings, std::string_view value) {
    if (value != "en" && value != "fr") return invalid("it is neither en nor fr");
    settings.alert_language = value;
    return {};
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
template <std::vector<std::string> Settings::*field>
constexpr SettingRow texts_row(std::string_view key, std::string_view environment) {
    return {key, environment, "texts", set_texts<field>, show_texts<field>};
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
        const auto* const number_in_list = each.as_integer();
        if (!each.is_string() && number_in_list == nullptr) return std::nullopt;
        if (!out.empty()) out += ',';
        out += number_in_list != nullptr ? std::to_string(number_in_list->get())
                                         : each.as_string()->get();
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
        texts_row<&Settings::certificate_names>("tls.names", "CALM_TLS_NAMES"),
        {"log.level", "CALM_LOG_LEVEL", "text", set_level, show_text<&Settings::log_level>},
        {"alerts.pool_percents", "CALM_ALERTS_POOL_PERCENTS", "numbers", set_pool_percents,
         show_pool_percents},
        {"alerts.days_left", "CALM_ALERTS_DAYS_LEFT", "numbers", set_days_left, show_days_left},
        {"alerts.holidays", "CALM_ALERTS_HOLIDAYS", "texts", set_holidays, show_all_holidays},
        {"alerts.holiday_lead_days", "CALM_ALERTS_HOLIDAY_LEAD_DAYS", "number", set_lead_days,
         show_lead_days},
        {"alerts.language", "CALM_ALERTS_LANGUAGE", "text", set_language,
         show_text<&Settings::alert_language>},
        text_row<&Settings::mail_server>("mail.server", "CALM_MAIL_SERVER"),
        {"mail.security", "CALM_MAIL_SECURITY", "text", set_security, show_security},
        text_row<&Settings::mail_from>("mail.from", "CALM_MAIL_FROM"),
        texts_row<&Settings::mail_to>("mail.to", "CALM_MAIL_TO"),
        text_row<&Settings::mail_account>("mail.account", "CALM_MAIL_ACCOUNT"),
        text_row<&Settings::mail_password_file>("mail.password_file", "CALM_MAIL_PASSWORD_FILE"),
        text_row<&Settings::mail_ca_file>("mail.ca_file", "CALM_MAIL_CA_FILE"),
        texts_row<&Settings::webhook_urls>("webhook.urls", "CALM_WEBHOOK_URLS"),
        text_row<&Settings::webhook_secret_file>("webhook.secret_file", "CALM_WEBHOOK_SECRET_FILE"),
        text_row<&Settings::webhook_ca_file>("webhook.ca_file", "CALM_WEBHOOK_CA_FILE"),
        text_row<&Settings::hardware_id_file>("oem.hardware_id_file", "CALM_OEM_HARDWARE_ID_FILE"),
        text_row<&Settings::clearinghouse_ca_file>("clearinghouse.ca_file",
                                                   "CALM_CLEARINGHOUSE_CA_FILE"),
        number_row<&Settings::clearinghouse_refresh_hours>("clearinghouse.refresh_hours",
                                                           "CALM_CLEARINGHOUSE_REFRESH_HOURS"),
        text_row<&Settings::successor>("hosts.successor", "CALM_HOSTS_SUCCESSOR")};
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
    CALM_TRY(check_alert_settings(settings));
    return settings;
}

}  // namespace calm
