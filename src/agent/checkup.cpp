// From facts to findings, topic by topic.
#include "agent/checkup.h"

#include <algorithm>
#include <cstdlib>

#include "documents/host_auth.h"
#include "messages/local_time.h"

namespace calm {
namespace {

using Level = Finding::Level;
using Values = std::vector<std::pair<std::string, std::string>>;

constexpr Seconds kGraceSoon = days(14);
constexpr uint32_t kFewPart = 10;  // less than one in so many is left

Finding good(const char* check, const char* key, Values values = {}) {
    return {check, Level::good, key, std::move(values)};
}

Finding finding(const char* check, Level level, const char* key, Values values = {}) {
    return {check, level, key, std::move(values)};
}

// A day that has begun counts.
std::string days_until(Instant now, Instant until) {
    const int64_t day = days(1).count;
    return std::to_string(std::max<int64_t>(0, (until - now).count + day - 1) / day);
}

Values until_values(const std::string& product, Instant now, Instant until) {
    return {{"product", product}, {"until", local_minute(until)}, {"days", days_until(now, until)}};
}

}  // namespace

Findings judge_policy(const PolicyFiles& files, const EffectiveHost& host, const HostConfig& file) {
    Findings found;
    for (const auto& [path, error] : files.unusable)
        found.push_back(finding("policy", Level::bad, "policy_unusable",
                                {{"file", path}, {"why", error.detail}}));
    for (const PolicyProblem& problem : host.policy.problems) {
        found.push_back(finding(
            "policy", is_only_a_note(problem.fault) ? Level::note : Level::warning, "policy_value",
            {{"value", problem.value},
             {"fault", std::string(name_of(problem.fault))},
             {"found", problem.found}}));
    }
    EffectiveHost alone{.config = file, .mode = {.policy = {}, .file = file.mode}, .policy = {}};
    const auto local = effective_values(alone, LicensingMode::not_configured);
    const auto in_force = effective_values(host, LicensingMode::not_configured);
    for (size_t i = 0; i < in_force.size() && i < local.size(); ++i) {
        if (in_force[i].source != SettingSource::policy || local[i].source != SettingSource::file ||
            in_force[i].value == local[i].value)
            continue;
        found.push_back(finding("policy", Level::note, "policy_overrides",
                                {{"setting", std::string(name_of(in_force[i].setting))},
                                 {"policy", in_force[i].value},
                                 {"local", local[i].value}}));
    }
    if (found.empty())
        found.push_back(files.found.empty() ? good("policy", "policy_none")
                                            : good("policy", "policy_good"));
    return found;
}

Findings judge_settings(const HostConfig& config) {
    Findings found;
    found.push_back(
        config.servers.empty()
            ? finding("servers", Level::bad, "servers_none")
            : good("servers", "servers_named", {{"count", std::to_string(config.servers.size())}}));
    const size_t products = config.products().size();
    found.push_back(products == 0
                        ? finding("services", Level::warning, "services_none")
                        : good("services", "services_good", {{"count", std::to_string(products)}}));
    return found;
}

Finding judge_identity(const Error& error, bool may_read) {
    const Values why{{"why", error.detail}};
    if (!may_read) return finding("enrolment", Level::bad, "enrolment_closed", why);
    if (error.code == "host_not_enrolled")
        return finding("enrolment", Level::bad, "enrolment_missing", why);
    return finding("enrolment", Level::bad, "enrolment_key", why);
}

Finding judge_mode(const ModeInForce& mode) {
    if (mode.mode == LicensingMode::not_configured)
        return finding("mode", Level::bad, "mode_missing");
    return good("mode", "mode_good", {{"mode", std::string(name_of(mode.mode))}});
}

namespace {

// By the code of an error, as far as the host itself can act on it.
Finding judge_trouble(const AskedServer& server) {
    const Error& error = *server.trouble;
    const auto is = [&](std::string_view code) { return error.code == code; };
    const char* key = "server_refuses";
    if (is("server_unreachable") || is("answer_lost")) key = "server_silent";
    if (is("server_untrusted")) key = "server_untrusted";
    if (is("answer_malformed") || is("answer_too_large")) key = "server_nonsense";
    if (is("host_token_unknown") || is("host_token_altered")) key = "server_knows_no_host";
    if (is("host_token_foreign") || is("other_ledger")) key = "server_other_ledger";
    if (is("host_token_expired")) key = "server_clock_far";
    if (server.is_older()) key = "server_older";
    return finding("server", server.is_older() ? Level::warning : Level::bad, key,
                   {{"server", server.name}, {"why", error.detail}, {"code", error.code}});
}

Finding judge_skew(const AskedServer& server, Instant wall) {
    const int64_t ahead = (*server.clock - wall).count;
    const Values values{{"server", server.name}, {"seconds", std::to_string(std::abs(ahead))}};
    if (std::abs(ahead) < kHostTokenSkewMax.count) return good("clock_skew", "skew_none", values);
    return finding("clock_skew", Level::warning, ahead > 0 ? "skew_behind" : "skew_ahead", values);
}

Finding judge_version(const AskedServer& server, const std::string& own) {
    const std::string& its = server.of.front().version;
    const Values values{{"server", server.name}, {"its", its}, {"own", own}};
    if (its == own) return good("version", "version_same", values);
    return finding("version", Level::note, "version_differs", values);
}

// How the server itself does.
void judge_service(const AskedServer& server, Findings& found) {
    const wire::Checkup& checkup = server.of.front();
    const Values values{{"server", server.name},
                        {"seconds", std::to_string(checkup.clock_difference_s)},
                        {"time", local_minute(checkup.ledger_time)}};
    switch (checkup.clock) {
        case wire::ServerClock::ahead:
            found.push_back(finding("ledger_time", Level::bad, "ledger_time_stands", values));
            break;
        case wire::ServerClock::behind:
            found.push_back(finding("ledger_time", Level::warning, "ledger_time_ahead", values));
            break;
        case wire::ServerClock::agrees: break;
    }
    if (!checkup.issuing)
        found.push_back(finding("issuing", Level::bad, "issuing_stopped", values));
    if (checkup.restoring) found.push_back(finding("restore", Level::warning, "restoring", values));
    // Whether it concerns the host is told with its products' packs.
    for (const std::string& vendor : checkup.not_activated) {
        found.push_back(finding("activation", Level::warning, "activation_missing",
                                {{"server", server.name}, {"vendor", vendor}}));
    }
    if (checkup.not_activated.empty())
        found.push_back(good("activation", "activation_good", values));
}

}  // namespace

Findings judge_server(const AskedServer& server, std::chrono::milliseconds budget, Instant wall,
                      const std::string& own_version) {
    if (server.trouble) {
        Findings found{judge_trouble(server)};
        if (server.clock) found.push_back(judge_skew(server, wall));
        return found;
    }
    const Values values{{"server", server.name},
                        {"ms", std::to_string(server.took.count())},
                        {"budget", std::to_string(budget.count())},
                        {"host", std::to_string(server.of.front().host.value)},
                        {"name", server.of.front().name}};
    Findings found{server.took > budget ? finding("server", Level::warning, "server_slow", values)
                                        : good("server", "server_good", values)};
    found.push_back(judge_version(server, own_version));
    if (server.clock) found.push_back(judge_skew(server, wall));
    judge_service(server, found);
    return found;
}

namespace {

// What there is of one product in one mode.
class Stock {
  public:
    Stock(const wire::Checkup& checkup, LicensingMode mode)
        : checkup_(checkup), product_(*checkup.product), mode_(mode) {}

