// HostConfig: what /etc/calm/host.toml says. Pure: the file's text and the environment's overrides
// are arguments. Every key has a default or is required; an unknown one is an error with a
// suggestion, because a misspelt setting is a setting that is silently not there.
//
//   [host]                                       CALM_HOST_<KEY> in the environment overrides a key
//   name = "ssh1.example.org"                    default: the machine's name
//   state_dir = "/var/lib/calm-host"
//   socket = "/run/calm/hostd.sock"
//   language = "fr"                              default: the environment's
//   contact = "IT service, extension 1234"       shown to who is refused
//   offline = "refuse"                           or "admit": when nothing else admits
//   budget_ms = 1800                             100 to 2000: until an answer is given
//   ask_as = ["postgres"]                        accounts beside root whose services may ask
//   mode = "per_user"                            where neither policy nor license server sets one
//   hide_notices = false                         says nothing of licensing at a logon
//   notice_groups = ["sudo", "adm"]              whose members read it, beside root
//   policy = ["/etc/calm/Registry.pol"]          the later beats the earlier, all beat this file
//
//   [web]                                        for nginx's auth_request; without it, nobody asks
//   socket = "/run/calm/web.sock"                who may ask: `ask_as`, here too
//
//   [stations]                                   the seats are stations; else nobody is told
//   product = "multipoint-2016"                  what they give access to; default: PAM's alone
//   console = true                               the machine's own screen is a station
//   terminals = ["ttyS0"]                        lines that are stations too
//   split = ["seat-1"]                           seats with two places: seat-1 and seat-1-b
//   remote = ["xrdp-sesman"]                     PAM services whose clients are stations
//   desktops = "qemu:///system"                  libvirt's machines are virtual desktops
//
//   [[server]]                                   asked top-down
//   address = "https://license.example.org:8443" or "unix:/run/calm/calmd.sock", or
//             "srv:example.org": those that _calm._tcp.example.org names in the DNS
//   fingerprint = "ab:cd:…"                      of its certificate; or ca_file = "/…/ca.pem"
//   license_server = "ABCDE-…"                   its id, if it is not the one enrolled at first
//
//   [service.sshd]                               the PAM service's name
//   product = "terminal-services-2022"
//   mode = "user"                                or "device": who is named; default: both
//   device = "rhost"                             or a fixed name
//   station = "front-desk"                       or "seat" (XDG_SEAT), "tty" (PAM_TTY), "rhost"
//   via = "gateway-1"                            the front end that people come through
//   from_server = "app-1"                        another host that connects itself
//   workload = "person"                          or "web", "hpc", "anonymous"
//   outside = false                              outside users: external connector
//   administration = false                       who comes here administers the host
//   host_service = false                         it is the host's own service
//   wait = false                                 stand in line for a concurrent seat
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "client/offline.h"
#include "client/server_address.h"
#include "core/terms.h"
#include "documents/ledger_id.h"
#include "messages/messages.h"

namespace calm {

// Whom a question names, so that the server charges them.
enum class AskFor : uint8_t { both, user, device };

template <>
struct NamesOf<AskFor> {
    static constexpr Names<AskFor, 3> value{
        {{AskFor::both, "both"}, {AskFor::user, "user"}, {AskFor::device, "device"}}};
};

struct ServerConfig {
    ServerAddress address;
    std::string discover;  // a domain that names the servers, instead of an address
    std::optional<Hash> fingerprint;
    std::string ca_file;
    std::optional<LedgerId> license_server;  // absent: the one that the host enrolled at first

    bool operator==(const ServerConfig&) const = default;
};

struct ServiceConfig {
    std::string name;
    std::string product;
    AskFor mode = AskFor::both;
    std::string device = "rhost";
    std::string station;  // empty: at none
    std::string via;
    std::string from_server;
    Workload workload = Workload::person;
    bool outside = false;
    bool administration = false;
    bool host_service = false;
    bool wait = false;

    bool operator==(const ServiceConfig&) const = default;
};

inline constexpr std::string_view kPolicyFileDefault = "/etc/calm/Registry.pol";
inline constexpr size_t kPolicyFilesMax = 16;
// Which places to work at this host are stations, beside the seats of logind.
struct StationsConfig {
    std::string product;  // empty: nothing is asked for them but by PAM
    bool console = true;
    std::vector<std::string> terminals;
    std::vector<std::string> split;   // of the seats
    std::vector<std::string> remote;  // PAM services
    std::string desktops;             // libvirt's connection; empty: none

    bool operator==(const StationsConfig&) const = default;
};

struct HostConfig {
    std::string name;  // empty: the machine's
    std::string state_dir = "/var/lib/calm-host";
    std::string socket = "/run/calm/hostd.sock";
    std::optional<Language> language;
    std::string contact;
    OfflinePolicy offline = OfflinePolicy::refuse;
    std::chrono::milliseconds budget{1800};
    std::vector<std::string> ask_as;
    std::optional<LicensingMode> mode;
    bool hide_notices = false;
    std::vector<std::string> notice_groups{"sudo", "adm"};
    std::vector<std::string> policy_files{std::string(kPolicyFileDefault)};
    std::string web_socket;  // empty: no web server asks
    std::optional<StationsConfig> stations;
    std::vector<ServerConfig> servers;
    std::vector<ServiceConfig> services;

    const ServiceConfig* find_service(std::string_view service) const;

    // What the services and stations give access to, each once.
    std::vector<std::string> products() const;

    bool operator==(const HostConfig&) const = default;
};

inline constexpr std::chrono::milliseconds kBudgetMax{2000};  // design.md 6
inline constexpr size_t kServersMax = 16;
inline constexpr size_t kConfigBytesMax = size_t{256} << 10;

// `overrides`: the environment's variables that begin with CALM_HOST_, as name and value. Errors:
// `settings_malformed`, `setting_unknown`, `setting_invalid`, naming the place, what is wrong with
// it and what was probably meant.
using Overrides = std::vector<std::pair<std::string, std::string>>;
Result<HostConfig> parse_host_config(std::string_view toml, const Overrides& overrides = {});

// The [[server]] section of one, to be put at the end of a file.
std::string to_toml(const ServerConfig& server);

// The text that parse_host_config() reads as `config`; for the file that enrolment writes.
std::string to_toml(const HostConfig& config);

// A [[server]] section, to be added at the end of such a text.
std::string to_toml(const ServerConfig& server);

}  // namespace calm
