// Settings: what starts calm-clearinghouse, from a TOML file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace calm::clearinghouse {

struct Settings {
    std::string data_directory = "/var/lib/calm-clearinghouse";

    std::string socket = "/run/calm/clearinghouse.sock";  // empty: none
    std::string tls_address;                              // empty: no TLS listener
    uint16_t tls_port = 7444;
    std::string plain_address;  // loopback only; empty: none
    uint16_t plain_port = 7484;
    std::string tls_certificate;  // both or neither; neither: made at the first start
    std::string tls_key;

    std::string key_file;          // sealed, as `calm vendor clearinghouse` made it
    std::string certificate_file;  // of that key
    std::string vendor_file;
    // First line: the passphrase of the key; empty: CALM_CLEARINGHOUSE_PASSPHRASE of the
    // environment.
    std::string passphrase_file;

    uint32_t activation_days = 366;
    bool four_eyes = false;                 // issuing waits for a second account
    uint32_t moves_per_year_max = 4;        // replaced servers in a row; 0: any number
    uint32_t wrong_keys_per_hour_max = 10;  // unknown product keys from one address
    std::string log_level = "info";
};

// `toml` is the file's text (at most 1 MiB). Errors: `settings_malformed` (with line),
// `setting_unknown`, `setting_invalid`.
Result<Settings> read_settings(std::string_view toml);

}  // namespace calm::clearinghouse