    Findings judge() const {
        Findings found;
        if (product_.requirement == CalRequirement::none)
            return {good("packs", "packs_free", values())};
        const bool grace = product_.grace_until && *product_.grace_until > checkup_.ledger_time;
        if (grace) {
            const bool soon = *product_.grace_until <= checkup_.ledger_time + kGraceSoon;
            found.push_back(finding(
                "grace", soon ? Level::warning : Level::note, "grace_runs",
                until_values(product_.product, checkup_.ledger_time, *product_.grace_until)));
        }
        Finding packs = judge_packs();
        const bool without = packs.key != "packs_counted" && packs.level == Level::bad;
        // Until the grace ends nobody is refused.
        if (without && grace) packs.level = Level::warning;
        if (without && !grace && product_.grace_until) {
            found.push_back(finding(
                "grace", Level::bad, "grace_over",
                until_values(product_.product, checkup_.ledger_time, *product_.grace_until)));
        }
        found.push_back(std::move(packs));
        return found;
    }

  private:
    // Those that the mode asks for.
    wire::CheckupStock wanted() const { return sum(takes_users(), takes_devices()); }
    wire::CheckupStock other() const { return sum(!takes_users(), !takes_devices()); }
    bool takes_users() const { return mode_ != LicensingMode::per_device; }
    bool takes_devices() const { return mode_ != LicensingMode::per_user; }

