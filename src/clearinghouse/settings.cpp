// One table of names for the file.
#include "clearinghouse/settings.h"

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0

#include "base/toml.h"
#include "base/toml_guard.h"

namespace calm::clearinghouse {
namespace {

using Member = std::variant<std::string Settings::*, uint16_t Settings::*, uint32_t Settings::*,
                            bool Settings::*>;

struct SettingName {
    std::string_view key;
    Member member;
    uint32_t max = 0;  // of a number
};

const std::array kSettingNames{
    SettingName{"data.directory", &Settings::data_directory},
    SettingName{"listen.socket", &Settings::socket},
    SettingName{"listen.tls_address", &Settings::tls_address},
    SettingName{"listen.tls_port", &Settings::tls_port, 65'535},
    SettingName{"listen.plain_address", &Settings::plain_address},
    SettingName{"listen.plain_port", &Settings::plain_port, 65'535},
    SettingName{"tls.certificate", &Settings::tls_certificate},
    SettingName{"tls.key", &Settings::tls_key},
    SettingName{"signing.key", &Settings::key_file},
    SettingName{"signing.certificate", &Settings::certificate_file},
    SettingName{"signing.vendor", &Settings::vendor_file},
    SettingName{"signing.passphrase_file", &Settings::passphrase_file},
    SettingName{"rules.activation_days", &Settings::activation_days, 3'660},
    SettingName{"rules.four_eyes", &Settings::four_eyes},
    SettingName{"rules.moves_per_year_max", &Settings::moves_per_year_max, 1'000},
    SettingName{"rules.wrong_keys_per_hour_max", &Settings::wrong_keys_per_hour_max, 100'000},
    SettingName{"log.level", &Settings::log_level},
};

// Sets what the row names. False: the value is of another type, or out of range.
bool set_from(Settings& settings, const SettingName& row, const toml::node& node) {
    if (const auto* text = std::get_if<std::string Settings::*>(&row.member)) {
        const auto value = node.value_exact<std::string>();
        if (value) settings.** text = *value;
        return value.has_value();
    }
    if (const auto* flag = std::get_if<bool Settings::*>(&row.member)) {
        const auto value = node.value_exact<bool>();
        if (value) settings.** flag = *value;
        return value.has_value();
    }
    const auto number = node.value_exact<int64_t>();
    if (!number || *number < 0 || *number > row.max) return false;
    if (const auto* port = std::get_if<uint16_t Settings::*>(&row.member))
        settings.** port = static_cast<uint16_t>(*number);
    if (const auto* wide = std::get_if<uint32_t Settings::*>(&row.member))
        settings.** wide = static_cast<uint32_t>(*number);
    return true;
}

Result<> check_together(const Settings& settings) {
    if (settings.tls_certificate.empty() != settings.tls_key.empty())
        return fail("setting_invalid", "`tls.certificate` and `tls.key` belong together");
    if (settings.activation_days == 0 || settings.wrong_keys_per_hour_max == 0)
        return fail("setting_invalid",
                    "`rules.activation_days` and "
                    "`rules.wrong_keys_per_hour_max` are 1 at least");
    for (const auto& [name, file] : {std::pair{"signing.key", &settings.key_file},
                                     std::pair{"signing.certificate", &settings.certificate_file},
                                     std::pair{"signing.vendor", &settings.vendor_file}}) {
        if (file->empty()) return fail("setting_invalid", fmt::format("`{}` is missing", name));
    }
    constexpr std::array kLevels{"debug", "info", "warning", "error"};
    if (std::ranges::find(kLevels, settings.log_level) == kLevels.end())
        return fail("setting_invalid", "`log.level` is none of debug, info, warning, error");
    return {};
}

}  // namespace

Result<Settings> read_settings(std::string_view toml_text) {
    if (toml_text.size() > 1024 * 1024) return fail("settings_malformed", "the file is over 1 MiB");
    if (const TomlFault fault = guard_toml(toml_text))
        return fail("settings_malformed", fmt::format("line {}: {}", fault.line, fault.what));
    const toml::parse_result parsed = toml::parse(toml_text);
    if (!parsed) {
        const auto& error = parsed.error();
        return fail("settings_malformed",
                    fmt::format("line {}: {}", error.source().begin.line, error.description()));
    }
    Settings settings;
    for (const auto& [section, node] : parsed.table()) {
        const auto* table = node.as_table();
        if (table == nullptr) {
            return fail("setting_unknown",
                        fmt::format("line {}: `{}` stands outside a section such as [listen]",
                                    node.source().begin.line, section.str()));
        }
        for (const auto& [name, value] : *table) {
            const std::string key = fmt::format("{}.{}", section.str(), name.str());
            const auto line = value.source().begin.line;
            const auto* const row = std::ranges::find(kSettingNames, key, &SettingName::key);
            if (row == kSettingNames.end())
                return fail("setting_unknown",
                            fmt::format("line {}: `{}` is no setting", line, key));
            if (!set_from(settings, *row, value)) {
                return fail(
                    "setting_invalid",
                    fmt::format("line {}: `{}` has a value of the wrong type or size", line, key));
            }
        }
    }
    CALM_TRY(check_together(settings));
    return settings;
}

}  // namespace calm::clearinghouse
