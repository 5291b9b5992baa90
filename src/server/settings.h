// Settings: what starts calmd, from a TOML file and the environment. What changes a decision is not
// here: that is an entry of the ledger, changed through the API.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/warnings.h"
#include "server/alert_transport.h"

namespace calm {

struct Settings {
    std::string data_directory = "/var/lib/calm";
    uint32_t disk_reserve_mib = 64;

    std::string socket = "/run/calm/calmd.sock";  // empty: none
    std::string tls_address = "0.0.0.0";          // empty: no TLS listener
    uint16_t tls_port = 7443;
    std::string plain_address;  // loopback only; empty: none
    uint16_t plain_port = 7480;
    uint32_t connections_max = 10'000;

    std::string certificate_file;  // empty: made at the first start, in the data directory
    std::string key_file;
    std::vector<std::string> certificate_names;  // of the made one; empty: host name and localhost

    uint32_t snapshot_every = 1'000'000;  // entries; 0: never
    std::string log_level = "info";

    WarningTerms warnings;  // what is warned of, and when
    std::string alert_language = "en";

    std::string mail_server;  // host:port; empty: no mail
    MailSecurity mail_security = MailSecurity::starttls;
    std::string mail_from;
    std::vector<std::string> mail_to;
    std::string mail_account;
    std::string mail_password_file;
    std::string mail_ca_file;

    std::vector<std::string> webhook_urls;
    std::string webhook_secret_file;
    std::string webhook_ca_file;

    // Where the number stands that the machine's maker gave it, for packs that came with it.
    std::string hardware_id_file = "/sys/class/dmi/id/product_uuid";

    // Who vouches for vendors' clearinghouses; empty: the machine's authorities.
    std::string clearinghouse_ca_file;
    uint32_t clearinghouse_refresh_hours = 24;  // how often they are asked; 0: never by itself

    // Address of the license server that took this one's place, which hosts are told; empty: none.
    std::string successor;
};

// One row of api/settings.json: what the settings are called, and how they are read.
struct SettingRow {
    std::string_view key;          // "listen.tls_port"
    std::string_view environment;  // "CALM_LISTEN_TLS_PORT"
    std::string_view type;         // "text", "number", "texts", "numbers"
    Result<> (*set)(Settings&, std::string_view value);
    std::string (*show)(const Settings&);
};
const std::vector<SettingRow>& setting_rows();

// `toml` is the file's text (at most 1 MiB), `environment` the CALM_… variables, which win. Errors:
// `settings_malformed` (with line), `setting_unknown` (with a suggestion), `setting_invalid`.
Result<Settings> read_settings(std::string_view toml,
                               const std::map<std::string, std::string>& environment);

}  // namespace calm