    wire::CheckupStock sum(bool users, bool devices) const {
        wire::CheckupStock all;
        for (const auto& [counts, stock] :
             {std::pair(users, &product_.per_user), std::pair(devices, &product_.per_device)}) {
            if (!counts) continue;
            all.seats += stock->seats;
            all.free += stock->free;
            all.not_activated += stock->not_activated;
            all.older += stock->older;
            all.elsewhere += stock->elsewhere;
        }
        return all;
    }

    Values values() const {
        const wire::CheckupStock stock = wanted();
        return {{"product", product_.product},
                {"mode", std::string(name_of(mode_))},
                {"seats", std::to_string(stock.seats)},
                {"free", std::to_string(stock.free)}};
    }

    Finding judge_packs() const {
        const wire::CheckupStock stock = wanted();
        if (product_.requirement == CalRequirement::trusted)
            return good("packs", "packs_counted", values());
        if (stock.seats == 0) return finding("packs", Level::bad, why_none(stock), values());
        if (stock.free == 0) {
            const bool admits = takes_users() && product_.overuse;
            return finding("packs", admits ? Level::warning : Level::bad,
                           admits ? "packs_overuse" : "packs_used_up", values());
        }
        if (stock.free < stock.seats / kFewPart)
            return finding("packs", Level::warning, "packs_few", values());
        return good("packs", "packs_good", values());
    }

    const char* why_none(const wire::CheckupStock& stock) const {
        if (stock.not_activated > 0) return "packs_not_activated";
        if (other().seats > 0) return "packs_other_kind";
        if (stock.older > 0) return "packs_older";
        if (stock.elsewhere > 0) return "packs_elsewhere";
        return "packs_none";
    }

    const wire::Checkup& checkup_;
    const wire::CheckupProduct& product_;
    const LicensingMode mode_;
};

}  // namespace

Findings judge_product(const std::string& product, const wire::Checkup& checkup,
                       LicensingMode mode) {
    if (!checkup.product)
        return {finding("packs", Level::bad, "product_unknown", {{"product", product}})};
    return Stock(checkup, mode).judge();
}

Findings judge_memory(const Result<HostState>& state, const std::vector<std::string>& products,
                      bool answered, Instant now) {
    if (!state) {
        return {finding("memory", answered ? Level::warning : Level::bad, "memory_lost",
                        {{"why", state.error().detail}})};
    }
    if (!state->last_contact) {
        return {finding("contact", answered ? Level::warning : Level::bad,
                        answered ? "contact_awaited" : "contact_never")};
    }
    Findings found{good("contact", "contact_last", {{"at", local_minute(*state->last_contact)}})};
    for (const auto& terms : state->products) {
        const bool ours = std::ranges::find(products, terms.product) != products.end();
        if (answered || !ours || terms.requirement != CalRequirement::activated) continue;
        const Instant until = std::max(*state->last_contact + days(terms.outage_days),
                                       terms.grace_until.value_or(Instant{}));
        const bool over = until <= now;
        found.push_back(finding("outage", over ? Level::bad : Level::warning,
                                over ? "outage_over" : "outage_runs",
                                until_values(terms.product, now, until)));
    }
    if (state->rollback) {
        found.push_back(
            finding("history", Level::bad, "history_rolled_back",
                    {{"at", local_minute(state->rollback->at)}, {"why", state->rollback->detail}}));
    }
    if (!state->decisions.empty()) {
        found.push_back(finding("untold", Level::note, "untold",
                                {{"count", std::to_string(state->decisions.size())}}));
    }
    if (!state->successor.empty())
        found.push_back(
            finding("successor", Level::note, "successor", {{"address", state->successor}}));
    return found;
}

}  // namespace calm
