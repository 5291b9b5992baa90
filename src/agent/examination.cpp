// The looking and asking; what it means is checkup.h's.
#include "agent/examination.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <mutex>

#include <arpa/inet.h>
#include <boost/json/parse.hpp>
#include <dirent.h>
#include <netdb.h>
#include <sys/timex.h>
#include <unistd.h>

#include "agent/checkup.h"
#include "agent/enrolment.h"
#include "agent/follow.h"
#include "agent/host_config_file.h"
#include "agent/host_files.h"
#include "agent/hostd.h"
#include "agent/policy_file.h"
#include "agent/protocol.h"
#include "agent/sealed_file.h"
#include "agent/server_link.h"
#include "agent/socket_server.h"
#include "client/discovery.h"
#include "client/http_client.h"
#include "documents/host_auth.h"

namespace calm {
namespace {

using Level = Finding::Level;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kAgentTimeoutMs = 5'000;
constexpr milliseconds kConnectTimeout{2'000};
constexpr milliseconds kServerTimeout{5'000};

Instant wall() {
    return {time(nullptr)};
}

void take(Findings& into, Findings more) {
    for (Finding& each : more)
        into.push_back(std::move(each));
}

Finding look_at_agent(const HostConfig& config) {
    const auto line =
        ask_agent(config.socket, agent_question_line({.verb = AgentVerb::status}), kAgentTimeoutMs);
    const std::vector<std::pair<std::string, std::string>> values{
        {"socket", config.socket}, {"why", line ? std::string() : line.error().detail}};
    if (!line) return {"agent", Level::bad, "agent_silent", values};
    if (line->find("agent_not_allowed") != std::string::npos)
        return {"agent", Level::note, "agent_closed", values};
    return {"agent", Level::good, "agent_good", values};
}

// Whether the name has an address; empty: it is one.
std::optional<Finding> look_up(const ServerAddress& address) {
    in6_addr ignored{};
    if (address.kind == ServerAddress::Kind::unix_socket ||
        inet_pton(AF_INET, address.host.c_str(), &ignored) == 1 ||
        inet_pton(AF_INET6, address.host.c_str(), &ignored) == 1)
        return {};
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error = getaddrinfo(address.host.c_str(), nullptr, &hints, &found);
    if (error == 0) {
        freeaddrinfo(found);
        return Finding{"dns", Level::good, "name_found", {{"name", address.host}}};
    }
    return Finding{
        "dns", Level::bad, "name_unknown", {{"name", address.host}, {"why", gai_strerror(error)}}};
}

// The servers that a domain names now.
std::vector<ServerAddress> discovered(const std::string& domain) {
    std::mutex mutex;
    std::vector<ServerAddress> servers;
    // It waits for the first answer.
    const Discovery discovery({.domain = domain}, [&](const std::vector<ServerAddress>& found) {
        const std::scoped_lock lock(mutex);
        servers = found;
    });
    const std::scoped_lock lock(mutex);
    return servers;
}

// The places of host.toml, with what a domain names in the place of the domain.
std::vector<ServerConfig> places_of(const std::vector<ServerConfig>& servers, Findings& found) {
    std::vector<ServerConfig> places;
    for (const ServerConfig& server : servers) {
        if (server.discover.empty()) {
            places.push_back(server);
            continue;
        }
        const auto named = discovered(server.discover);
        found.push_back({"dns",
                         named.empty() ? Level::bad : Level::good,
                         named.empty() ? "domain_empty" : "domain_names",
                         {{"domain", server.discover}, {"count", std::to_string(named.size())}}});
        for (const ServerAddress& address : named) {
            places.push_back(server);
            places.back().address = address;
        }
    }
    return places;
}

HttpClient client_for(const ServerConfig& server) {
    HttpClientSettings settings = http_settings(server);
    settings.connect_timeout = kConnectTimeout;
    settings.timeout = kServerTimeout;
    return HttpClient(settings);
}

// One license server's word on the host, a question for each product.
class Asking {
  public:
    Asking(const ServerConfig& server, const HostIdentity& host)
        : client_(client_for(server)), host_(host) {
        asked_.name = to_string(server.address);
    }

    AskedServer ask(const std::vector<std::string>& products) {
        const auto begin = steady_clock::now();
        std::vector<std::string> paths;
        for (const std::string& product : products)
            paths.push_back("/v1/checkup?product=" + url_escape(product));
        if (paths.empty()) paths.emplace_back("/v1/checkup");
        for (const std::string& path : paths) {
            auto checkup = one(path);
            if (!checkup) {
                asked_.trouble = checkup.error();
                break;
            }
            if (asked_.of.empty())
                asked_.took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
            asked_.of.push_back(std::move(*checkup));
        }
        return std::move(asked_);
    }

  private:
    // With the server's own time, when it finds this machine's too far off.
    Result<wire::Checkup> one(const std::string& path) {
        auto checkup = at(path, asked_.clock.value_or(wall()));
        if (!checkup && checkup.error().code == "host_token_expired" && asked_.clock)
            return at(path, *asked_.clock);
        return checkup;
    }

    Result<wire::Checkup> at(const std::string& path, Instant now) {
        client_.set_bearer_token(make_host_token(host_.key, host_.host, host_.ledger(), now));
        CALM_TRY_ASSIGN(const HttpAnswer answer, client_.send({.path = path}));
        if (answer.date) asked_.clock = answer.date;
        if (answer.status / 100 != 2) return std::unexpected(problem_of(answer));
        boost::system::error_code error;
        const auto json = boost::json::parse(answer.body, error);
        if (error) return fail("answer_malformed", asked_.name + ": this is no JSON");
        auto checkup = wire::parse_checkup(json);
        if (!checkup) return fail("answer_malformed", asked_.name + ": " + checkup.error().detail);
        return checkup;
    }

    HttpClient client_;
    const HostIdentity& host_;
    AskedServer asked_;
};

// Of a host that is not enrolled: whether there is somebody at all.
Finding knock(const ServerConfig& server) {
    const std::string name = to_string(server.address);
    const auto alive = client_for(server).send({.path = "/livez"});
    if (alive) return {"server", Level::good, "server_alive", {{"server", name}}};
    return judge_server({.name = name, .trouble = alive.error()}, kServerTimeout, wall(), "")
        .front();
}

// How many kept CAL tokens are whole. Damaged ones are left for the agent, which drops them.
Finding look_at_tokens(const std::string& directory, const PublicKey& key,
                       const std::string& purpose) {
    size_t whole = 0;
    size_t damaged = 0;
    DIR* const listing = opendir(directory.c_str());
    while (listing != nullptr) {
        const dirent* entry = readdir(listing);
        if (entry == nullptr) break;
        if (entry->d_name[0] == '.') continue;
        const bool reads =
            read_sealed_file(directory + "/" + entry->d_name, key, purpose).has_value();
        ++(reads ? whole : damaged);
    }
    if (listing != nullptr) closedir(listing);
    return {"tokens",
            damaged > 0 ? Level::warning : Level::good,
            damaged > 0 ? "tokens_damaged" : "tokens_good",
            {{"count", std::to_string(whole)}, {"damaged", std::to_string(damaged)}}};
}

// What there is of one ledger: its servers, what they say, what the host remembers of it.
class LedgerExamination {
  public:
    LedgerExamination(const EffectiveHost& host, std::vector<std::string> products)
        : host_(host), products_(std::move(products)) {}

    // `servers`: those of the ledger that the host is enrolled with there.
    Findings examine(HostFiles& files, const HostIdentity& who,
                     const std::vector<ServerConfig>& servers) {
        // One that was never kept is no loss.
        const Result<HostState> state =
            files.has_state() ? files.load_state(who.key) : Result<HostState>(HostState{});
        Findings found;
        for (const ServerConfig& server : servers)
            ask(server, who, found);
        const LicensingMode at_server =
            at_server_.value_or(state ? state->mode : LicensingMode::not_configured);
        const ModeInForce mode = mode_in_force(host_.mode, at_server);
        found.push_back(judge_mode(mode));
        if (at_server_ && mode.source == SettingSource::policy && mode.mode != *at_server_ &&
            *at_server_ != LicensingMode::not_configured) {
            found.push_back({"mode",
                             Level::note,
                             "mode_differs",
                             {{"mode", std::string(name_of(mode.mode))},
                              {"registered", std::string(name_of(*at_server_))}}});
        }
        // One that is asked after another is told the same products; the first one's word stands
        // for the ledger.
        for (size_t i = 0; i < products_.size() && i < told_.size(); ++i)
            take(found, judge_product(products_[i], told_[i], mode.mode));
        take(found, judge_memory(state, products_, answered_, wall()));
        return found;
    }

  private:
    void ask(const ServerConfig& server, const HostIdentity& who, Findings& found) {
        if (const auto name = look_up(server.address)) {
            found.push_back(*name);
            if (name->level == Level::bad) return;
        }
        const AskedServer asked = Asking(server, who).ask(products_);
        take(found, judge_server(asked, host_.config.budget, wall(), CALM_VERSION));
        answered_ = answered_ || !asked.trouble || asked.is_older();
        if (asked.trouble) return;
        if (told_.empty()) told_ = asked.of;
        if (!at_server_) at_server_ = asked.of.front().mode;
    }

    const EffectiveHost& host_;
    const std::vector<std::string> products_;
    bool answered_ = false;
    std::optional<LicensingMode> at_server_;
    std::vector<wire::Checkup> told_;
};

bool may_read(const std::string& directory) {
    return access(directory.c_str(), R_OK | X_OK) == 0 || errno == ENOENT;
}

// All ledgers of the host, each with its own enrolment.
Findings examine_ledgers(const EffectiveHost& host, const std::vector<std::string>& products) {
    Findings found;
    const HostConfig& config = host.config;
    HostFiles files(config.state_dir);
    const auto who = files.identity();
    const std::vector<ServerConfig> places = places_of(config.servers, found);
    if (!who) {
        found.push_back(judge_identity(who.error(), may_read(config.state_dir)));
        for (const ServerConfig& server : places) {
            const auto name = look_up(server.address);
            if (name) found.push_back(*name);
            if (!name || name->level == Level::good) found.push_back(knock(server));
        }
        return found;
    }
    HostConfig reached = config;
    reached.servers = after_following(places, files.load_followed(who->key), who->ledger());
    for (const LedgerServers& each : by_ledger(reached, who->ledger())) {
        HostFiles own(config.state_dir, each.ledger);
        const auto known = own.identity();
        if (!known) {
            found.push_back(judge_identity(known.error(), may_read(config.state_dir)));
            continue;
        }
        found.push_back({"enrolment",
                         Level::good,
                         "enrolment_good",
                         {{"host", std::to_string(known->host.value)},
                          {"ledger", to_string(known->ledger())}}});
        take(found, LedgerExamination(host, products).examine(own, *known, each.servers));
    }
    found.push_back(look_at_tokens(config.state_dir + "/tokens", who->key.public_key(), "token"));
    return found;
}

}  // namespace

bool system_clock_is_kept() {
    struct timex clock {};
    const int state = adjtimex(&clock);
    return state != -1 && state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0;
}

Findings examine_host(const std::string& config_path) {
    Findings found;
    const auto file = read_host_config(config_path, false);
    if (!file) {
        const bool there = access(config_path.c_str(), F_OK) == 0;
        return {{"settings",
                 Level::bad,
                 there ? "settings_malformed" : "settings_missing",
                 {{"file", config_path}, {"why", file.error().detail}}}};
    }
    found.push_back({"settings", Level::good, "settings_good", {{"file", config_path}}});
    const PolicyFiles files = read_policy_files(file->policy_files);
    const EffectiveHost host = put_in_force(*file, read_host_policy(files.entries), machine_name());
    take(found, judge_policy(files, host, *file));
    take(found, judge_settings(host.config));
    found.push_back(look_at_agent(host.config));
    const bool kept = system_clock_is_kept();
    found.push_back({"clock",
                     kept ? Level::good : Level::warning,
                     kept ? "clock_good" : "clock_unsynchronised",
                     {}});
    take(found, examine_ledgers(host, host.config.products()));
    return found;
}

Result<Findings> examine_servers(const std::string& config_path, const std::string& product) {
    CALM_TRY_ASSIGN(const HostConfig file, read_host_config(config_path, false));
    const PolicyFiles files = read_policy_files(file.policy_files);
    const EffectiveHost host = put_in_force(file, read_host_policy(files.entries), machine_name());
    CALM_TRY(HostFiles(host.config.state_dir).identity());
    return examine_ledgers(
        host, product.empty() ? host.config.products() : std::vector<std::string>{product});
}

}  // namespace calm
