// The words behind pam_calm.so in a PAM file. Plain data of fixed size: this module is loaded into
// other people's processes, so it allocates nothing and throws nothing.
#pragma once

#include <string_view>

namespace calm::pam {

inline constexpr int kBudgetMaxMs = 2000;  // design.md 6: an answer takes 2 seconds at most

struct Options {
    char product[65] = "";  // empty: what host.toml says of the service
    char mode[8] = "";      // "user", "device" or empty: what host.toml says
    char device[257] = "rhost";
    // How it is asked; empty: what host.toml says.
    char station[257] = "";
    char via[257] = "";
    char from_server[257] = "";
    char workload[16] = "";
    char outside[4] = "";         // "yes" or "no"
    char administration[4] = "";  // the same
    char host_service[4] = "";    // the same
    int wait_ms = -1;             // in line for a concurrent seat; negative: what host.toml says
    char socket[108] = "/run/calm/hostd.sock";
    char language[16] = "";  // empty: the environment's, then the host's
    int budget_ms = kBudgetMaxMs;
    bool fail_open = false;  // when the agent does not answer
};

// Reads one word, such as "mode=device", into `options`. False when it is not one that the module
// knows or its value does not fit: `options` is then as before.
bool read_option(std::string_view word, Options& options);

// What a word that is not understood should have been, for the log: "wait=SECONDS, from 0 to 2".
const char* usage_of(std::string_view word);

}  // namespace calm::pam
